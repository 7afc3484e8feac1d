//! Calls inside a cluster: the API server, kubelogin, and the proxy itself.

use std::fs;

use rcgen::{CertificateParams, KeyPair};

use super::world::{BEARER, World, free_port, program};
use crate::program::Running;

#[test]
fn an_api_server_that_is_not_there() {
    let address = format!("https://127.0.0.1:{}", free_port());
    let report = World::new().with("KUBERNETES_API_URL", &address).report();
    for name in ["api-server", "tunnel"] {
        report.says(name, "failed", &["no connection", "KUBERNETES_API_URL"]);
    }
    assert_eq!(report.with_status("failed").len(), 2);
}

#[test]
fn an_api_server_that_is_somebody_else() {
    let mut world = World::new();
    let entra = world.entra("https").to_owned();
    world.set("KUBERNETES_API_URL", &entra);
    let report = world.report();
    report.fails_only_at("api-server", &["no API server", "KUBERNETES_API_URL"]);
    report.says("tunnel", "ok", &[]);
}

#[test]
fn an_api_server_whose_authority_the_component_does_not_trust() {
    let mut world = World::new();
    world.trust = "ca_use_webpki_roots = true".to_owned();
    let report = world.report();
    report.fails_only_at("api-server", &["not trusted", "client_tls", "localhost"]);
    report.says("tunnel", "ok", &[]);
}

#[test]
fn an_api_server_whose_authority_the_tunnel_does_not_trust() {
    let mut world = World::new();
    let other = world.directory.path().join("other.pem");
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(["other.example".to_owned()]).unwrap();
    fs::write(&other, certificate.self_signed(&key).unwrap().pem()).unwrap();
    world.set("KUBERNETES_CA_FILE", other.to_str().unwrap());
    let report = world.report();
    report.fails_only_at(
        "tunnel",
        &["not trusted", "KUBERNETES_CA_FILE", "kubernetesCa"],
    );
    world.set("KUBERNETES_CA_FILE", "/nowhere/ca.crt");
    world
        .report()
        .fails_only_at("tunnel", &["/nowhere/ca.crt", "KUBERNETES_CA_FILE"]);
}

#[test]
fn a_kubelogin_that_is_none_or_old() {
    let mut world = World::new();
    world.report().says("kubelogin", "ok", &["0.2.19"]);
    program(
        world.directory.path(),
        "echo 'kubelogin version'; echo 'git hash: v0.1.4/0'",
    );
    let report = world.report();
    report.says("kubelogin", "warning", &["is 0.1.4", "older than 0.2.19"]);
    assert_eq!(report.code, Some(0));
    program(world.directory.path(), "echo 'some other program'");
    world
        .report()
        .fails_only_at("kubelogin", &["nothing of kubelogin", "KUBELOGIN_BINARY"]);
    program(world.directory.path(), "echo kubelogin; exit 3");
    world
        .report()
        .fails_only_at("kubelogin", &["exit status: 3"]);
    world.set("KUBELOGIN_BINARY", "/nowhere/kubelogin");
    let parts = [
        "/nowhere/kubelogin",
        "cannot be run",
        "KUBELOGIN_ENABLED=false",
    ];
    world.report().fails_only_at("kubelogin", &parts);
    world.set("KUBELOGIN_ENABLED", "false");
    world
        .report()
        .says("kubelogin", "skipped", &["KUBELOGIN_ENABLED is false"]);
}

/// A program that does not end is killed.
#[test]
fn a_kubelogin_that_does_not_end() {
    let world = World::new();
    program(world.directory.path(), "exec tail -f /dev/null");
    world.report().fails_only_at("kubelogin", &["does not end"]);
}

#[test]
fn a_kubelogin_that_runs_elsewhere() {
    let mut world = World::new();
    let sidecar = |enabled| {
        let settings = [
            ("SIDECAR_TOKEN", BEARER),
            ("TENANT_ID", world.setting("TENANT_ID")),
            ("KUBELOGIN_BINARY", world.setting("KUBELOGIN_BINARY")),
            ("KUBELOGIN_ENABLED", enabled),
            ("AZURE_FEDERATED_TOKEN_FILE", "/nowhere/token"),
        ];
        Running::start(&["sidecar", "--listen", "127.0.0.1:0"], &settings)
    };
    let (runs_it, does_not) = (sidecar("true"), sidecar("false"));
    world.set("KUBELOGIN_URL", &format!("http://{}", runs_it.address));
    world.set("KUBELOGIN_TOKEN", BEARER);
    world
        .report()
        .says("kubelogin", "ok", &["runs it", "KUBELOGIN_TOKEN"]);
    world.set("KUBELOGIN_TOKEN", "another-bearer-0123456789abcdef0123");
    world
        .report()
        .fails_only_at("kubelogin", &["answers 401", "KUBELOGIN_TOKEN must be"]);
    world.set("KUBELOGIN_TOKEN", BEARER);
    world.set("KUBELOGIN_URL", &format!("http://{}", does_not.address));
    world.report().fails_only_at(
        "kubelogin",
        &["does not run kubelogin", "KUBELOGIN_ENABLED=true"],
    );
    world.set(
        "KUBELOGIN_URL",
        &format!("http://127.0.0.1:{}", free_port()),
    );
    world
        .report()
        .fails_only_at("kubelogin", &["no connection", "KUBELOGIN_URL"]);
    let entra = world.entra("http").to_owned();
    world.set("KUBELOGIN_URL", &entra);
    world
        .report()
        .fails_only_at("kubelogin", &["somebody else", "KUBELOGIN_URL"]);
}

#[test]
fn a_public_address_is_no_reason_for_alarm() {
    let mut world = World::new();
    let report = world.report();
    report.says(
        "public-address",
        "warning",
        &["no connection", "where people are"],
    );
    assert_eq!(report.code, Some(0));
    let entra = world.entra("http").to_owned();
    world.set("PUBLIC_URL", &entra);
    world.report().says(
        "public-address",
        "warning",
        &["somebody else answers", "ingress"],
    );
}

/// kubectl trusts only this authority, whatever the doctor trusts.
#[test]
fn a_public_address_whose_authority_is_not_in_public_ca() {
    let mut world = World::new();
    let address = world.api_server.https.clone();
    world.set("PUBLIC_URL", &address);
    let right = fs::read_to_string(&world.api_server.authority).unwrap();
    world.set("PUBLIC_CA", &right);
    let answers = ["somebody else answers"];
    world.report().says("public-address", "warning", &answers);
    let wrong = fs::read_to_string(world.entra("ca_file")).unwrap();
    world.set("PUBLIC_CA", &wrong);
    let parts = ["not trusted", "PUBLIC_CA", "ingress"];
    world.report().says("public-address", "warning", &parts);
}
