//! The errors of `serve` about settings and files before it listens.

use std::fs;
use std::process::{Command, Output};

use e2e::{Certificates, Process, binary, workspace};

fn serve(arguments: &[&str], settings: &[(&str, &str)]) -> Output {
    let mut command = Command::new(binary("aks-oauth-proxy"));
    command
        .current_dir(workspace())
        .env_clear()
        .arg("serve")
        .args(arguments);
    command
        .args(["--listen", "127.0.0.1:0"])
        .envs(settings.iter().copied());
    command.output().unwrap()
}

const GOOD: [(&str, &str); 6] = [
    ("TENANT_ID", "11111111-2222-3333-4444-555555555555"),
    ("CLIENT_ID", "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"),
    ("REDIRECT_URI", "https://aks.example.com/callback"),
    ("SESSION_SECRET", "0123456789abcdef0123456789abcdef"),
    ("SIDECAR_URL", "http://127.0.0.1:2/"),
    ("SIDECAR_TOKEN", "short"),
];

#[test]
fn all_problems_are_reported_at_once() {
    let output = serve(
        &[],
        &[
            ("SESSION_SECRET", "weak"),
            ("SESSION_COOKIE_SAMESITE", "None"),
        ],
    );
    assert_eq!(output.status.code(), Some(64));
    let text = String::from_utf8(output.stderr).unwrap();
    for part in [
        "error: 6 problems",
        "TENANT_ID is not set",
        "CLIENT_ID is not set",
        "REDIRECT_URI is not set",
        "SESSION_SECRET has fewer than 32 bytes",
        "openssl rand -hex 32",
        "SESSION_COOKIE_SAMESITE is neither `Lax` nor `Strict`",
        "AZURE_FEDERATED_TOKEN_FILE is not set",
        "example:",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("weak"), "{text}");
    assert_eq!(output.stdout, b"");
}

#[test]
fn a_given_sidecar_needs_its_token_and_no_file() {
    let output = serve(&[], &GOOD);
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(64));
    assert!(
        text.contains("SIDECAR_TOKEN has fewer than 32 bytes"),
        "{text}"
    );
    assert!(!text.contains("AZURE_FEDERATED_TOKEN_FILE"), "{text}");
}

#[test]
fn a_file_that_is_wrong_is_named_with_its_line() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("runtime-config.toml");
    fs::write(&file, "\n[key_value_store.default]\ntype = \"cosmos\"\n").unwrap();
    let mut settings = GOOD;
    settings[5].1 = "0123456789abcdef0123456789abcdef";
    let state = directory.path().join("state");
    let output = serve(
        &[
            "--runtime-config",
            file.to_str().unwrap(),
            "--state-dir",
            state.to_str().unwrap(),
        ],
        &settings,
    );
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(64));
    assert!(
        text.contains("runtime-config.toml") && text.contains("line 3"),
        "{text}"
    );
}

#[test]
fn the_command_line_explains_itself() {
    for arguments in [
        &["--help"][..],
        &["serve", "--help"],
        &["sidecar", "--help"],
        &["--version"],
    ] {
        let output = Command::new(binary("aks-oauth-proxy"))
            .args(arguments)
            .output()
            .unwrap();
        assert!(output.status.success());
    }
    let output = Command::new(binary("aks-oauth-proxy"))
        .args(["sidecar", "--listen", "0.0.0.0:0"])
        .env("SIDECAR_TOKEN", "0123456789abcdef0123456789abcdef")
        .env("AZURE_FEDERATED_TOKEN_FILE", "/nowhere")
        .env("KUBELOGIN_ENABLED", "false")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(64));
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains("loopback")
    );
}

/// Settings with which it starts.
fn sound() -> Vec<(&'static str, &'static str)> {
    let mut settings = GOOD.to_vec();
    settings.retain(|(name, _)| *name != "SIDECAR_TOKEN");
    settings.push(("SIDECAR_TOKEN", "0123456789abcdef0123456789abcdef"));
    settings
}

#[test]
fn with_a_certificate_it_serves_https() {
    let certificates = Certificates::make();
    let mut command = Command::new(binary("aks-oauth-proxy"));
    command.current_dir(workspace()).env_clear().envs(sound());
    command.args(["serve", "--listen", "127.0.0.1:0"]);
    command.args(["--state-dir", "target/e2e"]);
    command.arg("--tls-cert").arg(certificates.certificate());
    command.arg("--tls-key").arg(certificates.key());
    let (mut process, listening) = Process::start(&mut command);
    let url = listening["url"].as_str().unwrap();
    assert!(url.starts_with("https://127.0.0.1:"), "{url}");
    process.terminate();
    assert!(process.wait().success());
}

#[test]
fn a_certificate_that_is_none_is_a_wrong_file() {
    let certificates = Certificates::make();
    let key = certificates.key();
    let key = key.to_str().unwrap();
    let state = ["--state-dir", "target/e2e"];
    for (arguments, part) in [
        (vec!["--tls-cert", key, "--tls-key", key], "no certificate"),
        (
            vec!["--tls-cert", "nowhere.pem", "--tls-key", key],
            "nowhere.pem",
        ),
        (vec!["--tls-key", key], "--tls-cert"),
        (vec!["--max-instances", "0"], "--max-instances"),
    ] {
        let arguments = [&state[..], &arguments].concat();
        let output = serve(&arguments, &sound());
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(64), "{text}");
        assert!(text.contains(part), "{part}: {text}");
    }
}

/// Metrics are not everybody's, and a request to the proxy itself would go in a circle.
#[test]
fn no_app_is_where_the_program_itself_listens() {
    let upstreams = r#"[{ "host": "app.example.com", "url": "http://localhost:9464" }]"#;
    let settings = [&sound()[..], &[("UPSTREAMS", upstreams)]].concat();
    let output = serve(&["--metrics-listen", "127.0.0.1:9464"], &settings);
    assert_eq!(output.status.code(), Some(64));
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(
        text.contains("error: 1 problem") && text.contains("(--metrics-listen): that is no app"),
        "{text}"
    );
}
