//! The manifest with the steps on the way to `/whoami`, all with the grants of `/whoami`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use toml::{Table, Value};

use crate::client::{Ask, Client};
use crate::sign_in::Session;

/// The closing counter of a grant that nobody closes: a key as long as the real one.
const CLOSING: &str = "aop-closing-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Writes a manifest like the one at `original` to `path`: `/bench/...` is answered by `noop` and
/// `/healthz` by the component itself, both with all that `/whoami` is granted.
pub(crate) fn write_manifest(
    original: &Path,
    wasm: &Path,
    noop: &Path,
    path: &Path,
) -> Result<PathBuf> {
    let text = fs::read_to_string(original)
        .with_context(|| format!("cannot read {}", original.display()))?;
    let manifest = manifest(&text, wasm, noop)?;
    fs::write(path, manifest.to_string())?;
    Ok(path.to_owned())
}

fn manifest(text: &str, wasm: &Path, noop: &Path) -> Result<Table> {
    let mut manifest: Table = text.parse().context("the manifest is not TOML")?;
    let components = table(&mut manifest, "component")?;
    for (_, component) in components.iter_mut() {
        set(component, "source", &wasm.to_string_lossy())?;
    }
    let whoami = components.get("whoami").context("no component whoami")?;
    let (mut bench, mut healthz) = (whoami.clone(), whoami.clone());
    set(&mut bench, "source", &noop.to_string_lossy())?;
    let variables = healthz.get_mut("variables").context("no variables")?;
    set(variables, "function", "healthz")?;
    components.insert("bench".to_owned(), bench);
    components.insert("healthz".to_owned(), healthz);
    let trigger = Table::from_iter([
        ("route".to_owned(), Value::from("/bench/...")),
        ("component".to_owned(), Value::from("bench")),
    ]);
    table(&mut manifest, "trigger")?
        .get_mut("http")
        .and_then(Value::as_array_mut)
        .context("no routes")?
        .push(Value::Table(trigger));
    Ok(manifest)
}

fn table<'a>(parent: &'a mut Table, name: &str) -> Result<&'a mut Table> {
    parent
        .get_mut(name)
        .and_then(Value::as_table_mut)
        .with_context(|| format!("no table `{name}`"))
}

fn set(component: &mut Value, name: &str, value: &str) -> Result<()> {
    let component = component.as_table_mut().context("not a table")?;
    component.insert(name.to_owned(), Value::from(value));
    Ok(())
}

/// The query with which `/bench/reads` and `/bench/seals` read what `/whoami` reads: the handle and
/// the four keys. The store must hold one session only.
pub(crate) async fn query(origin: &str, session: &Session) -> Result<String> {
    let mut client = Client::connect(origin).await?;
    let keys = client.ask(&Ask::get("/bench/keys")).await?;
    let keys = String::from_utf8_lossy(keys.body());
    let key = |kind: &str| one(&keys, kind);
    Ok([
        session.handle()?,
        key("session")?,
        CLOSING,
        key("idle")?,
        key("tokens")?,
    ]
    .join(","))
}

fn one<'a>(keys: &'a str, kind: &str) -> Result<&'a str> {
    let prefix = format!("aop-{kind}-");
    let mut found = keys.lines().filter(|key| key.starts_with(&prefix));
    let key = found
        .next()
        .with_context(|| format!("no record {prefix}"))?;
    ensure!(found.next().is_none(), "several records {prefix}");
    Ok(key)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may")]

    use std::path::Path;

    use super::{manifest, one};

    #[test]
    fn every_step_is_granted_what_whoami_is() {
        let text = include_str!("../../../spin.toml");
        let manifest = manifest(text, Path::new("/own.wasm"), Path::new("/noop.wasm")).unwrap();
        let components = &manifest["component"];
        let (whoami, bench, healthz) = (
            &components["whoami"],
            &components["bench"],
            &components["healthz"],
        );
        for grant in ["key_value_stores", "allowed_outbound_hosts"] {
            assert_eq!(whoami[grant], bench[grant]);
            assert_eq!(whoami[grant], healthz[grant]);
        }
        assert_eq!(whoami["variables"], bench["variables"]);
        assert_eq!(
            (bench["source"].as_str(), healthz["source"].as_str()),
            (Some("/noop.wasm"), Some("/own.wasm"))
        );
    }

    #[test]
    fn one_record_of_a_kind_is_found() {
        let keys = "aop-idle-A\naop-tokens-B\naop-tokens-C";
        assert_eq!(one(keys, "idle").unwrap(), "aop-idle-A");
        assert!(one(keys, "tokens").is_err() && one(keys, "session").is_err());
    }
}
