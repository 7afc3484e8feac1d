//! The Spin image: the layers that `spin registry push` would send, and that SpinKube's shim reads.
//!
//! The media types and the locked application are those of Spin 3.6 (crates/oci/src/client.rs,
//! crates/locked-app/src/locked.rs, crates/loader/src/local.rs). Only the contents of our `spin.toml` are
//! supported; anything else is an error.

use anyhow::{Context, Result, ensure};
use serde_json::{Map, Value, json};
use toml::Table;

use super::blob::Blob;
use super::container::About;
use super::layout::Image;

const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const APPLICATION: &str = "application/vnd.fermyon.spin.application.v1+config";
const WASM: &str = "application/vnd.wasm.content.layer.v1+wasm";

/// The path of the component in the manifest: all functions are one component.
pub(crate) fn component(manifest: &Table) -> Result<String> {
    let mut sources = tables(manifest, "component")?.map(|(id, component)| {
        let source = component.get("source").and_then(toml::Value::as_str);
        source.with_context(|| format!("component {id} has no `source` that is a path"))
    });
    let first = sources.next().context("there is no component")??;
    for source in sources {
        ensure!(
            source? == first,
            "spin.toml names several components; an image has one"
        );
    }
    Ok(first.to_owned())
}

/// The image of the application in `manifest`, whose functions are all this component.
pub(crate) fn assemble(manifest: &Table, component: Vec<u8>, about: &About) -> Result<Image> {
    let wasm = Blob::new(WASM, component);
    let locked = Blob::json(APPLICATION, &locked(manifest, &wasm.digest)?);
    let config = json!({
        "created": about.created,
        // The shim recognises its images by these.
        "architecture": "wasm",
        "os": "wasip1",
        // Otherwise all applications would have the same image id.
        "config": { "Labels": { "com.fermyon.spin.lockedAppDigest": locked.digest } },
        // No layer is an archive, so containerd unpacks none.
        "rootfs": { "type": "layers", "diff_ids": [] },
        "history": [],
    });
    let annotations = about.annotations("aks-oauth-proxy");
    let layers = vec![wasm, locked];
    Ok(Image::new(
        None,
        Blob::json(CONFIG, &config),
        layers,
        &annotations,
    ))
}

/// The application as Spin reads it, with its component by digest.
fn locked(manifest: &Table, digest: &str) -> Result<Value> {
    let about = [
        "spin_manifest_version",
        "application",
        "variables",
        "trigger",
        "component",
    ];
    only(manifest, &about, "spin.toml")?;
    let components = tables(manifest, "component")?
        .map(|(id, component)| locked_component(id, component, digest))
        .collect::<Result<Vec<_>>>()?;
    Ok(json!({
        "spin_lock_version": 0,
        "metadata": metadata(manifest)?,
        "variables": variables(manifest)?,
        "triggers": triggers(manifest)?,
        "components": components,
    }))
}

fn metadata(manifest: &Table) -> Result<Value> {
    let application = table(manifest, "application")?;
    only(
        application,
        &["name", "version", "description"],
        "[application]",
    )?;
    let mut metadata = object(application)?;
    metadata.insert("triggers".to_owned(), json!({}));
    metadata.insert("trigger".to_owned(), json!({ "type": "http" }));
    Ok(Value::Object(metadata))
}

fn variables(manifest: &Table) -> Result<Value> {
    let mut all = Map::new();
    for (name, variable) in tables(manifest, "variables")? {
        let place = format!("variable {name}");
        only(variable, &["default", "secret", "description"], &place)?;
        ensure!(variable.contains_key("default"), "{place} has no default");
        all.insert(name.to_owned(), Value::Object(object(variable)?));
    }
    Ok(Value::Object(all))
}

fn triggers(manifest: &Table) -> Result<Vec<Value>> {
    let triggers = table(manifest, "trigger")?;
    only(triggers, &["http"], "[[trigger]]")?;
    let triggers = triggers.get("http").and_then(toml::Value::as_array);
    let mut all = Vec::new();
    for trigger in triggers.context("there is no [[trigger.http]]")? {
        let trigger = trigger.as_table().context("a trigger is a table")?;
        only(trigger, &["route", "component"], "[[trigger.http]]")?;
        let component = trigger.get("component").and_then(toml::Value::as_str);
        let component = component.context("a trigger has no `component`")?;
        all.push(json!({
            "id": format!("{component}-http-trigger"),
            "trigger_type": "http",
            "trigger_config": object(trigger)?,
        }));
    }
    Ok(all)
}

fn locked_component(id: &str, component: &Table, digest: &str) -> Result<Value> {
    let place = format!("component {id}");
    let known = [
        "source",
        "allowed_outbound_hosts",
        "key_value_stores",
        "variables",
        // The build command: it is built already.
        "build",
    ];
    only(component, &known, &place)?;
    let mut metadata = object(component)?;
    metadata.retain(|name, value| {
        let is_list = ["allowed_outbound_hosts", "key_value_stores"].contains(&name.as_str());
        is_list && value.as_array().is_some_and(|list| !list.is_empty())
    });
    let mut locked = json!({
        "id": id,
        "metadata": metadata,
        "source": { "content_type": "application/wasm", "digest": digest },
    });
    if let (Some(locked), Some(variables)) = (locked.as_object_mut(), component.get("variables")) {
        locked.insert("config".to_owned(), serde_json::to_value(variables)?);
    }
    Ok(locked)
}

