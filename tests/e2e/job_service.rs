//! The sidecar that runs kubelogin: one for all replicas, one that restarts, one that refuses.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use e2e::{
    Builder, Certificates, DEVICE_CODE as PATH, Ingress, Redis, SIDECAR_TOKEN, Sidecar, Stack,
    free_port, kubelogin,
};
use serde_json::Value;
use tempfile::TempDir;

/// A program in place of kubelogin that runs `script`.
fn fake(script: &str) -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let program = directory.path().join("kubelogin");
    fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&program, PermissionsExt::from_mode(0o755)).unwrap();
    (directory, program)
}

#[test]
fn replicas_behind_a_round_robin_share_one_sidecar_over_tls() {
    let Some(program) = kubelogin() else { return };
    let (redis, certificates) = (Redis::start(), Certificates::make());
    let stack = Builder::default()
        .redis(&redis)
        .kubelogin(&program)
        .trusting("127.0.0.1", certificates.authority())
        .start();
    let sidecar = Sidecar::start_over_tls(&stack, &program, &certificates);
    assert!(sidecar.origin().starts_with("https://"));
    let settings = [
        ("KUBELOGIN_URL", sidecar.origin()),
        ("KUBELOGIN_TOKEN", SIDECAR_TOKEN),
        ("KUBELOGIN_BINARY", "/nowhere/kubelogin"),
    ];
    let replicas = [stack.replica_with(&settings), stack.replica_with(&settings)];
    let ingress = Ingress::before(&replicas);
    let carol = stack
        .carol_at_a_device_code(stack.browser_at(&ingress.origin()))
        .program();
    let told = carol.pending();
    for replica in &replicas {
        assert_eq!(
            replica.browser(&carol).pending()["user_code"],
            told["user_code"]
        );
    }
    stack.enter(told["user_code"].as_str().unwrap(), "carol", true);
    assert_eq!(carol.outcome().location(), "/whoami");
    for replica in &replicas {
        let whoami = replica.browser(&carol).get("/whoami").json();
        assert_eq!(whoami["token"]["source"], "kubelogin");
    }
}

#[test]
fn a_sidecar_that_was_restarted_knows_nothing_and_leaves_nothing() {
    let Some(program) = kubelogin() else { return };
    let stack = Builder::default().kubelogin(&program).start();
    let port = free_port();
    let mut sidecar = Sidecar::start_at(port, &stack, &program, &[]);
    let url = sidecar.origin().to_owned();
    let proxy = stack.replica_with(&[("SIDECAR_URL", &url), ("SIDECAR_TOKEN", SIDECAR_TOKEN)]);
    let mut carol = stack
        .carol_at_a_device_code(stack.browser_at(proxy.origin()))
        .program();
    carol.pending();
    sidecar.process.kill();
    let away = carol.get(PATH);
    assert_eq!(away.problem(), (503, "kubelogin-unavailable".to_owned()));
    assert!(!away.header("retry-after").is_empty());
    let posted = carol.send("POST", PATH, &[], "");
    assert_eq!(posted.problem().1, "kubelogin-unavailable");
    while sidecar.directories() > 0 {
        std::thread::yield_now();
    }
    let _sidecar = Sidecar::start_at(port, &stack, &program, &[]);
    let lost = carol.get(PATH);
    assert_eq!(lost.problem(), (400, "device-code-lost".to_owned()));
    assert_eq!(carol.send("POST", PATH, &[], "").status, 202);
    let told = carol.pending();
    stack.enter(told["user_code"].as_str().unwrap(), "carol", true);
    assert_eq!(carol.outcome().location(), "/whoami");
}

#[test]
fn a_sign_out_waits_for_no_sidecar() {
    let Some(program) = kubelogin() else { return };
    let stack = Builder::default().kubelogin(&program).start();
    let mut sidecar = Sidecar::start(&stack, &program, &[]);
    let url = sidecar.origin().to_owned();
    let proxy = stack.replica_with(&[("SIDECAR_URL", &url), ("SIDECAR_TOKEN", SIDECAR_TOKEN)]);
    let mut carol = stack
        .carol_at_a_device_code(stack.browser_at(proxy.origin()))
        .program();
    sidecar.process.kill();
    assert_eq!(carol.send("POST", "/logout", &[], "").status, 200);
    assert!(carol.cookies.is_empty());
}

