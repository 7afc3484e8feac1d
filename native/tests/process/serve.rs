//! `aks-oauth-proxy serve` up to the start: errors that keep it from starting.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::program::{Ended, manifest, run};

const GOOD: [(&str, &str); 5] = [
    ("TENANT_ID", "11111111-2222-3333-4444-555555555555"),
    ("CLIENT_ID", "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"),
    ("REDIRECT_URI", "https://aks.example.com/callback"),
    ("SESSION_SECRET", "0123456789abcdef0123456789abcdef"),
    ("AZURE_FEDERATED_TOKEN_FILE", "/nowhere/token"),
];

/// Runs `serve` with this repository's manifest.
fn serve(environment: &[(&str, &str)]) -> Ended {
    let state = TempDir::new().unwrap();
    let directory = state.path().join("state");
    let ended = serve_in(&directory, &manifest(), environment);
    assert!(
        !directory.exists(),
        "nothing is touched while a setting is wrong"
    );
    ended
}

fn serve_in(state: &Path, manifest: &Path, environment: &[(&str, &str)]) -> Ended {
    let [state, manifest] = [state, manifest].map(|path| path.to_str().unwrap());
    let arguments = [
        "serve",
        "--manifest",
        manifest,
        "--state-dir",
        state,
        "--listen",
        "127.0.0.1:0",
    ];
    run(&arguments, environment)
}

/// Valid settings with changes; an empty one counts as unset.
fn but<'a>(changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    GOOD.into_iter().chain(changes.iter().copied()).collect()
}

#[test]
fn all_that_is_missing_is_said_at_once() {
    let ended = serve(&[]);
    let mut missing = ended.problems();
    missing.sort_unstable();
    let mut names = GOOD.map(|(name, _)| name);
    names.sort_unstable();
    assert_eq!(missing.len(), names.len(), "{missing:?}");
    for (name, problem) in names.iter().zip(missing) {
        assert!(
            problem.starts_with(&format!("{name} is not set (example: ")),
            "{problem}"
        );
    }
}

#[test]
fn all_that_is_wrong_is_said_at_once_and_no_secret_repeated() {
    let ended = serve(&but(&[
        ("TENANT_ID", "contoso"),
        ("SESSION_SECRET", "short-and-secret"),
        ("SESSION_COOKIE_SAMESITE", "None"),
        ("SESSION_IDLE_TIMEOUT_SECONDS", "0"),
        ("AUTHORITY_HOST", "https://login.example/tenant"),
        ("AZURE_FEDERATED_TOKEN_FILE", ""),
    ]));
    assert!(!ended.stderr.contains("short-and-secret"));
    let problems = ended.problems();
    assert_eq!(problems.len(), 6, "{problems:?}");
    for name in [
        "TENANT_ID ",
        "SESSION_SECRET ",
        "SESSION_COOKIE_SAMESITE ",
        "SESSION_IDLE_TIMEOUT_SECONDS ",
        "AUTHORITY_HOST ",
        "AZURE_FEDERATED_TOKEN_FILE ",
    ] {
        assert!(
            problems.iter().any(|problem| problem.starts_with(name)),
            "{name}{problems:?}"
        );
    }
}

#[test]
fn spins_name_of_a_setting_wins() {
    let ended = serve(&but(&[
        ("SPIN_VARIABLE_CLIENT_ID", "wrong"),
        ("TENANT_ID", "wrong"),
    ]));
    assert_eq!(ended.problems().len(), 2, "{}", ended.stderr);
    let ended = serve(&but(&[
        ("CLIENT_ID", "wrong"),
        (
            "SPIN_VARIABLE_CLIENT_ID",
            "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
        ),
        ("TENANT_ID", "wrong"),
    ]));
    assert!(matches!(ended.problems()[..], [problem] if problem.starts_with("TENANT_ID ")));
}

#[test]
fn a_sidecar_of_the_operators_wants_its_token_and_no_file() {
    let ended = serve(&but(&[
        ("SIDECAR_URL", "http://127.0.0.1:8081/"),
        ("AZURE_FEDERATED_TOKEN_FILE", ""),
    ]));
    assert!(
        matches!(ended.problems()[..], [problem] if problem.starts_with("SIDECAR_TOKEN is not set")),
        "{}",
        ended.stderr
    );
}

#[test]
fn a_manifest_that_is_missing_or_wrong_is_named() {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("spin.toml");
    let state = directory.path().join("state");
    let ended = serve_in(&state, &path, &GOOD);
    assert_eq!(ended.code, Some(64));
    assert!(
        ended.reason().starts_with(path.to_str().unwrap()),
        "{}",
        ended.reason()
    );

    let good = fs::read_to_string(manifest()).unwrap();
    fs::write(&path, format!("{good}\n[unknown]\n")).unwrap();
    let ended = serve_in(&state, &path, &GOOD);
    let line = good.lines().count() + 2;
    assert_eq!(ended.code, Some(64));
    assert!(
        ended.stderr.contains(&format!("line {line}")),
        "{}",
        ended.stderr
    );
    assert!(ended.stderr.contains("unknown"), "{}", ended.stderr);
}

#[test]
fn a_component_that_was_not_built_is_named() {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("spin.toml");
    fs::copy(manifest(), &path).unwrap();
    let ended = serve_in(&directory.path().join("state"), &path, &GOOD);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(64), ""));
    assert!(
        ended.stderr.contains("aks_oauth_proxy_component.wasm"),
        "{}",
        ended.stderr
    );
    assert!(
        ended
            .stderr
            .starts_with("warning: AZURE_FEDERATED_TOKEN_FILE (/nowhere/token)")
    );
}
