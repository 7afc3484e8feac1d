#![allow(clippy::unwrap_used)]

use std::os::unix::fs::PermissionsExt;

use super::*;

/// Where the proxy is.
const ORIGIN: &str = "http://localhost:8080";

fn environment(pairs: &[(&str, &str)]) -> Environment {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    Environment(pairs.iter().map(owned).collect())
}

#[test]
fn the_simulator_is_used_unless_a_tenant_and_a_client_are_named() {
    let token = ("AZURE_FEDERATED_TOKEN_FILE", "/token");
    let choose = |pairs: &[_]| Identity::choose(&environment(pairs));
    assert_eq!(choose(&[]).unwrap(), Identity::Simulated);
    assert_eq!(
        choose(&[("TENANT_ID", ""), token]).unwrap(),
        Identity::Simulated
    );
    let both = [("TENANT_ID", "t"), ("SPIN_VARIABLE_CLIENT_ID", "c"), token];
    assert_eq!(choose(&both).unwrap(), Identity::Entra);
}

#[test]
fn half_a_real_configuration_is_refused_by_name() {
    let refused = |pairs: &[_]| {
        Identity::choose(&environment(pairs))
            .unwrap_err()
            .to_string()
    };
    assert!(refused(&[("TENANT_ID", "t")]).contains("CLIENT_ID is not"));
    assert!(refused(&[("CLIENT_ID", "c")]).contains("TENANT_ID is not"));
    let both = [("TENANT_ID", "t"), ("CLIENT_ID", "c")];
    assert!(refused(&both).contains("AZURE_FEDERATED_TOKEN_FILE"));
}

#[test]
fn the_simulators_values_fill_what_is_open() {
    let mut settings = Settings::new(environment(&[]), ORIGIN);
    settings.simulated(&Simulator::example());
    let added: BTreeMap<_, _> = settings.added().collect();
    let simulator = Simulator::example();
    assert_eq!(added.get("TENANT_ID"), Some(&simulator.tenant_id.as_str()));
    assert_eq!(
        added.get("AUTHORITY_HOST"),
        Some(&simulator.origin.as_str())
    );
    assert_eq!(
        added.get("REDIRECT_URI"),
        Some(&"http://localhost:8080/callback")
    );
    assert_eq!(added.get("SESSION_COOKIE_SECURE"), Some(&"false"));
}

#[test]
fn the_environment_wins() {
    let pairs = [
        ("AUTHORITY_HOST", "http://127.0.0.1:1"),
        (
            "SPIN_VARIABLE_REDIRECT_URI",
            "https://proxy.example/callback",
        ),
        ("SESSION_SECRET", "theirs"),
    ];
    let directory = tempfile::tempdir().unwrap();
    let mut settings = Settings::new(environment(&pairs), ORIGIN);
    settings.simulated(&Simulator::example());
    settings.session_secret(directory.path()).unwrap();
    let added: BTreeMap<_, _> = settings.added().collect();
    for name in [
        "AUTHORITY_HOST",
        "REDIRECT_URI",
        "SESSION_SECRET",
        "SESSION_COOKIE_SECURE",
    ] {
        assert_eq!(added.get(name), None, "{name}");
    }
    assert_eq!(settings.redirect_uri(), "https://proxy.example/callback");
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
}

#[test]
fn a_session_secret_is_made_once_and_only_ours_to_read() {
    let directory = tempfile::tempdir().unwrap();
    let secret = || {
        let mut settings = Settings::new(environment(&[]), ORIGIN);
        settings.session_secret(directory.path()).unwrap();
        settings.value("SESSION_SECRET").unwrap().to_owned()
    };
    let first = secret();
    assert_eq!(first.len(), 64);
    assert_eq!(secret(), first);
    let file = directory.path().join("session-secret");
    assert_eq!(
        fs::metadata(file).unwrap().permissions().mode() & 0o777,
        0o600
    );
}

#[test]
fn spin_gets_what_the_manifest_declares_and_nothing_else() {
    let directory = tempfile::tempdir().unwrap();
    let manifest = directory.path().join("spin.toml");
    let text = "[variables]\nclient_id = { default = '' }\nsession_secret = { default = '' }\n\
                tenant_id = { default = '' }\n";
    fs::write(&manifest, text).unwrap();
    let settings = Settings::new(environment(&[("CLIENT_ID", "c"), ("HOME", "/")]), ORIGIN);
    assert_eq!(
        settings.for_spin(&manifest).unwrap(),
        [("SPIN_VARIABLE_CLIENT_ID".to_owned(), "c".to_owned())]
    );
}

#[test]
fn kubelogin_is_enabled_where_it_can_be_built() {
    let simulator = Simulator::example();
    let added = |program: Option<&str>, name: &str| {
        let mut settings = Settings::new(environment(&[]), ORIGIN);
        settings.kubelogin(program.map(Path::new), &simulator);
        let mut added = settings.added();
        let found = added.find(|(n, _)| *n == name);
        found.map(|(_, value)| value.to_owned())
    };
    assert_eq!(added(None, "KUBELOGIN_ENABLED").as_deref(), Some("false"));
    let with = |name: &str| added(Some("/tools/kubelogin"), name).unwrap();
    assert_eq!(with("KUBELOGIN_BINARY"), "/tools/kubelogin");
    assert_eq!(with("KUBELOGIN_AUTHORITY_HOST"), simulator.tls_origin);
    assert_eq!(with("SSL_CERT_FILE"), simulator.ca_file);
}

#[test]
fn a_cluster_is_named_with_its_authority() {
    let directory = tempfile::tempdir().unwrap();
    let ca_file = directory.path().join("ca.pem");
    fs::write(&ca_file, "an authority").unwrap();
    let cluster = Cluster {
        ca_file,
        ..Cluster::example()
    };
    let mut settings = Settings::new(environment(&[]), "https://localhost:8080");
    settings.kubernetes(&cluster).unwrap();
    let added: BTreeMap<_, _> = settings.added().collect();
    assert_eq!(added.get("KUBERNETES_API_URL"), Some(&cluster.url.as_str()));
    assert_eq!(added.get("PUBLIC_CA"), Some(&"an authority"));
    assert_eq!(added.get("SESSION_COOKIE_SECURE"), None);
}