#[test]
fn who_comes_when_too_many_wait_is_told_to_come_later() {
    let (_directory, program) =
        fake("echo 'Enter ABCDEFGHI at https://login.example/device' >&2; sleep 900");
    let limits = [("KUBELOGIN_MAX_JOBS", "1"), ("KUBELOGIN_MAX_QUEUED", "1")];
    let builder = Builder::default().kubelogin(&program);
    let with = |builder: Builder, (name, value)| builder.setting(name, value);
    let stack = limits.into_iter().fold(builder, with).start();
    let mut first = stack.carol_at_a_device_code(stack.browser()).program();
    first.pending();
    let mut second = stack.carol_at_a_device_code(stack.browser()).program();
    let waits = second.get(PATH).json();
    assert_eq!(
        (&waits["status"], &waits["message"]),
        (&"starting".into(), &Value::Null)
    );
    let mut third = stack.browser();
    let callback = stack.begin(&mut third, "carol", "/whoami");
    let consent = third.get(&callback);
    let callback = stack.at_entra(consent.location(), "carol", "return");
    let full = third.get(callback.location());
    assert_eq!(full.problem(), (429, "too-many-device-codes".to_owned()));
    assert_eq!(full.header("retry-after"), "60");
    assert_eq!(first.send("DELETE", PATH, &[], "").status, 204);
    second.pending();
}

#[test]
fn a_prompt_in_another_wording_is_shown_as_it_is() {
    let (_directory, program) = fake("echo 'Ask <b>Bob</b> & \"wait\"\u{1b}[31m' >&2; sleep 900");
    let stack = Builder::default().kubelogin(&program).start();
    let carol = stack.carol_at_a_device_code(stack.browser()).program();
    let told = carol.pending();
    assert_eq!(told["message"], "Ask <b>Bob</b> & \"wait\"[31m");
    assert_eq!(
        (&told["user_code"], &told["verification_uri"]),
        (&Value::Null, &Value::Null)
    );
    let page = carol.html().get(PATH);
    assert!(
        page.body.contains("Ask &lt;b&gt;Bob&lt;/b&gt; &amp;"),
        "{}",
        page.body
    );
}

/// Results of a program that behaves unlike kubelogin.
#[test]
fn a_kubelogin_that_brings_no_token_is_told_apart() {
    let credential = |token: &str| {
        let text = format!(r#"{{"kind":"ExecCredential","status":{{"token":"{token}"}}}}"#);
        format!("echo '{text}'")
    };
    for (script, status, kind) in [
        ("exit 1".to_owned(), 502, "kubelogin-failed"),
        ("echo garbage".to_owned(), 502, "kubelogin-failed"),
        ("yes | head -c 5000000".to_owned(), 502, "kubelogin-failed"),
        (credential("a.b.c"), 400, "unusable-aks-token"),
        (
            "echo 'Error: dial tcp: no route' >&2; exit 1".to_owned(),
            503,
            "entra-unavailable",
        ),
    ] {
        let (_directory, program) = fake(&script);
        let stack = Builder::default().kubelogin(&program).start();
        let mut carol = stack.carol_at_a_device_code(stack.browser()).program();
        let answer = carol.outcome();
        assert_eq!(answer.problem(), (status, kind.to_owned()), "{script}");
        assert_eq!(carol.get("/whoami").problem().0, 400, "{script}");
    }
}

#[test]
fn a_kubelogin_that_is_not_there_is_the_operators_affair() {
    let stack = Builder::default()
        .kubelogin(&PathBuf::from("/nowhere/kubelogin"))
        .start();
    let carol = stack.carol_at_a_device_code(stack.browser()).program();
    let answer = carol.outcome();
    assert_eq!(answer.problem(), (500, "kubelogin-missing".to_owned()));
    assert!(answer.body.contains("KUBELOGIN_BINARY"), "{}", answer.body);
    let disabled = Stack::start();
    let mut alice = disabled.signed_in("alice");
    for method in ["GET", "POST", "DELETE"] {
        let answer = alice.send(method, PATH, &[], "");
        assert_eq!(answer.problem(), (403, "kubelogin-disabled".to_owned()));
    }
}
