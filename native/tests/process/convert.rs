//! `aks-oauth-proxy convert`. Its crate tests each flag.

use std::fs;

use crate::program::run;

const GROUP: &str = "00000000-1111-2222-3333-444444444444";

#[test]
fn a_file_and_a_command_line_become_settings() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("oauth2-proxy.cfg");
    fs::write(
        &file,
        format!("allowed_groups = [\"{GROUP}\"]\nmade_up = 1\n"),
    )
    .unwrap();
    let file = file.to_str().unwrap();
    let ended = run(
        &[
            "convert",
            "oauth2-proxy",
            file,
            "--",
            "--cookie-secure=false",
        ],
        &[],
    );
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
    assert!(
        ended
            .stdout
            .contains(&format!("\nALLOWED_GROUPS={GROUP}\n"))
    );
    assert!(ended.stdout.contains("\nSESSION_COOKIE_SECURE=false\n"));
    assert!(ended.stdout.contains("\n# made_up: unknown"));

    let values = ["convert", "oauth2-proxy", file, "--format", "values"];
    let ended = run(&values, &[]);
    assert_eq!(ended.code, Some(0));
    assert!(
        ended
            .stdout
            .contains(&format!("\nsettings:\n  allowedGroups: \"{GROUP}\"\n"))
    );

    let ended = run(
        &["convert", "kube-oidc-proxy", "--", "--token-passthrough"],
        &[],
    );
    assert_eq!(ended.code, Some(0));
    assert!(
        ended
            .stdout
            .contains("\nKUBERNETES_TOKEN_PASSTHROUGH=true\n")
    );
}

#[test]
fn what_cannot_be_read_is_said() {
    let directory = tempfile::tempdir().unwrap();
    let alpha = directory.path().join("alpha.yaml");
    fs::write(&alpha, "providers:\n- id: entra\n").unwrap();
    let alpha = alpha.to_str().unwrap();
    let cases: [(&[&str], &str); 5] = [
        (&["convert", "oauth2-proxy"], "nothing to convert"),
        (&["convert", "oauth2-proxy", alpha], "alpha configuration"),
        (
            &["convert", "oauth2-proxy", "/nowhere"],
            "cannot read /nowhere",
        ),
        (
            &["convert", "kube-oidc-proxy", alpha],
            "has no configuration file",
        ),
        (&["convert", "pomerium", alpha], "oauth2-proxy"),
    ];
    for (arguments, sentence) in cases {
        let ended = run(arguments, &[]);
        assert_eq!(
            (ended.code, ended.stdout.as_str()),
            (Some(64), ""),
            "{arguments:?}"
        );
        assert!(ended.stderr.contains(sentence), "{}", ended.stderr);
    }
}
