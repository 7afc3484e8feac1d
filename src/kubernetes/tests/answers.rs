//! What happens to answers: refused tokens, challenges, and how long a long answer goes on.

use super::*;
use crate::platform::{HttpError, Progress};

const PODS: &str = "/k8s/api/v1/namespaces/demo/pods";
const WATCH: &str = "/k8s/api/v1/namespaces/demo/pods?watch=1";

/// Lets the API server refuse the token with this serial number.
fn refuses(proxy: &Proxy, serial: u64, challenge: &'static str) {
    let refused = format!("Bearer {}", jwt(serial));
    proxy.world.serves(move |request| {
        if request.headers()["authorization"] == refused.as_str() {
            return answer(401, &[("www-authenticate", challenge)]);
        }
        answer(200, &[("audit-id", "1"), ("set-cookie", "a=b")])
    });
}

#[test]
fn status_and_headers_go_back_but_for_what_would_be_set_on_our_origin() {
    let proxy = Proxy::new();
    proxy.world.serves(|_| {
        answer(
            207,
            &[
                ("audit-id", "1"),
                ("warning", "a"),
                ("warning", "b"),
                ("set-cookie", "a=b"),
            ],
        )
    });
    assert!(proxy.get(PODS, &[]).is_carried());
    let begun = proxy.world.begun.borrow();
    assert_eq!(begun[0].status(), 207);
    let names: Vec<_> = begun[0].headers().keys().map(HeaderName::as_str).collect();
    assert_eq!(names, ["audit-id", "warning"]);
    assert_eq!(begun[0].headers().get_all("warning").iter().count(), 2);
}

/// Also where the API server has a host of its own, at which there is no prefix.
#[test]
fn redirects_of_the_api_server_lead_to_where_the_client_reaches_it() {
    let proxy = Proxy::with(&[("kubernetes_host", "kube.example.com")]);
    proxy
        .world
        .serves(|_| answer(301, &[("location", "/openapi/v3/")]));
    for (asked, location) in [
        ("proxy.example", "/k8s/openapi/v3/"),
        ("kube.example.com:8443", "/openapi/v3/"),
        ("KUBE.EXAMPLE.COM", "/openapi/v3/"),
        ("kube.example.com.evil.example", "/k8s/openapi/v3/"),
        ("", "/k8s/openapi/v3/"),
    ] {
        proxy.asked.set(asked);
        assert!(proxy.get("/k8s/openapi/v3", &[]).is_carried());
        let begun = proxy.world.begun.take();
        assert_eq!(begun[0].headers()["location"], location, "{asked}");
    }
}

#[test]
fn a_protocol_that_nobody_asked_for_is_no_answer() {
    let proxy = Proxy::new();
    for status in [101, 103] {
        proxy.world.serves(move |_| answer(status, &[]));
        let told = proxy.get(PODS, &[]);
        let expected = (503, "api-server-unreachable");
        assert_eq!((told.code(), told.kind().as_str()), expected, "{status}");
    }
}

#[test]
fn a_token_that_is_refused_is_renewed_once() {
    let proxy = Proxy::new();
    entra_gives_tokens(&proxy.world);
    refuses(&proxy, 0, "Bearer");
    proxy.world.pass(100);
    assert!(proxy.get(PODS, &[]).is_carried());
    assert_eq!(proxy.count(), 2);
    assert_eq!(proxy.audit()["status"], 200);
    assert!(proxy.get(PODS, &[]).is_carried());
    assert_eq!(proxy.count(), 3, "the new token is kept");
}

/// Whatever a pod answers is its own affair: it has not seen the token.
#[test]
fn a_401_of_something_behind_the_api_server_goes_back_unchanged() {
    let challenge = concat!(
        r#"Bearer error="insufficient_claims", claims=""#,
        "eyJhY2Nlc3NfdG9rZW4iOnsiYWNycyI6eyJlc3NlbnRpYWwiOnRydWUsInZhbHVlIjoiYzEifX19\""
    );
    for path in [
        "/api/v1/namespaces/demo/services/s:80/proxy/x",
        "/api/v1/namespaces/demo/pods/p/proxy/",
        "/api/v1/nodes/n/proxy/logs",
        "/apis/metrics.k8s.io/v1beta1/nodes",
    ] {
        let proxy = Proxy::new();
        refuses(&proxy, 0, challenge);
        proxy.world.answers(|request| {
            assert_eq!(request.uri().path(), "/api");
            assert_eq!(
                request.headers()["authorization"],
                format!("Bearer {}", jwt(0))
            );
            Ok(Response::new(b"{}".to_vec()))
        });
        proxy.world.pass(100);
        assert!(
            proxy.get(&format!("/k8s{path}"), &[]).is_carried(),
            "{path}"
        );
        let begun = proxy.world.begun.borrow();
        assert_eq!(begun[0].status(), 401);
        assert_eq!(begun[0].headers()["www-authenticate"], challenge);
        assert_eq!(proxy.count(), 1, "it is asked once");
    }
}

