//! What of a request is passed on.

use super::*;

const PODS: &str = "/k8s/api/v1/namespaces/demo/pods";

#[test]
fn method_path_and_query_go_on_byte_for_byte() {
    let proxy = Proxy::new();
    let authorization = format!("Bearer {}", proxy.bearer);
    let headers = [("authorization", authorization.as_str())];
    for method in [
        "GET", "HEAD", "OPTIONS", "DELETE", "PATCH", "POST", "PUT", "QUERY",
    ] {
        let method: Method = method.parse().unwrap();
        let target = "/k8s/apis/a%20b/x:y?labelSelector=a%3Db%2Cc&x=%2F..%2F;//&limit=500";
        assert!(proxy.send(&method, target, &headers).is_carried());
        let relayed = proxy.relayed();
        assert_eq!(relayed.method(), method);
        let gone_on = relayed.uri().path_and_query().unwrap().as_str();
        assert_eq!(gone_on, target.strip_prefix("/k8s").unwrap());
    }
}

/// An echo of the request would hold the user's token.
#[test]
fn methods_that_proxies_are_asked_by_go_nowhere() {
    let proxy = Proxy::new();
    let authorization = format!("Bearer {}", proxy.bearer);
    for method in [Method::CONNECT, Method::TRACE] {
        let headers = [("authorization", authorization.as_str())];
        let told = proxy.send(&method, PODS, &headers);
        let expected = (405, "method-not-allowed");
        assert_eq!((told.code(), told.kind().as_str()), expected, "{method}");
    }
    assert_eq!(proxy.count(), 0);
}

#[test]
fn paths_with_two_readings_go_nowhere() {
    let proxy = Proxy::new();
    for path in [
        "/k8s/../x",
        "/k8s/a/%2e%2e/b",
        "/k8s/a//b",
        "/k8s/a;b",
        "/k8s/a%00",
        "/k8s/a%2fb",
        "/k8s/%252e",
    ] {
        let told = proxy.get(path, &[]);
        assert_eq!(
            (told.code(), told.kind().as_str()),
            (400, "ambiguous-path"),
            "{path}"
        );
    }
    // These are not below the prefix at all.
    for path in ["//k8s/api", "/K8s/api", "/k8s", "/%6b8s/api"] {
        let told = proxy.get(path, &[]).0.unwrap();
        assert_eq!(told.status(), 404, "{path}");
    }
    assert_eq!(proxy.count(), 0);
}

#[test]
fn headers_of_others_stay_here_and_duplicates_go_on() {
    let proxy = Proxy::new();
    let headers = [
        ("accept", "a"),
        ("accept", "b"),
        ("cookie", "proxy_session=x"),
        ("spin-client-addr", "1.2.3.4:5"),
        ("x-forwarded-for", "1.2.3.4"),
        ("x_remote_user", "admin"),
        ("X-Remote-Group", "system:masters"),
        ("impersonate-user", "bob"),
        ("impersonate_group", "system:masters"),
    ];
    assert!(proxy.get(PODS, &headers).is_carried());
    let relayed = proxy.relayed();
    let names: Vec<_> = relayed.headers().keys().map(HeaderName::as_str).collect();
    assert_eq!(names, ["accept", "impersonate-user", "authorization"]);
    assert_eq!(relayed.headers().get_all("accept").iter().count(), 2);
    assert_eq!(relayed.headers().get_all("authorization").iter().count(), 1);
    assert_eq!(proxy.audit()["impersonated_user"], "bob");
}

#[test]
fn heads_that_are_too_large_go_nowhere() {
    let proxy = Proxy::new();
    let long = "x".repeat(64 * 1024);
    let told = proxy.get(PODS, &[("x", &long)]);
    assert_eq!(
        (told.code(), told.kind().as_str()),
        (431, "headers-too-large")
    );
}

#[test]
fn what_needs_the_tunnel_is_told_so() {
    let proxy = Proxy::new();
    let exec = "/k8s/api/v1/namespaces/demo/pods/p/exec?command=sh";
    for (path, headers) in [
        (exec, &[][..]),
        (PODS, &[("sec-websocket-key", "x")][..]),
        (
            PODS,
            &[("x-stream-protocol-version", "v4.channel.k8s.io")][..],
        ),
    ] {
        let told = proxy.get(path, headers);
        assert_eq!(
            (told.code(), told.kind().as_str()),
            (501, "tunnel-required")
        );
    }
    assert_eq!(proxy.send(&Method::GET, exec, &[]).kind(), "no-credential");
}
