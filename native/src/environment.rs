//! Settings from the environment.

use std::collections::BTreeMap;

use host::Manifest;

/// Settings that are origins. Users add a trailing slash, which Spin's grants refuse.
const ORIGINS: [&str; 7] = [
    "authority_host",
    "component_url",
    "graph_url",
    "kubelogin_url",
    "kubernetes_api_url",
    "public_url",
    "sidecar_url",
];

/// The environment, or a test's.
pub(crate) type Lookup<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The process's environment. A variable that is not Unicode counts as unset; no setting needs one.
pub(crate) fn of_process(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The values of the manifest's variables in `environment`: `SPIN_VARIABLE_X`, as in Spin, else `X`. An empty
/// value counts as unset.
pub(crate) fn variables(manifest: &Manifest, environment: Lookup<'_>) -> BTreeMap<String, String> {
    let value =
        |(name, _): (&str, Option<&str>)| Some((name.to_owned(), setting(environment, name)?));
    manifest.variables().filter_map(value).collect()
}

/// The value of the setting `name` (lower case): `SPIN_VARIABLE_NAME`, else `NAME`.
pub(crate) fn setting(environment: Lookup<'_>, name: &str) -> Option<String> {
    let upper = name.to_ascii_uppercase();
    let value = given(environment, &format!("SPIN_VARIABLE_{upper}"))
        .or_else(|| given(environment, &upper))?;
    Some(normalised(name, value))
}

/// The value of `name`, unless it is empty.
pub(crate) fn given(environment: Lookup<'_>, name: &str) -> Option<String> {
    environment(name).filter(|value| !value.is_empty())
}

fn is_origin(name: &str) -> bool {
    ORIGINS.contains(&name) || name.starts_with("upstream_origin")
}

/// An origin without a trailing slash.
fn normalised(name: &str, value: String) -> String {
    match value.strip_suffix('/') {
        Some(origin) if is_origin(name) => origin.to_owned(),
        _ => value,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use std::path::Path;

    use host::Manifest;

    use super::variables;

    fn value(name: &str, environment: &[(&str, &str)]) -> Option<String> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let manifest = Manifest::read(&root.join("spin.toml")).unwrap();
        let lookup = |name: &str| {
            environment
                .iter()
                .find(|(n, _)| *n == name)
                .map(|(_, value)| (*value).to_owned())
        };
        variables(&manifest, &lookup).remove(name)
    }

    #[test]
    fn spins_name_comes_first() {
        let both = [("CLIENT_ID", "plain"), ("SPIN_VARIABLE_CLIENT_ID", "spin")];
        assert_eq!(value("client_id", &both).as_deref(), Some("spin"));
        assert_eq!(value("client_id", &both[..1]).as_deref(), Some("plain"));
        assert_eq!(value("client_id", &[]), None);
    }

    #[test]
    fn an_empty_value_is_none() {
        assert_eq!(value("client_id", &[("CLIENT_ID", "")]), None);
        let one = [("CLIENT_ID", "plain"), ("SPIN_VARIABLE_CLIENT_ID", "")];
        assert_eq!(value("client_id", &one).as_deref(), Some("plain"));
    }

    #[test]
    fn origins_lose_one_slash_at_the_end() {
        let host = [("AUTHORITY_HOST", "https://login.example/")];
        assert_eq!(
            value("authority_host", &host).as_deref(),
            Some("https://login.example")
        );
        let uri = [("REDIRECT_URI", "https://x.example/")];
        assert_eq!(
            value("redirect_uri", &uri).as_deref(),
            Some("https://x.example/")
        );
    }
}
