//! The workload-identity token, and the sidecar.

use std::fs;

use serde_json::json;

use super::world::{BEARER, CLIENT, TENANT, World, free_port};
use crate::program::Running;

#[test]
fn a_token_file_that_is_missing_or_no_token() {
    let mut world = World::new();
    let file = world.directory.path().join("token");
    world.set("AZURE_FEDERATED_TOKEN_FILE", file.to_str().unwrap());
    let missing = world.report();
    let parts = ["does not exist", "azure.workload.identity/use=true"];
    missing.fails_only_at("federated-token", &parts);
    missing.says("client-assertion", "skipped", &["no token"]);
    fs::write(&file, "no token").unwrap();
    world.report().fails_only_at(
        "federated-token",
        &["holds no", "AZURE_FEDERATED_TOKEN_FILE"],
    );
}

#[test]
fn a_token_that_has_expired() {
    let world = World::new();
    world.tell("federated-token", &json!({ "exp": 1_700_000_000 }));
    let parts = ["expired at 2023-11-14", "kubelet", "clock"];
    world.report().fails_only_at("federated-token", &parts);
}

#[test]
fn a_token_that_entra_can_never_take() {
    let world = World::new();
    for (claims, part) in [
        (
            json!({ "iss": "https://kubernetes.default.svc.cluster.local" }),
            "--enable-oidc-issuer",
        ),
        (json!({ "sub": "alice" }), "no token of a service account"),
        (json!({ "nbf": 4_000_000_000_u64 }), "in the future"),
    ] {
        world.tell("federated-token", &claims);
        let report = world.report();
        report.says(
            "federated-token",
            "failed",
            &[part, "audience api://AzureADTokenExchange"],
        );
    }
}

#[test]
fn a_token_for_somebody_else() {
    let world = World::new();
    world.tell(
        "federated-token",
        &json!({ "aud": ["https://kubernetes.default.svc"] }),
    );
    let report = world.report();
    report.says(
        "federated-token",
        "warning",
        &["api://AzureADTokenExchange is usual"],
    );
    report.fails_only_at("client-assertion", &["AADSTS700212"]);
}

#[test]
fn a_webhook_that_says_otherwise() {
    let mut world = World::new()
        .with("AZURE_CLIENT_ID", CLIENT)
        .with("AZURE_TENANT_ID", TENANT);
    let authority = format!("{}/", world.entra("http"));
    world.set("AZURE_AUTHORITY_HOST", &authority);
    world.report().says("workload-identity", "ok", &[]);
    world.set("AZURE_CLIENT_ID", "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee");
    let report = world.report();
    let parts = [
        "AZURE_CLIENT_ID is aaaaaaaa",
        &format!("CLIENT_ID is {CLIENT}"),
        "/client-id",
    ];
    report.says("workload-identity", "warning", &parts);
    assert_eq!(report.code, Some(0));
}

/// A sidecar with this token file, and a world that uses it.
fn with_sidecar(file: &str) -> (World, Running) {
    let mut world = World::new().with("AZURE_FEDERATED_TOKEN_FILE", "");
    let file = file.replace("ENTRA", world.entra("federated_token_file"));
    let sidecar = Running::start(
        &["sidecar", "--listen", "127.0.0.1:0"],
        &[
            ("SIDECAR_TOKEN", BEARER),
            ("KUBELOGIN_ENABLED", "false"),
            ("AZURE_FEDERATED_TOKEN_FILE", &file),
        ],
    );
    world.set("SIDECAR_URL", &format!("http://{}", sidecar.address));
    world.set("SIDECAR_TOKEN", BEARER);
    world.set("KUBELOGIN_ENABLED", "false");
    (world, sidecar)
}

#[test]
fn a_sidecar_gives_the_token() {
    let (world, _sidecar) = with_sidecar("ENTRA");
    let report = world.report();
    assert_eq!(report.with_status("failed"), [""; 0]);
    report.says("sidecar", "ok", &["takes SIDECAR_TOKEN"]);
    report.says("client-assertion", "ok", &[CLIENT]);
}

#[test]
fn a_sidecar_with_another_bearer() {
    let (mut world, _sidecar) = with_sidecar("ENTRA");
    world.set("SIDECAR_TOKEN", "another-bearer-0123456789abcdef0123");
    let report = world.report();
    report.fails_only_at("sidecar", &["answers 401", "same SIDECAR_TOKEN"]);
    report.says("federated-token", "skipped", &["no sidecar"]);
}

#[test]
fn a_sidecar_without_a_token() {
    let (world, _sidecar) = with_sidecar("/nowhere/token");
    let report = world.report();
    report.says("sidecar", "ok", &[]);
    report.fails_only_at(
        "federated-token",
        &["/nowhere/token", "where the sidecar runs"],
    );
}

#[test]
fn a_sidecar_that_is_not_there_or_is_none() {
    let (mut world, _sidecar) = with_sidecar("ENTRA");
    world.set("SIDECAR_URL", &format!("http://127.0.0.1:{}", free_port()));
    world
        .report()
        .fails_only_at("sidecar", &["no connection", "SIDECAR_URL"]);
    let entra = world.entra("http").to_owned();
    world.set("SIDECAR_URL", &entra);
    world
        .report()
        .fails_only_at("sidecar", &["what no sidecar does", "SIDECAR_URL"]);
}
