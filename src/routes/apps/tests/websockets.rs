//! WebSockets to apps: which users and pages may open one.

use super::native::{Native, OWN, header, ticket, told};
use super::*;

#[test]
fn a_websocket_goes_to_its_app_as_any_other_request() {
    let native = Native::new(json!({ "policy": { "groups": [GROUP] } }));
    let cookies = format!("theirs=1; {}", native.cookie);
    let told = native.websocket(&[
        ("cookie", &cookies),
        ("sec-websocket-protocol", "chat, superchat"),
        ("sec-websocket-extensions", "permessage-deflate"),
        ("x-auth-request-user", "root"),
        ("x-forwarded-for", "10.0.0.1"),
        ("spin-client-addr", "10.0.0.1:1"),
        ("spin_client_addr", "10.0.0.1:1"),
    ]);
    let connect = &told["connect"];
    assert_eq!(connect["origin"], "http://podinfo.svc:9898");
    assert_eq!(
        (&connect["method"], &connect["target"]),
        (&json!("GET"), &json!("/ws?a=b"))
    );
    assert!(
        connect.get("plain").is_none() && connect.get("host").is_none(),
        "{told}"
    );
    assert_eq!(connect["asks_again"], json!([]));
    for (name, value) in [
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ("sec-websocket-version", "13"),
        ("sec-websocket-protocol", "chat, superchat"),
        ("sec-websocket-extensions", "permessage-deflate"),
        ("origin", OWN),
        ("cookie", "theirs=1"),
        ("x-auth-request-user", &alice().oid),
        ("x-forwarded-for", "192.0.2.7"),
        ("x-forwarded-host", APP),
    ] {
        assert_eq!(header(&connect["headers"], name), [value], "{name}");
    }
    for name in [
        "connection",
        "upgrade",
        "host",
        "spin-client-addr",
        "spin_client_addr",
    ] {
        assert!(header(&connect["headers"], name).is_empty(), "{name}");
    }
    let line = native.proxy.line();
    for (name, value) in [
        ("event", "app"),
        ("route", "tunnel"),
        ("outcome", "opened"),
        ("app", APP),
        ("upn", "alice@contoso.example"),
    ] {
        assert_eq!(line[name], value, "{line}");
    }
}

/// Over another protocol an app could take further requests, with whatever names in their heads, on which nobody
/// decides: HTTP/2 (h2c smuggling), or HTTP within TLS (RFC 2817).
#[test]
fn a_connection_becomes_a_websocket_or_nothing() {
    for upgrade in [
        "h2c",
        "TLS/1.0",
        "HTTP/2.0",
        "websocket, TLS/1.0",
        "websocket/13",
        "SPDY/3.1",
        "",
    ] {
        let native = Native::new(json!({ "public": ["/ws"] }));
        let told = told(&native.websocket(&[("upgrade", upgrade)]));
        assert_eq!(told, problem(501, "app-protocol"), "{upgrade}");
    }
    let native = Native::new(json!({}));
    let two = [("upgrade", "websocket"), ("upgrade", "TLS/1.0")];
    assert_eq!(told(&native.websocket(&two)), problem(501, "app-protocol"));
    ticket(&native.websocket(&[("upgrade", "WebSocket")]));
}

/// Any page can open a WebSocket, with the cookies of its address (CSWSH).
#[test]
fn a_page_of_another_origin_gets_no_websocket() {
    let native = Native::new(json!({ "websocket_origins": ["https://shell.example.com"] }));
    let refused = problem(403, "app-foreign-origin");
    for origin in [
        "https://evil.example",
        "null",
        "http://podinfo.example.com",
        "https://podinfo.example.com:8443",
        "https://podinfo.example.com.evil.example",
        "https://x.podinfo.example.com",
        "https://auth.example.com",
        "https://PODINFO.example.com",
        "https://podinfo.example.com/",
        "https://podinfo.example.com https://evil.example",
    ] {
        assert_eq!(
            told(&native.websocket(&[("origin", origin)])),
            refused,
            "{origin}"
        );
    }
    let two = [("origin", OWN), ("origin", "https://evil.example")];
    assert_eq!(told(&native.websocket(&two)), refused);
    // A browser that hides its page's origin is no program.
    let hidden = [("origin", ""), ("sec-fetch-site", "cross-site")];
    assert_eq!(told(&native.websocket(&hidden)), refused);
    for origin in [OWN, "https://shell.example.com", ""] {
        ticket(&native.websocket(&[("origin", origin)]));
    }
}

#[test]
fn whoever_may_not_use_an_app_gets_no_websocket_of_it() {
    let wanted =
        |fields: Value, headers: &[(&str, &str)]| told(&Native::new(fields).websocket(headers));
    let nobody = [
        ("cookie", ""),
        ("accept", "text/html"),
        ("sec-fetch-mode", "navigate"),
    ];
    let native = Native::new(json!({}));
    let answer = native.websocket(&nobody);
    // A WebSocket is no navigation, whatever its headers say.
    assert_eq!(answer["answer"]["status"], 401, "{answer}");
    let nobody = [("cookie", "")];
    assert_eq!(wanted(json!({}), &nobody), problem(401, "no-app-session"));
    let other = json!({ "policy": { "groups": ["6700d000-0000-4000-8000-000000000009"] } });
    assert_eq!(wanted(other, &[]), problem(403, "app-denied"));
    let posts = json!({ "methods": ["POST"] });
    assert_eq!(wanted(posts, &[]), problem(405, "method-not-allowed"));
    let native = Native::new(json!({ "public": ["/ws"] }));
    ticket(&native.websocket(&nobody));
    let foreign = [("cookie", ""), ("origin", "https://evil.example")];
    assert_eq!(
        told(&native.websocket(&foreign)),
        problem(403, "app-foreign-origin")
    );
}