#[test]
fn a_token_that_the_api_server_refuses_there_is_renewed_all_the_same() {
    let proxy = Proxy::new();
    refuses(&proxy, 0, "Bearer");
    proxy.world.answers(|request| {
        let (status, body) = match request.uri().path() {
            "/api" => (401, json!({})),
            "/v1/federated-token" => (200, json!({ "token": "a.b.c", "expires_at": 0 })),
            _ => (
                200,
                json!({ "access_token": jwt(1), "expires_in": 3600, "scope": "x" }),
            ),
        };
        let answer = Response::builder().status(status);
        Ok(answer.body(body.to_string().into_bytes()).unwrap())
    });
    proxy.world.pass(100);
    let path = "/k8s/api/v1/namespaces/demo/pods/p/proxy/";
    assert!(proxy.get(path, &[]).is_carried());
    assert_eq!(proxy.count(), 2);
    assert_eq!(proxy.audit()["status"], 200);
}

/// The clock was set back by an hour after the token had come.
#[test]
fn a_token_that_looks_younger_than_it_is_is_renewed_too() {
    let proxy = Proxy::new();
    entra_gives_tokens(&proxy.world);
    refuses(&proxy, 0, "Bearer");
    proxy.world.now.set(proxy.world.now.get() - 3600);
    assert!(proxy.get(PODS, &[]).is_carried());
    assert_eq!(proxy.count(), 2);
}

#[test]
fn a_token_that_was_issued_only_now_is_not_renewed() {
    let proxy = Proxy::new();
    entra_gives_tokens(&proxy.world);
    refuses(&proxy, 0, "Bearer");
    let told = proxy.get(PODS, &[]);
    assert_eq!((told.code(), told.kind().as_str()), (401, "token-refused"));
    assert_eq!(proxy.world.called.borrow().len(), 0);
}

#[test]
fn a_new_token_that_is_refused_too_ends_it() {
    let proxy = Proxy::new();
    entra_gives_tokens(&proxy.world);
    proxy.world.serves(|_| answer(401, &[]));
    proxy.world.pass(100);
    assert_eq!(proxy.get(PODS, &[]).kind(), "token-refused");
    assert_eq!(proxy.count(), 2);
}

#[test]
fn what_cannot_be_sent_again_is_asked_for_again() {
    let proxy = Proxy::new();
    entra_gives_tokens(&proxy.world);
    refuses(&proxy, 0, "Bearer");
    proxy.world.pass(100);
    let authorization = format!("Bearer {}", proxy.bearer);
    let headers = [
        ("authorization", authorization.as_str()),
        ("content-length", "70000"),
    ];
    let told = proxy.send(&Method::POST, PODS, &headers);
    assert_eq!((told.code(), told.kind().as_str()), (503, "token-renewed"));
    assert_eq!(proxy.count(), 1);
    assert!(proxy.send(&Method::POST, PODS, &headers).is_carried());
}

#[test]
fn while_entra_is_away_a_refused_token_ends_in_a_503() {
    let proxy = Proxy::new();
    refuses(&proxy, 0, "Bearer");
    proxy.world.pass(100);
    let told = proxy.get(PODS, &[]);
    assert_eq!(
        (told.code(), told.kind().as_str()),
        (503, "sidecar-unavailable")
    );
}

