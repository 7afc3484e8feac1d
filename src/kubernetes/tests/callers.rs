//! Who may ask: each bearer token but the right one is refused.

use super::*;

const PODS: &str = "/k8s/api/v1/namespaces/demo/pods";

#[test]
fn a_credential_opens_the_api_server_under_the_users_own_token() {
    let proxy = Proxy::new();
    assert!(proxy.get(PODS, &[]).is_carried());
    let relayed = proxy.relayed();
    assert_eq!(
        relayed.headers()["authorization"],
        format!("Bearer {}", jwt(0))
    );
    assert_eq!(
        relayed.uri(),
        "https://api.example:6443/api/v1/namespaces/demo/pods"
    );
}

#[test]
fn every_other_bearer_is_refused_and_told_where_to_get_one() {
    let proxy = Proxy::new();
    let bearer = format!("Bearer {}", proxy.bearer);
    let cookie = proxy.session.handle.write(&proxy.keyring);
    let stale = Proxy::new();
    let (foreign, session) = (
        format!("Bearer 1.abcdef.{}", "A".repeat(43)),
        format!("Bearer {}", cookie.reveal()),
    );
    let token = format!("Bearer {}", jwt(0));
    let cookies = format!("proxy_session={}", cookie.reveal());
    drop(stale);
    let cases: [(&[(&str, &str)], &str); 9] = [
        (&[], "no-credential"),
        (&[("cookie", &cookies)], "no-credential"),
        (
            &[("authorization", &bearer), ("authorization", &bearer)],
            "no-credential",
        ),
        (&[("authorization", "Basic eDp5")], "no-credential"),
        (&[("authorization", "Bearer x")], "credential-ended"),
        (&[("authorization", &foreign)], "credential-ended"),
        (&[("authorization", &session)], "credential-ended"),
        (&[("authorization", &token)], "credential-ended"),
        (&[("x-forwarded-authorization", &bearer)], "no-credential"),
    ];
    for (headers, kind) in cases {
        let told = proxy.send(&Method::GET, PODS, headers);
        assert_eq!(
            (told.code(), told.kind().as_str()),
            (401, kind),
            "{headers:?}"
        );
        assert!(
            told.message().contains("https://proxy.example/"),
            "{}",
            told.message()
        );
        assert_eq!(told.status()["reason"], "Unauthorized");
        assert_eq!(proxy.audit()["outcome"], kind);
    }
    assert_eq!(proxy.count(), 0);
}

#[test]
fn a_credential_ends_with_its_session() {
    let proxy = Proxy::new();
    proxy.sign_out();
    let told = proxy.get(PODS, &[]);
    assert_eq!(
        (told.code(), told.kind().as_str()),
        (401, "credential-ended")
    );
    let message =
        "your session has ended: open https://proxy.example/login and download a new kubeconfig";
    assert!(told.message().starts_with(message));
    let proxy = Proxy::new();
    proxy.world.pass(LIFETIME);
    assert_eq!(proxy.get(PODS, &[]).kind(), "credential-ended");
}

#[test]
fn a_credential_opens_nothing_else() {
    let proxy = Proxy::new();
    let cookie = format!("proxy_session={}", proxy.bearer);
    let bearer = format!("Bearer {}", proxy.bearer);
    for function in ["kubeconfig", "credentials", "whoami"] {
        let path = match function {
            "credentials" => "/kubeconfig/credentials".to_owned(),
            other => format!("/{other}"),
        };
        let headers = [("cookie", cookie.as_str()), ("authorization", &bearer)];
        let told = proxy.ask(function, &Method::GET, &path, &headers);
        assert_eq!(told.code(), 401, "{function}");
    }
}

#[test]
fn a_token_of_ones_own_goes_on_only_where_that_is_asked_for() {
    let token = format!("Bearer {}", jwt(7));
    let headers = [("authorization", token.as_str())];
    let proxy = Proxy::with(&[("kubernetes_token_passthrough", "true")]);
    assert!(proxy.send(&Method::GET, PODS, &headers).is_carried());
    assert_eq!(proxy.relayed().headers()["authorization"], token);
    assert!(proxy.get(PODS, &[]).is_carried(), "credentials do as well");
    for other in ["Bearer x", "Bearer e30.e30.e30"] {
        let told = proxy.send(&Method::GET, PODS, &[("authorization", other)]);
        assert_eq!(told.kind(), "credential-ended", "{other}");
    }
}

#[test]
fn while_the_store_is_away_nobody_is_signed_out() {
    let proxy = Proxy::new();
    proxy.world.store_is_down.set(true);
    let told = proxy.get(PODS, &[]);
    assert_eq!(
        (told.code(), told.kind().as_str()),
        (503, "store-unavailable")
    );
    proxy.world.store_is_down.set(false);
    assert!(proxy.get(PODS, &[]).is_carried());
}
