//! Ambiguous requests.

use e2e::{Staged, request};

#[test]
fn what_is_not_plainly_below_our_path_reaches_nobody() {
    let staged = Staged::start();
    let bearer = staged.credential_of("alice");
    for target in [
        "/k8s",
        "/k8s?/api",
        "//k8s/api",
        "/%6b8s/api",
        "/K8s/api",
        "/k8s//api",
        "/k8s/../k8s/api",
        "/healthz/../k8s/api",
        "/k8s/../-/tunnel",
        "/k8s/./api",
        "/k8s/%2e%2e/api",
        "/k8s/%2E./api",
        "/k8s/api%2f..%2fx",
        "/k8s/a%5c..%5cb",
        "/k8s/a\\..\\b",
        "/k8s/%252e%252e/api",
        "/k8s/a;b=c/api",
        "/k8s;/api",
        "/k8s%2fapi",
        "/k8s/a%00",
        "/k8s/a\0b",
        "/k8s/a%0d%0aX-Remote-User:%20root",
        "/k8s/a\u{e9}",
        "/k8s/a%",
        "/k8s/a%zz",
        "k8s/api",
        "http://evil.example/k8s/api",
        "http://localhost@evil.example/k8s/api",
        "http://evil.example@localhost/k8s/api",
        "*",
    ] {
        let heard = staged.get_as(&bearer, target);
        let refused = [400, 404].contains(&heard.status());
        assert!(refused, "{target:?}: {}", heard.text());
        let seen = staged.api.take();
        assert!(seen.is_empty(), "{target:?}: {seen:?}");
    }
}

#[test]
fn a_plain_target_goes_on_to_the_byte() {
    let staged = Staged::start();
    let bearer = staged.credential_of("alice");
    let long = format!("/api/{}?q={}", "p".repeat(8 * 1024), "v".repeat(8 * 1024));
    // A target has no fragment (RFC 9112, section 3.2): hyper drops it, and the rest is decided on and sent.
    assert_eq!(staged.get_as(&bearer, "/k8s/api#/../x").status(), 200);
    assert_eq!(staged.api.take()[0].line(), "GET /api HTTP/1.1");
    for target in [
        "/",
        "/api/v1/namespaces/a/services/https:b:8443/proxy/c%20d",
        "/api/v1/pods?fieldSelector=a%3Db,c!=d&x=%2e%2e%2f//;\\%00&y&&",
        &long,
    ] {
        let heard = staged.get_as(&bearer, &format!("/k8s{target}"));
        assert_eq!(heard.status(), 200, "{target}: {}", heard.text());
        let absolute = staged.get_as(&bearer, &format!("http://localhost/k8s{target}"));
        assert_eq!(absolute.status(), 200, "{target}: {}", absolute.text());
        for seen in staged.api.take() {
            assert_eq!(seen.line(), format!("GET {target} HTTP/1.1"));
        }
    }
}

#[test]
fn heads_have_a_limit() {
    let staged = Staged::start();
    let bearer = staged.credential_of("alice");
    let with = |line: String| {
        let lines = format!("authorization: Bearer {bearer}\r\n{line}\r\n");
        staged.get("/k8s/api", &lines)
    };
    let fits = with(format!("x-long: {}", "x".repeat(60_000)));
    assert_eq!(fits.status(), 200, "{}", fits.head);
    assert_eq!(staged.api.take()[0].all("x-long")[0].len(), 60_000);
    let many = with(vec!["x: y"; 4000].join("\r\n"));
    let long = with(format!("x-long: {}", "x".repeat(66_000)));
    let longer = with(format!("x-long: {}", "x".repeat(300_000)));
    for (what, heard) in [("many", many), ("long", long), ("longer", longer)] {
        // A client that is still writing when the host closes may see only that.
        let refused = [0, 431].contains(&heard.status());
        assert!(refused, "{what}: {}", heard.head);
    }
    assert!(staged.api.seen().is_empty());
}

#[test]
fn connection_takes_nothing_away_that_we_decide_on() {
    let staged = Staged::start();
    let bearer = staged.credential_of("alice");
    for named in [
        "authorization",
        "AUTHORIZATION",
        "x, Cookie",
        "host",
        "content-length",
        "Impersonate-User",
    ] {
        let heard = staged.send(format!(
            "GET /k8s/api HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {bearer}\r\n\
             connection: close, {named}\r\n\r\n"
        ));
        assert_eq!(heard.status(), 400, "{named}: {}", heard.text());
    }
    assert!(staged.api.seen().is_empty());
    let heard = staged.send(format!(
        "GET /k8s/api HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {bearer}\r\n\
         x-own: 1\r\nx-kept: 2\r\nconnection: close, X-Own\r\n\r\n"
    ));
    assert_eq!(heard.status(), 200, "{}", heard.text());
    let seen = &staged.api.seen()[0];
    assert!(
        seen.all("x-own").is_empty() && seen.all("x-kept") == ["2"],
        "{}",
        seen.head
    );
    assert!(seen.all("connection").is_empty(), "{}", seen.head);
}

/// These methods are for proxies; and an echoed request would contain our token (RFC 9110, sections 9.3.6 and
/// 9.3.8).
#[test]
fn methods_that_are_not_for_api_servers_reach_none() {
    let staged = Staged::start();
    let bearer = staged.credential_of("alice");
    let line = format!("authorization: Bearer {bearer}\r\n");
    for (method, target) in [
        ("CONNECT", "localhost:443"),
        ("CONNECT", "/k8s/api"),
        ("TRACE", "/k8s/api"),
        ("G(T", "/k8s/api"),
        ("GET\t", "/k8s/api"),
    ] {
        let heard = staged.send(request(method, target, &line));
        let refused = [400, 404, 405].contains(&heard.status());
        assert!(refused, "{method} {target}: {}", heard.text());
        let seen = staged.api.take();
        assert!(seen.is_empty(), "{method} {target}: {seen:?}");
    }
}
