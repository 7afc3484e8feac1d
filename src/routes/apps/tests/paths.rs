//! The path that is checked is the path that is passed on.

use super::*;

#[test]
fn a_request_goes_to_the_upstream_byte_for_byte() {
    let proxy = Proxy::new(json!({}));
    for target in [
        "/",
        "/a%20b/c~d?x=%2e%2e%2F//;&y",
        "/login",
        "/-/apps/x",
        "/?",
    ] {
        assert!(proxy.get(target, &[]).is_carried(), "{target}");
        assert_eq!(proxy.address(), format!("http://podinfo.svc:9898{target}"));
    }
    assert_eq!(proxy.relayed().method(), Method::GET);
}

#[test]
fn the_longest_path_wins_and_no_segment_is_cut() {
    let upstreams = json!([
        { "host": APP, "url": "http://root.svc" },
        { "host": APP, "url": "http://api.svc", "path": "/api" },
        { "host": APP, "url": "http://admin.svc", "path": "/api/admin/" },
        { "host": OTHER, "url": "http://other.svc", "path": "/api" },
    ]);
    let proxy = Proxy::with(&upstreams, &[]);
    for (target, address) in [
        ("/", "http://root.svc/"),
        ("/apis", "http://root.svc/apis"),
        ("/x/api", "http://root.svc/x/api"),
        ("/api", "http://api.svc/api"),
        ("/api/", "http://api.svc/api/"),
        ("/api?x", "http://api.svc/api?x"),
        ("/api/administrators", "http://api.svc/api/administrators"),
        ("/api/admin/x", "http://admin.svc/api/admin/x"),
    ] {
        assert!(proxy.get(target, &[]).is_carried(), "{target}");
        assert_eq!(proxy.address(), address);
    }
    let cookie = proxy.sign_in_at(OTHER, &[]);
    let headers = [("cookie", cookie.as_str())];
    let at_other = |target| proxy.ask_at(OTHER, Method::GET, target, &headers);
    assert!(at_other("/api/x").is_carried());
    assert_eq!(proxy.address(), "http://other.svc/api/x");
    assert_eq!(at_other("/").problem(), problem(404, "not-found"));
}

#[test]
fn a_path_may_be_another_one_there() {
    for (path, rewrite, target, there) in [
        ("/app", "/", "/app/x?y", "/x?y"),
        ("/app", "/", "/app", "/"),
        ("/app", "/", "/app?y", "/?y"),
        ("/app", "/", "/app/", "/"),
        ("/app/", "/base/", "/app/x", "/base/x"),
        ("/app", "/base", "/app", "/base"),
        ("/", "/base", "/x", "/base/x"),
    ] {
        let proxy = Proxy::new(json!({ "path": path, "rewrite": rewrite }));
        assert!(proxy.get(target, &[]).is_carried(), "{target}");
        assert_eq!(proxy.address(), format!("http://podinfo.svc:9898{there}"));
    }
}

/// An ambiguous path is refused before the user is known.
#[test]
fn what_has_two_readings_goes_nowhere() {
    let upstreams = json!([
        { "host": APP, "url": "http://root.svc" },
        { "host": APP, "url": "http://admin.svc", "path": "/admin" },
    ]);
    let proxy = Proxy::with(&upstreams, &[]);
    for target in [
        "/x/../admin",
        "/x/..%2fadmin",
        "/x/%2e%2e/admin",
        "/x/.%2E/admin",
        "/x/..%5cadmin",
        "/x\\..\\admin",
        "/x/..;/admin",
        "/x;/../admin",
        "/admin%3bx",
        "//admin",
        "/x//admin",
        "/%61dmin",
        "/adm%69n",
        "/%2561dmin",
        "/x%252fadmin",
        "/x%00",
        "/x%0d%0aa:b",
        "/x%",
        "/x%zz",
        "/admin%2fx",
        "/.",
        "/x#/admin",
        "/x%23?y#z",
        "/x y",
        "/\u{e9}",
        "/Admin",
        "/ADMIN/x",
        "/admin%23x",
        "/admin%3Fx/y",
        "/Admin%23",
        "/admin.",
        "/admin%20/x",
        "/admin.%20./x",
        "/x%c0%afadmin",
        "/%c0%ae%c0%ae/admin",
    ] {
        let told = proxy.ask(Method::GET, target, &[]).problem();
        assert_eq!(told, problem(400, "ambiguous-path"), "{target}");
    }
    assert_eq!(proxy.count(), 0);
    // What leads there however it is read is an ordinary path.
    for target in ["/x%23/admin", "/C%23", "/what%3F", "/Inc.", "/a%20", "/%E9"] {
        assert!(proxy.get(target, &[]).is_carried(), "{target}");
        assert_eq!(proxy.address(), format!("http://root.svc{target}"));
    }
}

#[test]
fn an_app_without_rules_for_paths_may_get_them_raw() {
    let proxy = Proxy::new(json!({ "paths": "raw" }));
    for target in [
        "/queues/%2F/q",
        "/a;b=c",
        "/a//b",
        "/%252f",
        "/100%25",
        "/s%65crets",
        "/a%5Cb",
    ] {
        assert!(proxy.get(target, &[]).is_carried(), "{target}");
        assert_eq!(proxy.address(), format!("http://podinfo.svc:9898{target}"));
    }
    for target in [
        "/..",
        "/a/../b",
        "/%2e%2e/b",
        "/a%2f..%2fb",
        "/a%00",
        "/a%0d%0ab",
        "/a\\b",
        "/a b",
    ] {
        let told = proxy.ask(Method::GET, target, &[]).problem();
        assert_eq!(told, problem(400, "ambiguous-path"), "{target}");
    }
}

#[test]
fn other_hosts_have_nothing_here() {
    let proxy = Proxy::new(json!({}));
    let cookie = proxy.sign_in();
    let headers = [("cookie", cookie.as_str())];
    for host in [
        "auth.example.com",
        "",
        "evil.example",
        "podinfo.example.com.evil.example",
        "podinfo.example.com:8443",
        "podinfo.example.com:80",
        "podinfo.example.com.",
        "x@podinfo.example.com",
        "podinfo.example.com/x",
    ] {
        let told = proxy.ask_at(host, Method::GET, "/", &headers);
        assert_eq!(told.problem(), problem(404, "not-found"), "{host}");
    }
    for host in ["PODINFO.example.com", "podinfo.example.com:443"] {
        assert!(
            proxy.ask_at(host, Method::GET, "/", &headers).is_carried(),
            "{host}"
        );
    }
}
