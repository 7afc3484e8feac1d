//! One replica with SQLite on a volume, from the predecessor's command to `helm uninstall`.

use e2e::{Browser, Charted};

/// The API server's answer through the proxy, with the credential of a kubeconfig.
fn namespaces(browser: &mut Browser) -> String {
    let kubeconfig = browser.send("POST", "/kubeconfig", &[], "name=test");
    assert_eq!(kubeconfig.status, 200, "{kubeconfig:?}");
    let token = kubeconfig.body.lines().find_map(|line| {
        let (name, value) = line.trim().split_once(": ")?;
        (name == "token").then(|| value.trim_matches('"').to_owned())
    });
    let bearer = format!("Bearer {}", token.expect("the kubeconfig has a token"));
    let mut kubectl = browser.clone();
    kubectl.cookies.clear();
    let headers = [("authorization", bearer.as_str())];
    let answer = kubectl.send("GET", "/k8s/api/v1/namespaces", &headers, "");
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.body
}

/// The containers really run as the Pod Security level `restricted` requires.
fn is_confined(charted: &Charted) {
    let status = charted.kubectl(&[
        "exec",
        "deployment/oauth-proxy",
        "--",
        "cat",
        "/proc/1/status",
    ]);
    for line in [
        "Uid:\t65532\t65532\t65532\t65532",
        "CapBnd:\t0000000000000000",
        "NoNewPrivs:\t1",
    ] {
        assert!(status.contains(line), "{line} is not in {status}");
    }
    let administrator = charted.kubernetes.administrator();
    let file = "/opt/aks-oauth-proxy/x";
    let touch = ["exec", "deployment/oauth-proxy", "--", "touch", file];
    let namespace = ["--namespace=aks-oauth-proxy"];
    let complaint = administrator.fail(&[&namespace[..], &touch].concat());
    assert!(complaint.contains("Read-only file system"), "{complaint}");
}

#[test]
fn a_person_signs_in_and_stays_signed_in_through_upgrade_and_rollback() {
    let Some(charted) = Charted::start("restricted", None) else {
        return;
    };
    let notes = charted.install(&[]);
    assert!(notes.contains("runtime container"), "{notes}");
    is_confined(&charted);
    charted.stack.consent("alice");
    let mut alice = charted.signed_in("alice");
    let shown = alice.get("/whoami").json();
    assert_eq!(shown["claims"]["upn"], "alice@contoso.example", "{shown}");
    let listed = namespaces(&mut alice);
    assert!(listed.contains("\"aks-oauth-proxy\""), "{listed}");

    another_session_secret_is_refused(&charted);

    let upgrade = [
        "upgrade",
        "oauth-proxy",
        CHART,
        "--reuse-values",
        WAIT,
        TIME,
    ];
    let changed = [
        "--set=image.tag=1.0.1",
        "--set=settings.sessionIdleTimeoutSeconds=900",
    ];
    charted.helm(&[&upgrade[..], &changed].concat());
    assert_eq!(idle_timeout(&charted), "900");
    let mut after = charted.browser_like(&alice);
    assert_eq!(after.get("/whoami").status, 200);

    charted.helm(&["rollback", "oauth-proxy", "1", WAIT, TIME]);
    assert_eq!(idle_timeout(&charted), "");
    assert_eq!(charted.browser_like(&after).get("/whoami").status, 200);

    // The chart's own checks.
    charted.helm(&["test", "oauth-proxy", "--logs", TIME]);

    charted.helm(&["uninstall", "oauth-proxy", WAIT, TIME]);
    let kinds =
        "all,secrets,configmaps,networkpolicies,persistentvolumeclaims,poddisruptionbudgets";
    let ours = "--selector=app.kubernetes.io/instance=oauth-proxy";
    let left = charted.kubectl(&["get", kinds, ours, "--output=name"]);
    // helm keeps the pods of its tests.
    assert_eq!(left.trim(), "pod/oauth-proxy-doctor");
}

/// The predecessor's command makes a session secret. Whoever repeats it would sign everybody out.
fn another_session_secret_is_refused(charted: &Charted) {
    let old = charted.kubectl(&[
        "get",
        "secret/oauth-proxy-session",
        "--output=go-template={{index .data \"session-secret\" | base64decode}}",
    ]);
    let new = "f".repeat(64);
    let said = charted.refusal(&[], &[("sessionSecret.value", &new)]);
    assert!(said.contains("everybody would be signed out"), "{said}");
    assert!(!said.contains(&new) && !said.contains(&old), "{said}");
    let dry_run = ["--dry-run=server"];
    for both in [format!("{old} {new}"), format!("{new} {old}")] {
        charted.install_with(&dry_run, &[("sessionSecret.value", &both)]);
    }
    let replaced = [
        ("sessionSecret.value", &*new),
        ("sessionSecret.replace", "true"),
    ];
    charted.install_with(&dry_run, &replaced);
}

/// A release whose pod does not become ready fails: `--atomic` rolls it back.
#[test]
fn a_setting_that_the_program_refuses_leaves_the_release_as_it_was() {
    let Some(charted) = Charted::start("restricted", None) else {
        return;
    };
    charted.install(&[]);
    let alice = charted.signed_in("alice");
    let upgrade = ["upgrade", "oauth-proxy", CHART, "--reuse-values"];
    let refused = [
        "--set=settings.oidcScopes=openid",
        "--atomic",
        "--timeout=60s",
    ];
    let ran = charted.run_helm(&[&upgrade[..], &refused].concat(), "");
    assert_ne!(ran.code, 0, "{ran:?}");
    // The program refuses it, not the chart, in a started pod.
    assert!(ran.stderr.contains("roll"), "{ran:?}");
    charted.kubectl(&[
        "rollout",
        "status",
        "deployment/oauth-proxy",
        "--timeout=5m",
    ]);
    assert_eq!(charted.browser_like(&alice).get("/whoami").status, 200);
}

const CHART: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../chart/oauth-proxy");
const WAIT: &str = "--wait";
const TIME: &str = "--timeout=10m";

/// The setting in the Deployment's environment; empty if it has none.
fn idle_timeout(charted: &Charted) -> String {
    let path = "--output=jsonpath={.spec.template.spec.containers[0].env\
                [?(@.name=='SESSION_IDLE_TIMEOUT_SECONDS')].value}";
    charted.kubectl(&["get", "deployment/oauth-proxy", path])
}
