//! The request as the app gets it.

use super::*;

/// The headers that the app gets of `GET /`.
fn sent(proxy: &Proxy, headers: &[(&str, &str)]) -> HeaderMap {
    assert!(proxy.get("/", headers).is_carried());
    proxy.relayed().headers().clone()
}

fn values(headers: &HeaderMap, name: &str) -> Vec<String> {
    let text = |value: &HeaderValue| String::from_utf8(value.as_bytes().to_vec()).unwrap();
    headers.get_all(name).iter().map(text).collect()
}

#[test]
fn an_app_is_told_who_asks_and_by_which_way() {
    let proxy = Proxy::new(json!({}));
    let headers = sent(&proxy, &[("spin-client-addr", "192.0.2.7:4711")]);
    for (name, value) in [
        ("x-auth-request-user", alice().oid.as_str()),
        ("x-auth-request-email", "alice@contoso.example"),
        ("x-auth-request-groups", GROUP),
        ("x-auth-request-preferred-username", "alice@contoso.example"),
        ("x-forwarded-for", "192.0.2.7"),
        ("x-forwarded-host", APP),
        ("x-forwarded-proto", "https"),
    ] {
        assert_eq!(values(&headers, name), [value], "{name}");
    }
    for name in [
        "authorization",
        "cookie",
        "x-forwarded-prefix",
        "spin-client-addr",
        "host",
    ] {
        assert!(!headers.contains_key(name), "{name}");
    }
}

/// GHSA-vjrc-mh2v-45x6, and other forgeries.
#[test]
fn ghsa_vjrc_mh2v_45x6_nobody_passes_for_somebody_else() {
    let proxy = Proxy::new(json!({ "headers": { "X-WEBAUTH-USER": "upn", "X-Team": "roles" } }));
    let forged = [
        ("X-Auth-Request-User", "root"),
        ("x_auth_request_user", "root"),
        ("X.Auth.Request.Email", "root"),
        ("X-Auth-Request-Groups", "admins"),
        ("X-Auth-Request-Access-Token", "t"),
        ("X-Forwarded-User", "root"),
        ("x_forwarded_email", "root"),
        ("X-Forwarded-For", "10.0.0.1"),
        ("X-Forwarded-Host", "evil.example"),
        ("X-Forwarded-Prefix", "/evil"),
        ("x_forwarded_proto", "http"),
        ("Forwarded", "for=10.0.0.1"),
        ("Remote-User", "root"),
        ("X-WebAuth-User", "root"),
        ("x_webauth_user", "root"),
        ("X-Team", "admins"),
        ("x.team", "admins"),
        ("Impersonate-User", "root"),
        ("X!Auth!Request!User", "root"),
        ("x~webauth~user", "root"),
        ("X*Team", "admins"),
        ("X-Rewrite-URL", "/evil"),
        ("X-Client-IP", "10.0.0.1"),
        ("spin-client-addr", "10.0.0.1:1"),
        ("spin-client-addr", "192.0.2.7:1"),
    ];
    let headers = sent(&proxy, &forged);
    assert_eq!(
        values(&headers, "x-webauth-user"),
        ["alice@contoso.example"]
    );
    assert_eq!(values(&headers, "x-team"), ["cluster-user"]);
    assert_eq!(values(&headers, "x-forwarded-for"), ["192.0.2.7"]);
    for (name, value) in &headers {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        for odd in ["root", "admins", "evil", "10.0.0.1"] {
            assert!(!value.contains(odd), "{name}: {value}");
        }
        assert!(!name.as_str().contains(['_', '.', '!', '~', '*']), "{name}");
    }
}

#[test]
fn a_claim_that_says_nothing_leaves_nothing_of_the_clients() {
    let proxy = Proxy::new(json!({ "headers": { "X-Upn": "upn" } }));
    let claims = Claims {
        user: User {
            email: None,
            ..alice()
        },
        upn: None,
        groups: Vec::new(),
        roles: Vec::new(),
        at: proxy.world.now(),
    };
    let cookie = run(proxy.app_cookie(APP, &claims));
    let headers = [
        ("cookie", cookie.as_str()),
        ("x-upn", "root"),
        ("x-auth-request-email", "root"),
    ];
    assert!(proxy.ask(Method::GET, "/", &headers).is_carried());
    let headers = proxy.relayed().headers().clone();
    assert!(!headers.contains_key("x-upn"));
    assert_eq!(values(&headers, "x-auth-request-email"), [""]);
}

#[test]
fn claims_beyond_ascii_are_encoded() {
    let proxy = Proxy::new(json!({ "headers": { "X-Name": "name" } }));
    assert_eq!(
        values(&sent(&proxy, &[]), "x-name"),
        ["Alice%20M%C3%BCller"]
    );
}

