//! WebSockets of apps, through native code: by an upgrade of HTTP/1.1, and by an extended CONNECT of HTTP/2.

use e2e::{Browser, Socket};

use super::carried::{Carried, Front, HOST, ORIGIN, Over, SHELL, cookie, header};

fn a_websocket_is_the_apps(front: Front) {
    let carried = Carried::by(front);
    let alice = carried.alice();
    for (number, over) in Over::BOTH.into_iter().enumerate() {
        opens_and_speaks(&carried, over, &alice);
        let seen = carried.sockets.seen();
        let [own, of_shell, kept, public] = &seen[number * 4..] else {
            panic!("{over:?}: {seen:?}");
        };
        assert_eq!(header(own, "cookie"), ["theirs=1; also=2"], "{over:?}");
        assert_eq!(header(own, "host"), [carried.sockets.authority()]);
        assert_eq!(header(kept, "host"), [HOST]);
        let user = ["a11ce000-0000-4000-8000-000000000001"];
        assert_eq!(header(own, "x-auth-request-user"), user);
        assert_eq!(header(of_shell, "x-auth-request-user"), user);
        assert_eq!(header(own, "x-forwarded-host"), [HOST]);
        assert!(header(public, "x-auth-request-user").is_empty());
    }
    let log = &carried.stack.proxy;
    log.line_with(&["\"event\":\"app\"", "\"outcome\":\"opened\""]);
    log.line_with(&["\"event\":\"app\"", "\"status\":101", "\"outcome\":\"ok\""]);
}

fn opens_and_speaks(carried: &Carried, over: Over, alice: &Browser) {
    let cookies = format!("theirs=1; {}; also=2", cookie(alice));
    let headers = [
        ("origin", ORIGIN),
        ("sec-websocket-protocol", "superchat, chat"),
        ("x-auth-request-user", "root"),
    ];
    let mut socket = carried.open(over, "/ws/a?b=c", &cookies, &headers).unwrap();
    assert_eq!(socket.protocol, "chat");
    socket.echo("hello");
    socket.echo_bytes(vec![7; 1024 * 1024]);
    let open = |path, cookies: &str, headers: &[_], said: &str| {
        let mut other = carried.open(over, path, cookies, headers).unwrap();
        other.echo(said);
    };
    open(
        "/ws/",
        &cookies,
        &[("origin", SHELL)],
        "from a page that may",
    );
    open("/kept/", &cookies, &[], "from a program");
    let of_nobody = [("origin", ORIGIN), ("x-auth-request-user", "root")];
    open("/ws/public", "", &of_nobody, "from anybody");
    socket.echo("still there");
}

/// The page of a stranger's site is in alice's browser, which sends her cookie.
fn a_websocket_is_for_nobody_else(front: Front) {
    let carried = Carried::by(front);
    let alice = carried.alice();
    let cookie = cookie(&alice);
    for over in Over::BOTH {
        for (path, cookie, origin, status) in [
            ("/ws/", cookie.as_str(), "https://evil.example", 403),
            ("/ws/", &cookie, "null", 403),
            ("/ws/", &cookie, "http://localhost", 403),
            ("/kept/", &cookie, SHELL, 403),
            ("/closed/", &cookie, ORIGIN, 403),
            ("/ws/", "", ORIGIN, 401),
            ("/ws/", "proxy_session_app=1.abcdef.AAAA", ORIGIN, 401),
            ("/ws/../", &cookie, ORIGIN, 400),
            ("/ws/public", "", "https://evil.example", 403),
            ("/ws/public/", "", ORIGIN, 401),
            ("/ws/PUBLIC", "", ORIGIN, 401),
        ] {
            let refused = carried.open(over, path, cookie, &[("origin", origin)]);
            assert_eq!(
                refused.err().map(|(status, _)| status),
                Some(status),
                "{over:?} {path} {origin}"
            );
        }
    }
    assert!(carried.sockets.seen().is_empty());
    // None of our own pages is one.
    for host in [HOST, "localhost"] {
        let path = "/oauth2/userinfo";
        let refused = Socket::open_over_http2(carried.origin(), host, path, &[]);
        assert_eq!(refused.err().map(|(status, _)| status), Some(400), "{host}");
    }
}

fn who_signs_out_has_no_websocket_any_more(front: Front) {
    let carried = Carried::by(front);
    let (mut alice, other) = (carried.alice(), carried.alice());
    let open = |browser: &Browser| -> [Socket; 2] {
        let cookie = cookie(browser);
        Over::BOTH.map(|over| {
            carried
                .open(over, "/ws/", &cookie, &[("origin", ORIGIN)])
                .unwrap()
        })
    };
    let (mut hers, mut others) = (open(&alice), open(&other));
    for socket in &mut hers {
        socket.echo("before");
    }
    let mut events = carried.sends("GET /events", &cookie(&alice), b"");
    assert!(events.head().starts_with("HTTP/1.1 200 "));
    let link = [
        ("sec-fetch-site", "same-origin"),
        ("sec-fetch-mode", "navigate"),
        ("sec-fetch-dest", "document"),
    ];
    assert_eq!(alice.send("GET", "/oauth2/sign_out", &link, "").status, 200);
    for socket in hers {
        socket.wait_for_end();
    }
    let mut buffer = [0; 1024];
    while events.read(&mut buffer) > 0 {}
    // Another sign-in of the same person is another one.
    for socket in &mut others {
        socket.echo("after");
    }
    // Whoever has carried it writes the line of what is no upgrade.
    let carrier = carried.tunnel.as_ref().map(|tunnel| &tunnel.process);
    let carrier = carrier.unwrap_or(&carried.stack.proxy);
    let ended = ["\"event\":\"app\"", "\"outcome\":\"session_ended\""];
    carrier.line_with(&[&ended[..], &["\"route\":\"apps\""]].concat());
    let upgrade = [&ended[..], &["\"route\":\"tunnel\"", "\"status\":101"]].concat();
    carried.stack.proxy.line_with(&upgrade);
}

#[test]
fn a_websocket_is_the_apps_by_serve() {
    a_websocket_is_the_apps(Front::Serve);
}

#[test]
fn a_websocket_is_the_apps_by_the_tunnel() {
    a_websocket_is_the_apps(Front::Tunnel);
}

#[test]
fn a_websocket_is_for_nobody_else_by_serve() {
    a_websocket_is_for_nobody_else(Front::Serve);
}

#[test]
fn a_websocket_is_for_nobody_else_by_the_tunnel() {
    a_websocket_is_for_nobody_else(Front::Tunnel);
}

#[test]
fn who_signs_out_has_no_websocket_any_more_by_serve() {
    who_signs_out_has_no_websocket_any_more(Front::Serve);
}

#[test]
fn who_signs_out_has_no_websocket_any_more_by_the_tunnel() {
    who_signs_out_has_no_websocket_any_more(Front::Tunnel);
}
