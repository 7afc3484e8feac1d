//! Requests with false origins or targets.

use e2e::Stack;

#[test]
fn rd_leads_nowhere_else_in_any_notation() {
    let stack = Stack::start();
    for rd in [
        "https://evil.example/",
        "//evil.example",
        "///evil.example",
        "/%5Cevil.example",
        "%5C%5Cevil.example",
        "/%2Fevil.example",
        "/%09/evil.example",
        "/%0A/evil.example",
        "javascript:alert(1)",
        "evil.example",
        "",
        "@evil.example",
    ] {
        let response = stack.browser().get(&format!("/login?rd={rd}"));
        assert_eq!(
            response.problem(),
            (400, "bad-parameter".to_owned()),
            "{rd}"
        );
        assert!(response.set_cookies().is_empty() && response.header("location").is_empty());
    }
    let twice = stack.browser().get("/login?rd=/a&rd=/b");
    assert_eq!(twice.problem(), (400, "bad-parameter".to_owned()));
    let other = stack.browser().get("/login?for=everything");
    assert_eq!(other.problem(), (400, "bad-parameter".to_owned()));
}

/// Targets on this site are returned unchanged, however odd.
#[test]
fn odd_paths_of_this_site_are_returned_to() {
    let stack = Stack::start();
    for (rd, path) in [
        ("/app%252Ffoo", "/app%2Ffoo"),
        ("/app%25252Ffoo%3Fx%3D%252F", "/app%252Ffoo?x=%2F"),
        ("/a;b", "/a;b"),
        ("/a//b", "/a//b"),
        ("/..//evil.example", "/..//evil.example"),
        ("/caf%C3%A9", "/caf%C3%A9"),
    ] {
        let mut browser = stack.browser();
        let callback = stack.begin(&mut browser, "alice", rd);
        assert_eq!(browser.get(&callback).location(), path);
    }
}

/// An old tab must not end in an error.
#[test]
fn an_old_callback_goes_on_where_there_is_a_session() {
    let stack = Stack::start();
    let mut browser = stack.browser();
    let old = stack.begin(&mut browser, "alice", "/whoami?old");
    let forgotten = old.replace("state=", "state=x");
    let mut alice = stack.signed_in("alice");
    let response = alice.get(&forgotten);
    assert_eq!((response.status, response.location()), (302, "/whoami"));
    assert_eq!(alice.get("/whoami").status, 200);
    let nobody = stack.browser().get(&forgotten);
    assert_eq!(nobody.problem(), (400, "no-attempt".to_owned()));
}

#[test]
fn forged_hosts_and_headers_change_nothing() {
    let stack = Stack::start();
    let forged = [
        ("host", "evil.example"),
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-proto", "https"),
        ("forwarded", "host=evil.example"),
        ("spin-full-url", "https://evil.example/healthz"),
        ("spin-path-info", "/healthz"),
        ("spin-component-route", "/healthz"),
        ("spin-client-addr", "6.6.6.6:6"),
    ];
    let plain = stack.browser().get("/login");
    let response = stack.browser().send("GET", "/login", &forged, "");
    let until_state = |address: &str| address.split("&state=").next().unwrap().to_owned();
    assert_eq!(
        until_state(response.location()),
        until_state(plain.location())
    );
    assert!(!response.set_cookies()[0].contains("evil"));
    let whoami = stack.browser().html().send("GET", "/whoami", &forged, "");
    assert_eq!(whoami.location(), "/login?rd=%2Fwhoami");
    let mut alice = stack.signed_in("alice");
    let out = alice.send("POST", "/logout?entra=1", &forged, "");
    assert!(!out.location().contains("evil"));
}

#[test]
fn only_the_exact_path_is_a_route() {
    let stack = Stack::start();
    let unknown = stack.browser().get("/nothing/here");
    assert_eq!(unknown.problem(), (404, "not-found".to_owned()));
    for path in [
        "//login",
        "/login/",
        "/login//",
        "/Login",
        "/./login",
        "/x/../login",
        "/%6cogin",
        "/login;x",
        "/login%2f",
        "/healthz/",
        "//healthz",
        "/whoami/x",
        "/callback/",
    ] {
        let response = stack.browser().get(path);
        assert_eq!(response.problem(), (404, "not-found".to_owned()), "{path}");
        assert_eq!(
            response.json()["detail"],
            unknown.json()["detail"],
            "{path}"
        );
    }
}

#[test]
fn methods_that_a_route_does_not_take_are_refused() {
    let stack = Stack::start();
    for (method, path, allow) in [
        ("POST", "/login", "GET, HEAD"),
        ("POST", "/callback", "GET, HEAD"),
        ("PUT", "/whoami", "GET, HEAD"),
        ("DELETE", "/logout", "GET, HEAD, POST"),
        ("POST", "/healthz", "GET, HEAD"),
        ("OPTIONS", "/", "GET, HEAD"),
    ] {
        let response = stack.browser().send(method, path, &[], "");
        assert_eq!(
            response.problem(),
            (405, "method-not-allowed".to_owned()),
            "{method} {path}"
        );
        assert_eq!(response.header("allow"), allow);
    }
}

#[test]
fn errors_are_pages_for_people_with_a_strict_policy() {
    let stack = Stack::start();
    let page = stack.browser().html().get("/callback?state=x&code=y");
    assert_eq!(
        (page.status, page.header("content-type")),
        (400, "text/html; charset=utf-8")
    );
    assert!(page.body.contains("cannot be finished") && page.body.contains("/login"));
    assert!(!page.body.contains("<script>"));
    let policy = page.header("content-security-policy");
    for part in [
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ] {
        assert!(policy.contains(part), "{policy}");
    }
    assert_eq!(page.header("x-content-type-options"), "nosniff");
    assert_eq!(page.header("cache-control"), "no-store");
}

#[test]
fn health_is_told_without_any_setting() {
    let stack = Stack::start();
    assert_eq!(stack.browser().get("/healthz").json()["status"], "ok");
    assert_eq!(
        stack.browser().get("/").json()["service"],
        "aks-oauth-proxy"
    );
    let head = stack.browser().send("HEAD", "/healthz", &[], "");
    assert_eq!((head.status, head.body.as_str()), (200, ""));
}
