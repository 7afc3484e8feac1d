//! Advisories on other such proxies that are about the requests they carry. Those about return addresses and the
//! sign-in are beside forward-auth, whose code is the same.

use super::*;

const PUBLIC: [&str; 2] = ["/healthz", "/static/"];

/// The claims of alice with this e-mail address.
fn claims(proxy: &Proxy, email: &str) -> Claims {
    let user = User {
        email: Some(email.to_owned()),
        ..alice()
    };
    Claims {
        user,
        upn: None,
        groups: Vec::new(),
        roles: Vec::new(),
        at: proxy.world.now(),
    }
}

/// The path of `/page` on a host where the sign-in may lead, whatever an app's own path looks like.
#[test]
fn ghsa_qqxw_m5fj_f7gv_an_apps_own_path_leads_nobody_elsewhere() {
    let proxy = Proxy::new(json!({ "paths": "raw" }));
    for target in [
        "//evil.example/x",
        "///evil.example",
        "/%5cevil.example",
        "/%09/evil.example",
        "/%2f/evil.example",
        "/x?rd=https://evil.example",
    ] {
        let response = proxy.ask(Method::GET, target, &NAVIGATION);
        if response.problem().0 == 400 {
            continue;
        }
        let start = url::Url::parse(&response.location()).unwrap();
        assert_eq!(start.host_str(), Some(APP), "{target}");
        let (name, back) = start.query_pairs().next().unwrap();
        assert_eq!((name.as_ref(), start.path()), ("rd", "/oauth2/start"));
        let to = start.join(&back).unwrap();
        assert_eq!(to.host_str(), Some(APP), "{target}");
    }
}

#[test]
fn ghsa_7rh7_c77v_6434_a_query_opens_nothing() {
    let proxy = Proxy::new(json!({ "public": PUBLIC }));
    for target in ["/?/static/", "/x?/healthz", "/x?a=/static/a", "/static?/"] {
        let told = proxy.ask(Method::GET, target, &[]).problem();
        assert_eq!(told, problem(401, "no-app-session"), "{target}");
    }
}

#[test]
fn ghsa_pxq7_h93f_9jrg_a_fragment_opens_nothing() {
    let proxy = Proxy::new(json!({ "public": PUBLIC }));
    for (target, told) in [
        ("/x%23/static/", problem(401, "no-app-session")),
        ("/x%23/healthz", problem(401, "no-app-session")),
        ("/healthz%23", problem(401, "no-app-session")),
        ("/x#/static/", problem(400, "ambiguous-path")),
    ] {
        assert_eq!(proxy.ask(Method::GET, target, &[]).problem(), told);
    }
}

/// The path that goes on decides, whoever says another one.
#[test]
fn ghsa_7x63_xv5r_3p2x_no_header_says_another_path() {
    let proxy = Proxy::new(json!({ "public": PUBLIC }));
    proxy.sets("trusted_proxies", "10.0.0.0/8");
    proxy.sets("forward_auth_profile", "traefik");
    for name in [
        "x-forwarded-uri",
        "x-forwarded-path",
        "x-original-url",
        "x-original-uri",
        "x-rewrite-url",
        "x-auth-request-redirect",
        "path_info",
    ] {
        let headers = [("spin-client-addr", "10.0.0.1:1"), (name, "/healthz")];
        let told = proxy.ask(Method::GET, "/x", &headers).problem();
        assert_eq!(told, problem(401, "no-app-session"), "{name}");
        assert!(proxy.get("/x", &headers).is_carried());
        assert_eq!(proxy.address(), "http://podinfo.svc:9898/x");
        let sent = proxy.relayed();
        assert!(!sent.headers().contains_key(name), "{name}");
    }
}

#[test]
fn cve_2026_76835_no_proxy_is_believed_by_default() {
    let proxy = Proxy::new(json!({}));
    let headers = [
        ("spin-client-addr", "10.0.0.1:1"),
        ("x-forwarded-for", "203.0.113.9"),
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-proto", "http"),
        ("x-real-ip", "203.0.113.9"),
    ];
    assert!(proxy.get("/", &headers).is_carried());
    let sent = proxy.relayed().headers().clone();
    for (name, value) in [
        ("x-forwarded-for", "10.0.0.1"),
        ("x-forwarded-host", APP),
        ("x-forwarded-proto", "https"),
    ] {
        let values: Vec<_> = sent.get_all(name).iter().collect();
        assert_eq!(values, [value], "{name}");
    }
    assert!(!sent.contains_key("x-real-ip"));
}

#[test]
fn ghsa_5hvv_m4w4_gf6v_nothing_depends_on_the_user_agent() {
    let proxy = Proxy::new(json!({}));
    for agent in ["GoogleHC/1.0", "kube-probe/1.31", "curl/8.5", "Mozilla/5.0"] {
        let agent = ("user-agent", agent);
        let told = proxy.ask(Method::GET, "/", &[agent]).problem();
        assert_eq!(told, problem(401, "no-app-session"), "{agent:?}");
        let navigation = [NAVIGATION[0], NAVIGATION[1], agent];
        let led = proxy.ask(Method::GET, "/", &navigation).location();
        assert!(led.starts_with("https://podinfo.example.com/oauth2/start"));
        assert!(proxy.get("/", &[agent]).is_carried());
    }
}

#[test]
fn ghsa_4mf2_f3wh_gvf2_a_domain_ends_at_a_label() {
    for (entry, expected) in [
        ("contoso.example", problem(0, "")),
        ("*.contoso.example", problem(0, "")),
        (".example", problem(0, "")),
        ("oso.example", problem(403, "app-denied")),
        (".oso.example", problem(403, "app-denied")),
        ("*.oso.example", problem(403, "app-denied")),
    ] {
        let proxy = Proxy::new(json!({ "policy": { "email_domains": [entry] } }));
        assert_eq!(proxy.get("/", &[]).problem(), expected, "{entry}");
    }
}

#[test]
fn ghsa_c5c4_8r6x_56w3_an_address_has_exactly_one_at() {
    let domain = "contoso.example";
    for (email, expected) in [
        ("alice@contoso.example", problem(0, "")),
        (
            "attacker@evil.example@contoso.example",
            problem(403, "app-denied"),
        ),
        (
            "attacker@evil.example\"@contoso.example",
            problem(403, "app-denied"),
        ),
        ("@contoso.example", problem(403, "app-denied")),
    ] {
        let proxy = Proxy::new(json!({ "policy": { "email_domains": [domain] } }));
        let cookie = run(proxy.app_cookie(APP, &claims(&proxy, email)));
        let told = proxy.ask(Method::GET, "/", &[("cookie", &cookie)]);
        assert_eq!(told.problem(), expected, "{email}");
    }
}

/// What a client says of its groups is removed before ours are set.
#[test]
fn ocm_cluster_proxy_329_a_clients_groups_are_not_added_to_ours() {
    let proxy = Proxy::new(json!({ "headers": { "X-Groups": "groups" } }));
    let forged = [
        ("x-auth-request-groups", "admins"),
        ("x_auth_request_groups", "admins"),
        ("x-auth-request-groups", "system:masters"),
        ("x-groups", "admins"),
        ("impersonate-group", "system:masters"),
    ];
    assert!(proxy.get("/", &forged).is_carried());
    let sent = proxy.relayed().headers().clone();
    for name in ["x-auth-request-groups", "x-groups"] {
        let values: Vec<_> = sent.get_all(name).iter().collect();
        assert_eq!(values, [GROUP], "{name}");
    }
    for name in ["x_auth_request_groups", "impersonate-group"] {
        assert!(!sent.contains_key(name), "{name}");
    }
}