/// Erin is in 250 groups. Beyond 12 KiB the list ends with the number of those left out.
#[test]
fn who_is_in_many_groups_gets_there() {
    let proxy = Proxy::new(json!({ "headers": { "X-Teams": "groups" } }));
    for (count, left_out) in [(250, None), (400, Some("!68"))] {
        let groups: Vec<String> = (0..count)
            .map(|number| format!("6700d000-0000-4000-8000-{number:012}"))
            .collect();
        let cookie = proxy.sign_in_at(APP, &groups);
        assert!(
            proxy
                .ask(Method::GET, "/", &[("cookie", &cookie)])
                .is_carried()
        );
        for name in ["x-auth-request-groups", "x-teams"] {
            let told = values(proxy.relayed().headers(), name).remove(0);
            assert_eq!(
                told.split(',')
                    .next_back()
                    .filter(|last| last.starts_with('!')),
                left_out
            );
            assert!(told.contains("-000000000249"), "{name}");
        }
        assert!(cookie.len() < 200);
    }
}

#[test]
fn our_cookies_stay_here_and_the_apps_go_on_as_they_are() {
    let proxy = Proxy::new(json!({}));
    let own = proxy.sign_in();
    let cookies = [
        format!("a=b;c=\"d e\" ; {own};__Host-proxy_session_start_abcdefgh=x; last=1"),
        "proxy_session=y; proxy_language=de; \u{fc}=1".to_owned(),
        "proxy_session_attempt_abcdefgh=z".to_owned(),
        "untouched = 1;x".to_owned(),
    ];
    let headers: Vec<_> = cookies
        .iter()
        .map(|line| ("cookie", line.as_str()))
        .collect();
    assert!(proxy.ask(Method::GET, "/", &headers).is_carried());
    let sent = values(proxy.relayed().headers(), "cookie");
    assert_eq!(
        sent,
        ["a=b;c=\"d e\" ; last=1", "\u{fc}=1", "untouched = 1;x"]
    );
}

/// A kubeconfig for the wrong host must not give an app access to the cluster.
#[test]
fn a_credential_of_ours_goes_to_no_app() {
    let proxy = Proxy::new(json!({}));
    let cookie = proxy.sign_in();
    let (_, handle) = cookie.split_once('=').unwrap();
    for scheme in ["Bearer", "bearer ", "Token"] {
        let own = format!("{scheme} {handle}");
        assert!(!sent(&proxy, &[("authorization", &own)]).contains_key("authorization"));
    }
    for theirs in ["Bearer 1.abc", "Bearer eyJ.eyJ.sig", "Basic eDp5"] {
        let headers = sent(&proxy, &[("authorization", theirs)]);
        assert_eq!(values(&headers, "authorization"), [theirs]);
    }
}

#[test]
fn what_a_trusted_proxy_says_of_the_way_goes_on() {
    let upstreams = json!([{ "host": APP, "url": "http://a.svc", "path": "/app", "rewrite": "/" }]);
    let proxy = Proxy::with(&upstreams, &[("trusted_proxies", "10.0.0.0/8")]);
    let way = |peer: &str| {
        let headers = [
            ("spin-client-addr", peer),
            ("x-forwarded-for", "203.0.113.9"),
            ("x-forwarded-for", "198.51.100.1, 10.0.0.9"),
            ("x-forwarded-proto", "gopher"),
        ];
        assert!(proxy.get("/app/x", &headers).is_carried());
        proxy.relayed().headers().clone()
    };
    let trusted = way("10.0.0.1:1");
    let hops = "203.0.113.9, 198.51.100.1, 10.0.0.9, 10.0.0.1";
    assert_eq!(values(&trusted, "x-forwarded-for"), [hops]);
    assert_eq!(values(&trusted, "x-forwarded-proto"), ["https"]);
    assert_eq!(values(&trusted, "x-forwarded-prefix"), ["/app"]);
    assert_eq!(
        values(&way("192.0.2.1:1"), "x-forwarded-for"),
        ["192.0.2.1"]
    );
}

#[test]
fn everything_else_is_between_client_and_app() {
    let proxy = Proxy::new(json!({}));
    let own = [
        ("authorization", "Basic eDp5"),
        ("range", "bytes=0-9"),
        ("accept", "a"),
        ("accept", "b"),
        ("origin", "https://podinfo.example.com"),
        ("if-none-match", "\"1\""),
        ("x-custom_header", "1"),
    ];
    let headers = sent(&proxy, &own);
    for (name, value) in own {
        assert!(values(&headers, name).contains(&value.to_owned()), "{name}");
    }
    assert_eq!(values(&headers, "accept"), ["a", "b"]);
}
