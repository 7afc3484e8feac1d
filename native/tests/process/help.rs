//! Help and version.

use crate::program::run;

#[test]
fn help_names_the_commands_and_the_exit_codes() {
    let help = run(&["--help"], &[]);
    assert_eq!((help.code, help.stderr.as_str()), (Some(0), ""));
    for word in [
        "serve",
        "sidecar",
        "tunnel",
        "healthcheck",
        "doctor",
        "convert",
        "64",
        "70",
        "--version",
    ] {
        assert!(help.stdout.contains(word), "{word}: {}", help.stdout);
    }
}

#[test]
fn help_of_a_command_names_its_options_and_settings() {
    let ending = [
        "--idle-timeout-seconds",
        "--drain-seconds",
        "--grace-seconds",
    ];
    let serve = [
        "--manifest",
        "--runtime-config",
        "--state-dir",
        "--listen",
        "--max-connections ",
        "--max-connections-per-client ",
        "--metrics-listen ",
        "SIDECAR_URL",
        "SIGTERM",
    ];
    let sidecar = [
        "--listen",
        "--max-connections ",
        "--max-connections-per-client ",
        "--metrics-listen ",
        "SIDECAR_TOKEN",
        "AZURE_FEDERATED_TOKEN_FILE",
        "SIGTERM",
    ];
    let tunnel = [
        "--listen",
        "--max-connections ",
        "--max-connections-per-client ",
        "--metrics-listen ",
        "--tls-cert",
        "TUNNEL_TOKEN",
        "COMPONENT_URL",
        "COMPONENT_PLAIN_HTTP",
        "KUBERNETES_API_URL",
        "TUNNEL_ORIGINS",
        "KUBERNETES_CA_FILE",
        "SIGTERM",
    ];
    let doctor = &[
        "--runtime-config",
        "--state-dir",
        "--json",
        "--without",
        "client-assertion",
        "NO_COLOR",
    ];
    for (command, words) in [
        ("serve", [&serve[..], &ending].concat()),
        ("sidecar", [&sidecar[..], &ending].concat()),
        ("tunnel", [&tunnel[..], &ending].concat()),
        ("doctor", doctor.to_vec()),
    ] {
        let help = run(&[command, "--help"], &[]);
        assert_eq!((help.code, help.stderr.as_str()), (Some(0), ""));
        for word in &words {
            assert!(help.stdout.contains(word), "{word}: {}", help.stdout);
        }
    }
}

#[test]
fn the_version_is_the_packages() {
    let version = run(&["--version"], &[]);
    assert_eq!(version.code, Some(0));
    assert_eq!(
        version.stdout,
        format!("aks-oauth-proxy {}\n", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn a_wrong_command_line_is_a_wrong_configuration() {
    let cases: [&[&str]; 5] = [
        &[],
        &["tunnels"],
        &["serve", "--unknown"],
        &["serve", "--listen", "somewhere"],
        // Every user of the machine can see a command line.
        &["sidecar", "--token", "0123456789abcdef0123456789abcdef"],
    ];
    for arguments in cases {
        let ended = run(arguments, &[]);
        assert_eq!(
            (ended.code, ended.stdout.as_str()),
            (Some(64), ""),
            "{arguments:?}"
        );
        assert!(ended.stderr.contains("--help"), "{}", ended.stderr);
    }
}
