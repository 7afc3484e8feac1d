//! Settings and files.

use super::world::World;
use crate::program::run;

#[test]
fn nothing_at_all_is_a_row_for_each_setting_and_no_guess() {
    let state = tempfile::tempdir().unwrap();
    let state = state.path().to_str().unwrap();
    // Defaults would be looked up outside of this machine.
    let arguments = [
        "--state-dir",
        state,
        "--without=api-server",
        "--without=tunnel",
    ];
    let ended = run(&[&["doctor"], &arguments[..]].concat(), &[]);
    assert_eq!(ended.code, Some(1));
    for setting in [
        "TENANT_ID",
        "CLIENT_ID",
        "REDIRECT_URI",
        "SESSION_SECRET",
        "AZURE_FEDERATED_TOKEN_FILE",
    ] {
        let row = format!("failed   settings           {setting} is not set");
        assert!(ended.stdout.contains(&row), "{row}: {}", ended.stdout);
    }
    for (part, why) in [
        ("authority", "settings that it needs are wrong"),
        ("discovery", "authority was skipped"),
        ("client-assertion", "authority was skipped"),
        ("federated-token", "settings that it needs are wrong"),
        ("kubelogin", "settings that it needs are wrong"),
    ] {
        let row = format!("skipped  {part:17}  {why}");
        assert!(ended.stdout.contains(&row), "{row}: {}", ended.stdout);
    }
}

#[test]
fn a_wrong_setting_stops_only_what_needs_it() {
    let report = World::new().with("SESSION_SECRET", "short").report();
    report.fails_only_at(
        "settings",
        &["SESSION_SECRET has fewer", "openssl rand -base64 32"],
    );
    report.says("client-assertion", "ok", &[]);
    let report = World::new().with("TENANT_ID", "contoso").report();
    report.fails_only_at("settings", &["TENANT_ID is not a GUID", "11111111-2222"]);
    report.says("authority", "skipped", &["settings"]);
    report.says("store", "ok", &[]);
}

#[test]
fn a_pod_without_workload_identity_is_told_of_label_and_annotation() {
    let report = World::new().with("AZURE_FEDERATED_TOKEN_FILE", "").report();
    let parts = [
        "azure.workload.identity/use=true",
        "client-id",
        "--enable-workload-identity",
    ];
    report.fails_only_at("settings", &parts);
    report.says("client-assertion", "skipped", &["no token"]);
}

#[test]
fn a_redirect_uri_of_another_path_or_over_plain_http_is_wrong() {
    for (uri, part) in [
        ("https://aks.example.com/auth", "/callback"),
        ("http://aks.example.com/callback", "localhost"),
    ] {
        let report = World::new().with("REDIRECT_URI", uri).report();
        report.fails_only_at("settings", &["REDIRECT_URI", part]);
        report.says("redirect-uri", "skipped", &["settings"]);
    }
}

#[test]
fn a_runtime_configuration_that_is_wrong_stops_what_goes_by_it() {
    let mut world = World::new();
    world.trust = "ca_roots_file = \"/nowhere/ca.pem\"".to_owned();
    let report = world.report();
    report.fails_only_at("runtime-config", &["/nowhere/ca.pem", "--runtime-config"]);
    for name in ["authority", "store", "api-server", "public-address"] {
        report.says(name, "skipped", &["runtime-config failed"]);
    }
    report.says("federated-token", "ok", &[]);
    report.says("kubelogin", "ok", &[]);
    world.store = "type = \"azure_cosmos\"".to_owned();
    world
        .report()
        .fails_only_at("runtime-config", &["azure_cosmos", "line 2"]);
}
