//! Two replicas with Redis, and kubelogin in a Deployment of its own.

use e2e::{Charted, Redis, kubelogin};

/// The chart's objects for several replicas are accepted, run, and are replaced without a sign-out.
#[test]
fn replicas_share_sessions_and_an_upgrade_signs_nobody_out() {
    let redis = Redis::start();
    let Some(charted) = Charted::start("restricted", Some(&redis)) else {
        return;
    };
    let url = redis.url();
    charted.install(&[
        ("store.type", "redis"),
        ("store.redis.url", &url),
        ("autoscaling.enabled", "true"),
        ("ingress.enabled", "true"),
    ]);
    // The autoscaler makes the second one, since that is its minimum; there is no load.
    let two = "--for=jsonpath={.status.readyReplicas}=2";
    charted.kubectl(&["wait", two, "deployment/oauth-proxy", "--timeout=5m"]);
    let names = charted.kubectl(&[
        "get",
        "deployment,hpa,pdb,networkpolicy,ingress",
        "--output=name",
    ]);
    for expected in [
        "deployment.apps/oauth-proxy-kubelogin",
        "horizontalpodautoscaler.autoscaling/oauth-proxy",
        "poddisruptionbudget.policy/oauth-proxy",
        "networkpolicy.networking.k8s.io/oauth-proxy-kubelogin",
        "ingress.networking.k8s.io/oauth-proxy",
    ] {
        assert!(names.contains(expected), "{expected} is not among {names}");
    }
    let alice = charted.signed_in("alice");
    let before = charted.addresses();
    assert_eq!(before.len(), 2, "{before:?}");
    for mut browser in charted.browsers_like(&alice) {
        assert_eq!(browser.get("/whoami").status, 200);
    }
    charted.install(&[
        ("store.type", "redis"),
        ("store.redis.url", &url),
        ("autoscaling.enabled", "true"),
        ("settings.sessionIdleTimeoutSeconds", "900"),
    ]);
    charted.kubectl(&["wait", two, "deployment/oauth-proxy", "--timeout=5m"]);
    let after = charted.addresses();
    assert!(
        after.iter().all(|address| !before.contains(address)),
        "{before:?}, {after:?}"
    );
    for mut browser in charted.browsers_like(&alice) {
        assert_eq!(browser.get("/whoami").status, 200);
    }
}

/// The chart makes a bearer and a certificate for kubelogin's Deployment. The proxy uses both, by the
/// Service's name. An upgrade keeps them.
#[test]
fn a_device_code_comes_from_kubelogins_own_deployment() {
    if kubelogin().is_none() {
        return;
    }
    let redis = Redis::start();
    let Some(charted) = Charted::start("restricted", Some(&redis)) else {
        return;
    };
    // kubelogin speaks https with Entra, whose authority is private here.
    let authority = charted.stack.entra["ca_file"].as_str().unwrap();
    let file = format!("--from-file=ca.crt={authority}");
    charted.kubectl(&["create", "configmap", "entra", &file]);
    let url = redis.url();
    let values = [
        ("store.type", "redis"),
        ("store.redis.url", &url),
        ("kubelogin.ownDeployment", "true"),
        ("extraVolumes[0].name", "entra"),
        ("extraVolumes[0].configMap.name", "entra"),
        ("extraVolumeMounts[0].name", "entra"),
        ("extraVolumeMounts[0].mountPath", "/entra"),
        ("kubelogin.extraVolumeMounts[0].name", "entra"),
        ("kubelogin.extraVolumeMounts[0].mountPath", "/entra"),
        ("kubelogin.extraEnv[0].name", "SSL_CERT_FILE"),
        ("kubelogin.extraEnv[0].value", "/entra/ca.crt"),
    ];
    charted.install(&values);
    let carol = charted.stack.carol_at_a_device_code(charted.browser());
    charted.stack.enter(&carol.user_code(), "carol", true);
    assert_eq!(carol.outcome().location(), "/whoami");
    let made = secrets(&charted);
    charted.install(&[&values[..], &[("settings.aksConsent", "ask")]].concat());
    assert_eq!(secrets(&charted), made);
    assert_eq!(
        charted.browser_like(&carol.program()).get("/whoami").status,
        200
    );
}

/// The chart's random values.
fn secrets(charted: &Charted) -> String {
    let names = [
        "secret/oauth-proxy-bearers",
        "secret/oauth-proxy-kubelogin-tls",
    ];
    let data = "--output=jsonpath={.items[*].data}";
    charted.kubectl(&["get", names[0], names[1], data])
}
