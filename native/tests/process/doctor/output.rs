//! The output, for people and for programs.

use std::fs;

use serde_json::json;

use super::world::{BEARER, Report, SESSION_SECRET, World};
use crate::program::{Running, run};

/// The rows in order, each with its status in a sound installation without a running proxy.
const WELL: [(&str, &str); 16] = [
    ("settings", "ok"),
    ("runtime-config", "ok"),
    ("authority", "ok"),
    ("clock", "ok"),
    ("discovery", "ok"),
    ("keys", "ok"),
    ("workload-identity", "skipped"),
    ("sidecar", "skipped"),
    ("federated-token", "ok"),
    ("client-assertion", "ok"),
    ("redirect-uri", "ok"),
    ("public-address", "warning"),
    ("store", "ok"),
    ("api-server", "ok"),
    ("tunnel", "ok"),
    ("kubelogin", "ok"),
];

#[test]
fn all_is_well() {
    let report = World::new().report();
    assert_eq!(report.code, Some(0));
    assert_eq!(report.statuses(), WELL);
}

#[test]
fn people_get_a_table_without_colours_where_there_is_no_terminal() {
    let world = World::new().with("REDIRECT_URI", "http://localhost:1/other");
    let ended = world.run(&[]);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(1), ""));
    assert!(!ended.stdout.contains('\u{1b}'), "{}", ended.stdout);
    let lines: Vec<&str> = ended.stdout.lines().collect();
    let red = lines
        .iter()
        .position(|line| line.starts_with("failed"))
        .unwrap();
    assert!(
        lines[red].starts_with("failed   settings           REDIRECT_URI does not end in"),
        "{}",
        lines[red]
    );
    let remedy = lines[red + 1].trim_start();
    assert!(
        remedy.starts_with("remedy:  correct REDIRECT_URI"),
        "{remedy}"
    );
    let last = lines.last().unwrap();
    assert!(
        last.ends_with(" skipped") && last.contains("1 failed"),
        "{last}"
    );
}

#[test]
fn what_nobody_wants_to_know_is_left_out() {
    let world = World::new().with("KUBELOGIN_BINARY", "/nowhere/kubelogin");
    let report = Report::of(&world.run(&["--json", "--without", "kubelogin", "--without=store"]));
    assert_eq!(report.code, Some(0));
    for name in ["kubelogin", "store"] {
        report.says(name, "skipped", &["--without"]);
    }
    assert!(!world.directory.path().join("kv.db").exists());
    let unknown = run(&["doctor", "--without", "weather"], &[]);
    assert_eq!((unknown.code, unknown.stdout.as_str()), (Some(64), ""));
    assert!(
        unknown.stderr.contains("client-assertion"),
        "{}",
        unknown.stderr
    );
}

#[test]
fn no_secret_is_printed() {
    let mut world = World::new();
    let token = fs::read_to_string(world.entra("federated_token_file")).unwrap();
    let secrets = [SESSION_SECRET, BEARER, "hunter2", token.trim()];
    let sidecar = Running::start(
        &["sidecar", "--listen", "127.0.0.1:0"],
        &[
            ("SIDECAR_TOKEN", BEARER),
            ("KUBELOGIN_ENABLED", "false"),
            (
                "AZURE_FEDERATED_TOKEN_FILE",
                world.entra("federated_token_file"),
            ),
        ],
    );
    let check = |world: &World| {
        for arguments in [&["--json"][..], &[]] {
            let ended = world.run(arguments);
            for secret in secrets {
                let said = format!("{}{}", ended.stdout, ended.stderr);
                assert!(!said.contains(secret), "{said}");
            }
        }
    };
    check(&world);
    world.store = "type = \"redis\"\nurl = \"redis://:hunter2@127.0.0.1:1\"".to_owned();
    world.set("SIDECAR_URL", &format!("http://{}", sidecar.address));
    world.set("SIDECAR_TOKEN", BEARER);
    world.tell(
        "federated-token",
        &json!({ "sub": "system:serviceaccount:a:b" }),
    );
    check(&world);
    // The error of the file does not quote its content.
    world.store = "type = \"redis\"\nurl = \"redis://:hunter2@127.0.0.1:1\"\nfile = 1".to_owned();
    check(&world);
}