/// Fails if there is an unsupported key.
fn only(table: &Table, known: &[&str], place: &str) -> Result<()> {
    let unknown: Vec<_> = table
        .keys()
        .filter(|name| !known.contains(&name.as_str()))
        .collect();
    ensure!(
        unknown.is_empty(),
        "{place} has {unknown:?}, of which the Spin image knows nothing: teach xtask/src/image/application.rs"
    );
    Ok(())
}

fn table<'a>(parent: &'a Table, name: &str) -> Result<&'a Table> {
    let table = parent.get(name).and_then(toml::Value::as_table);
    table.with_context(|| format!("there is no table `{name}`"))
}

fn tables<'a>(parent: &'a Table, name: &str) -> Result<impl Iterator<Item = (&'a str, &'a Table)>> {
    let all = table(parent, name)?.iter();
    Ok(all.filter_map(|(name, value)| Some((name.as_str(), value.as_table()?))))
}

fn object(table: &Table) -> Result<Map<String, Value>> {
    match serde_json::to_value(table)? {
        Value::Object(object) => Ok(object),
        other => anyhow::bail!("{other} is no table"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, clippy::unwrap_used)]

    use super::*;
    use crate::workspace::Workspace;

    /// A manifest like ours, with `more`.
    fn manifest(more: &str) -> Table {
        let text = r#"
spin_manifest_version = 2
[application]
name = "a"
version = "1.0.0"
[variables]
secret = { default = "", secret = true }
[[trigger.http]]
route = "/x"
component = "x"
[component.x]
source = "target/a.wasm"
key_value_stores = ["default"]
allowed_outbound_hosts = []
[component.x.variables]
function = "x"
given = "{{ secret }}"
[component.x.build]
command = "make"
"#;
        format!("{text}{more}").parse().unwrap()
    }

    #[test]
    fn it_is_locked_as_spin_locks_it() {
        // The output of Spin 3.6.3's crates loader and oci for that manifest, without `build`.
        let expected = json!({
            "spin_lock_version": 0,
            "metadata": {
                "name": "a", "version": "1.0.0", "trigger": { "type": "http" }, "triggers": {},
            },
            "variables": { "secret": { "default": "", "secret": true } },
            "triggers": [{
                "id": "x-http-trigger",
                "trigger_type": "http",
                "trigger_config": { "component": "x", "route": "/x" },
            }],
            "components": [{
                "id": "x",
                "metadata": { "key_value_stores": ["default"] },
                "source": { "content_type": "application/wasm", "digest": "sha256:0" },
                "config": { "function": "x", "given": "{{ secret }}" },
            }],
        });
        assert_eq!(locked(&manifest(""), "sha256:0").unwrap(), expected);
    }

    #[test]
    fn what_is_not_known_is_never_left_out_in_silence() {
        for more in [
            "[component.x.environment]\nA = \"b\"",
            "[[trigger.redis]]\nchannel = \"c\"",
            "[[trigger.http]]\nroute = \"/y\"\ncomponent = \"x\"\nexecutor = { type = \"wagi\" }",
            "[variables.needed]\nrequired = true",
            "[application.trigger.http]\nbase = \"/\"",
            "[elsewhere]",
        ] {
            assert!(locked(&manifest(more), "sha256:0").is_err(), "{more}");
        }
    }

    #[test]
    fn our_own_manifest_is_known_to_its_last_word() {
        let workspace = Workspace::locate().unwrap();
        let text = std::fs::read_to_string(workspace.path("spin.toml")).unwrap();
        let manifest: Table = text.parse().unwrap();
        let path = component(&manifest).unwrap();
        let built = workspace.wasm(crate::workspace::COMPONENT);
        assert_eq!(workspace.path(path), built);
        let locked = locked(&manifest, "sha256:0").unwrap();
        let components = locked["components"].as_array().unwrap();
        let triggers = locked["triggers"].as_array().unwrap();
        assert!(triggers.len() >= components.len() && components.len() > 5);
        for component in components {
            assert_eq!(component["source"]["digest"], "sha256:0");
        }
    }

    #[test]
    fn the_shim_finds_what_it_reads() {
        let about = About {
            version: "1.0.0".to_owned(),
            revision: None,
            source: None,
            time: 0,
            created: "1970-01-01T00:00:00Z".to_owned(),
        };
        let image = assemble(&manifest(""), b"\0asm".to_vec(), &about).unwrap();
        let again = assemble(&manifest(""), b"\0asm".to_vec(), &about).unwrap();
        assert_eq!(image.digest(), again.digest());
        let directory = tempfile::tempdir().unwrap();
        let digest = super::super::layout::write(directory.path(), "1.0.0", &[image]).unwrap();
        let read = |digest: &str| -> Value {
            let path = directory
                .path()
                .join("blobs")
                .join(digest.replace(':', "/"));
            serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
        };
        let manifest = read(&digest);
        assert_eq!(manifest["layers"][0]["mediaType"], WASM);
        assert_eq!(manifest["layers"][1]["mediaType"], APPLICATION);
        let config = read(manifest["config"]["digest"].as_str().unwrap());
        assert_eq!(
            (&config["os"], &config["architecture"]),
            (&json!("wasip1"), &json!("wasm"))
        );
        let locked = read(manifest["layers"][1]["digest"].as_str().unwrap());
        let source = &locked["components"][0]["source"]["digest"];
        assert_eq!(*source, manifest["layers"][0]["digest"]);
    }
}