#[test]
fn a_claims_challenge_leads_to_a_sign_in() {
    let proxy = Proxy::new();
    // {"access_token":{"acrs":{"essential":true,"value":"c1"}}}
    refuses(
        &proxy,
        0,
        r#"Bearer error="insufficient_claims", claims="eyJhY2Nlc3NfdG9rZW4iOnsiYWNycyI6eyJlc3NlbnRpYWwiOnRydWUsInZhbHVlIjoiYzEifX19""#,
    );
    let told = proxy.get(PODS, &[]);
    assert_eq!(
        (told.code(), told.kind().as_str()),
        (401, "stronger-sign-in")
    );
    assert!(
        told.message()
            .contains("https://proxy.example/login?for=aks")
    );
    let tokens = run(proxy.session.record.grant.tokens(&proxy.records()));
    let wanted = crate::aks::wanted(&tokens.ok().unwrap().unwrap());
    assert_eq!(
        wanted.claims(),
        Some(r#"{"access_token":{"acrs":{"essential":true,"value":"c1"}}}"#)
    );
    let told = proxy.get(PODS, &[]);
    assert_eq!(
        told.kind(),
        "no-aks-token",
        "the token that does not do is gone"
    );
}

#[test]
fn somebody_elses_token_is_the_api_servers_affair() {
    let proxy = Proxy::with(&[("kubernetes_token_passthrough", "true")]);
    refuses(&proxy, 7, "Bearer");
    let token = format!("Bearer {}", jwt(7));
    let told = proxy.send(&Method::GET, PODS, &[("authorization", &token)]);
    assert!(told.is_carried());
    assert_eq!(proxy.world.begun.borrow()[0].status(), 401);
}

#[test]
fn an_api_server_that_does_not_answer_is_told_apart() {
    let proxy = Proxy::new();
    for (error, code, kind) in [
        (HttpError::TimedOut, 504, "api-server-silent"),
        (
            HttpError::Unreachable("no".to_owned()),
            503,
            "api-server-unreachable",
        ),
        (
            HttpError::Failed("cut".to_owned()),
            503,
            "api-server-unreachable",
        ),
        (HttpError::Denied, 503, "api-server-unreachable"),
    ] {
        proxy.world.serves(move |_| Err(error.clone()));
        let told = proxy.get(PODS, &[]);
        assert_eq!((told.code(), told.kind().as_str()), (code, kind));
    }
    assert!(
        proxy.audit()["detail"]
            .as_str()
            .unwrap()
            .contains("spin.toml")
    );
}

/// How an answer ends that is looked at `looks` times. `meanwhile` happens during each look.
fn watched(
    proxy: &Proxy,
    looks: usize,
    end: Progress,
    meanwhile: impl Fn(&World) + 'static,
) -> String {
    let mut progress = vec![Progress::Open; looks];
    progress.push(end);
    proxy.world.progress.replace(progress.into());
    proxy.world.does_meanwhile(meanwhile);
    assert!(proxy.get(WATCH, &[]).is_carried());
    proxy.audit()["outcome"].as_str().unwrap().to_owned()
}

#[test]
fn a_watch_goes_on_until_one_side_ends_it() {
    let proxy = Proxy::new();
    assert_eq!(watched(&proxy, 100, Progress::Ended, |_| {}), "ok");
    assert_eq!(proxy.audit()["milliseconds"], 1_500_000);
    assert_eq!(
        watched(&proxy, 3, Progress::ClientGone, |_| {}),
        "client_gone"
    );
    assert_eq!(watched(&proxy, 3, Progress::CutOff, |_| {}), "cut_off");
}

#[test]
fn a_watch_ends_within_a_minute_of_the_sessions_end() {
    let proxy = Proxy::new();
    proxy.sign_out();
    assert_eq!(proxy.get(WATCH, &[]).kind(), "credential-ended");
    let proxy = Proxy::new();
    let keys: Vec<String> = {
        let store = proxy.world.store.borrow();
        store
            .keys()
            .filter(|key| key.starts_with("aop-credential-"))
            .cloned()
            .collect()
    };
    // It is revoked while it goes on.
    let ended = watched(&proxy, 10, Progress::Ended, move |world| {
        for key in &keys {
            world.store.borrow_mut().remove(key);
        }
    });
    assert_eq!(ended, "session_ended");
    assert!(proxy.audit()["milliseconds"].as_u64().unwrap() <= 60_000);
    let proxy = Proxy::new();
    proxy.world.pass(LIFETIME - 100);
    let lasted = watched(&proxy, 100, Progress::Ended, |_| {});
    assert_eq!(lasted, "session_ended");
    assert!(proxy.audit()["milliseconds"].as_u64().unwrap() <= 160_000);
}

#[test]
fn a_store_that_is_away_for_long_ends_a_watch_and_for_a_moment_does_not() {
    let proxy = Proxy::new();
    let away = watched(&proxy, 10, Progress::Ended, |world| {
        world.store_is_down.set(true)
    });
    assert_eq!(away, "cut_off");
    assert!(proxy.audit()["milliseconds"].as_u64().unwrap() <= 60_000);
    proxy.world.store_is_down.set(false);
    let flips = |world: &World| world.store_is_down.set(!world.store_is_down.get());
    assert_eq!(watched(&proxy, 11, Progress::Ended, flips), "ok");
}

#[test]
fn each_request_leaves_one_line() {
    let proxy = Proxy::new();
    assert!(
        proxy
            .get(
                "/k8s/apis/apps/v1/namespaces/demo/deployments/web/scale?x=y",
                &[]
            )
            .is_carried()
    );
    let line = proxy.audit();
    for (name, value) in [
        ("event", "kubernetes"),
        ("route", "kubernetes"),
        ("outcome", "ok"),
        ("oid", "o"),
        ("tid", "t"),
        ("upn", "alice@contoso.example"),
        ("credential", "laptop"),
        ("verb", "get"),
        ("api_group", "apps"),
        ("api_version", "v1"),
        ("namespace", "demo"),
        ("resource", "deployments"),
        ("name", "web"),
        ("subresource", "scale"),
    ] {
        assert_eq!(line[name], value, "{line}");
    }
    assert_eq!(line["status"], 200);
    assert!(!line.to_string().contains(&proxy.bearer) && !line.to_string().contains("x=y"));
    assert_eq!(proxy.world.lines.borrow().len(), 1);
}
