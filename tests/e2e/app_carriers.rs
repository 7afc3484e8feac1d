//! Apps behind native code: `serve`, and `aks-oauth-proxy tunnel` in front of a component, which carry alike.

use std::sync::Mutex;
use std::sync::mpsc::{Sender, channel};

use e2e::{
    ApiServer, Browser, Builder, Certificates, Replica, Socket, SocketApp, Stack, TUNNEL_TOKEN,
    Wire, free_port,
};
use serde_json::json;

/// The apps' host.
const HOST: &str = "podinfo.apps.localhost";
const ORIGIN: &str = "http://podinfo.apps.localhost";
const SHELL: &str = "https://shell.example.com";
/// The bytes of a large body.
const LARGE: usize = 24 * 1024 * 1024;

/// The native code in front of the component.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Front {
    Serve,
    Tunnel,
}

/// Two apps at one host: one with WebSockets below `/ws`, and one that shows its requests. Its `/events`
/// sends an event, and another once the test has the first; `/large` sends a large body.
struct Carried {
    stack: Stack,
    tunnel: Option<Replica>,
    sockets: SocketApp,
    app: ApiServer,
    go_on: Sender<()>,
}

impl Carried {
    fn by(front: Front) -> Self {
        let (sockets, (app, go_on)) = (SocketApp::start(), app());
        let upstreams = json!([
            { "host": HOST, "path": "/ws", "url": sockets.url(), "websocket_origins": [SHELL] },
            { "host": HOST, "path": "/kept", "url": sockets.url(), "keep_host": true },
            { "host": HOST, "path": "/closed", "url": sockets.url(),
              "policy": { "groups": ["6700d000-0000-4000-8000-000000000009"] } },
            { "host": HOST, "url": app.url() },
        ]);
        let upstreams = upstreams.to_string();
        let shared = [
            ("UPSTREAMS", upstreams.as_str()),
            ("TUNNEL_TOKEN", TUNNEL_TOKEN),
        ];
        let mut builder = Builder::default()
            .setting("UPSTREAM_ORIGIN1", &sockets.url())
            .setting("UPSTREAM_ORIGIN2", app.url());
        for (name, value) in shared {
            builder = builder.setting(name, value);
        }
        let stack = builder.start();
        let tunnel = (front == Front::Tunnel)
            .then(|| Replica::tunnel(free_port(), &stack.origin, &shared, None));
        Self {
            stack,
            tunnel,
            sockets,
            app,
            go_on,
        }
    }

    /// The origin of the native code.
    fn origin(&self) -> &str {
        self.tunnel
            .as_ref()
            .map_or(&self.stack.origin, Replica::origin)
    }

    /// A browser with alice signed in at the apps.
    fn alice(&self) -> Browser {
        let mut browser = self.stack.browser_at(self.origin()).html();
        browser.headers.push(("host".to_owned(), HOST.to_owned()));
        let page = self.stack.open_app(&mut browser, HOST, "/");
        assert_eq!(page.status, 200, "{page:?}");
        browser
    }

    fn open(
        &self,
        path: &str,
        cookie: &str,
        headers: &[(&str, &str)],
    ) -> Result<Socket, (u16, String)> {
        let cookie = [("cookie", cookie)];
        Socket::open(self.origin(), HOST, path, &[&cookie[..], headers].concat())
    }

    /// A connection on which `request` was sent, with this cookie.
    fn sends(&self, request: &str, cookie: &str, body: &[u8]) -> Wire {
        let mut wire = Wire::to(self.origin());
        let (line, headers) = request.split_once('\n').unwrap_or((request, ""));
        wire.send(format!(
            "{line} HTTP/1.1\r\nhost: {HOST}\r\ncookie: {cookie}\r\nconnection: close\r\n{headers}\r\n"
        ));
        wire.send(body);
        wire
    }
}

fn app() -> (ApiServer, Sender<()>) {
    let (go_on, had) = channel();
    let had = Mutex::new(had);
    let app = ApiServer::start(move |seen, asker| {
        let line = seen.line();
        if line.starts_with("GET /events") {
            let head =
                "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n";
            asker.write(format!("{head}\r\ndata: first\n\n"))?;
            let _ = had.lock().unwrap().recv();
            return asker.last("data: last\n\n");
        }
        if line.starts_with("GET /large") {
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {LARGE}\r\n\r\n");
            asker.write(head)?;
            return asker.write(vec![b'x'; LARGE]);
        }
        if line.starts_with("GET /cut") {
            return asker.last("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf");
        }
        if line.starts_with("HEAD ") {
            return asker.write("HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n");
        }
        if !seen.all("range").is_empty() {
            let head = "HTTP/1.1 206 Partial Content\r\ncontent-range: bytes 0-4/10\r\n";
            return asker.write(format!("{head}content-length: 5\r\n\r\nhello"));
        }
        let bytes = seen.body.len().to_string();
        asker.json("200 OK", &json!({ "bytes": bytes }).to_string())
    });
    (app, go_on)
}

fn cookie(alice: &Browser) -> String {
    let pairs = alice.cookies.iter();
    let pairs: Vec<_> = pairs
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    pairs.join("; ")
}

fn header<'a>(headers: &'a [(String, String)], name: &str) -> Vec<&'a str> {
    let found = headers.iter().filter(|(other, _)| other == name);
    found.map(|(_, value)| value.as_str()).collect()
}

fn a_websocket_is_the_apps(front: Front) {
    let carried = Carried::by(front);
    let alice = carried.alice();
    let cookies = format!("theirs=1; {}", cookie(&alice));
    let headers = [
        ("origin", ORIGIN),
        ("sec-websocket-protocol", "superchat, chat"),
        ("x-auth-request-user", "root"),
    ];
    let mut socket = carried.open("/ws/a?b=c", &cookies, &headers).unwrap();
    assert_eq!(socket.protocol, "chat");
    socket.echo("hello");
    socket.echo_bytes(vec![7; 1024 * 1024]);
    let mut of_shell = carried
        .open("/ws/", &cookies, &[("origin", SHELL)])
        .unwrap();
    of_shell.echo("from another page that may");
    let mut kept = carried.open("/kept/", &cookies, &[]).unwrap();
    kept.echo("from a program");
    let seen = carried.sockets.seen();
    assert_eq!(header(&seen[0], "cookie"), ["theirs=1"]);
    assert_eq!(header(&seen[0], "host"), [carried.sockets.authority()]);
    assert_eq!(header(&seen[2], "host"), [HOST]);
    let user = ["a11ce000-0000-4000-8000-000000000001"];
    assert_eq!(header(&seen[0], "x-auth-request-user"), user);
    assert_eq!(header(&seen[0], "x-forwarded-host"), [HOST]);
    socket.echo("still there");
    carried
        .stack
        .proxy
        .line_with(&["\"event\":\"app\"", "\"outcome\":\"opened\""]);
    drop(socket);
    carried
        .stack
        .proxy
        .line_with(&["\"event\":\"app\"", "\"status\":101"]);
}

/// A page of another site in alice's browser, which sends her cookie.
fn a_websocket_is_for_nobody_else(front: Front) {
    let carried = Carried::by(front);
    let alice = carried.alice();
    let cookie = cookie(&alice);
    for (path, cookie, origin, status) in [
        ("/ws/", cookie.as_str(), "https://evil.example", 403),
        ("/ws/", &cookie, "null", 403),
        ("/ws/", &cookie, "http://localhost", 403),
        ("/kept/", &cookie, SHELL, 403),
        ("/closed/", &cookie, ORIGIN, 403),
        ("/ws/", "", ORIGIN, 401),
        ("/ws/", "proxy_session_app=1.abcdef.AAAA", ORIGIN, 401),
        ("/ws/../", &cookie, ORIGIN, 400),
    ] {
        let refused = carried.open(path, cookie, &[("origin", origin)]);
        assert_eq!(
            refused.err().map(|(status, _)| status),
            Some(status),
            "{path} {origin}"
        );
    }
    assert!(carried.sockets.seen().is_empty());
}

fn who_signs_out_has_no_websocket_any_more(front: Front) {
    let carried = Carried::by(front);
    let (mut alice, other) = (carried.alice(), carried.alice());
    let open = |browser: &Browser| {
        let cookie = cookie(browser);
        carried
            .open("/ws/", &cookie, &[("origin", ORIGIN)])
            .unwrap()
    };
    let (mut hers, mut others) = (open(&alice), open(&other));
    hers.echo("before");
    let mut events = carried.sends("GET /events", &cookie(&alice), b"");
    assert!(events.head().starts_with("HTTP/1.1 200 "));
    let link = [
        ("sec-fetch-site", "same-origin"),
        ("sec-fetch-mode", "navigate"),
        ("sec-fetch-dest", "document"),
    ];
    assert_eq!(alice.send("GET", "/oauth2/sign_out", &link, "").status, 200);
    hers.wait_for_end();
    let mut buffer = [0; 1024];
    while events.read(&mut buffer) > 0 {}
    // Another sign-in of the same user is independent.
    others.echo("after");
    // The carrier writes the line.
    let carrier = carried.tunnel.as_ref().map(|tunnel| &tunnel.process);
    let carrier = carrier.unwrap_or(&carried.stack.proxy);
    carrier.line_with(&["\"event\":\"app\"", "\"session_ended\""]);
}

fn bodies_are_the_apps_in_both_directions(front: Front) {
    let carried = Carried::by(front);
    let cookie = cookie(&carried.alice());
    let request = format!("POST /upload\ncontent-length: {LARGE}\r\n");
    let uploaded = carried.sends(&request, &cookie, &vec![b'x'; LARGE]).hear();
    assert_eq!(uploaded.json()["bytes"], LARGE.to_string());
    let downloaded = carried.sends("GET /large", &cookie, b"").hear();
    assert_eq!((downloaded.status(), downloaded.rest.len()), (200, LARGE));
    let cut = carried.sends("GET /cut", &cookie, b"").hear();
    assert!(!cut.is_whole() && cut.rest == b"half", "{}", cut.text());
    let head = carried.sends("HEAD /large", &cookie, b"").hear();
    assert_eq!(
        (head.header("content-length"), head.rest.len()),
        ("1000", 0)
    );
    let part = carried
        .sends("GET /file\nrange: bytes=0-4\r\n", &cookie, b"")
        .hear();
    assert_eq!((part.status(), part.rest.as_slice()), (206, &b"hello"[..]));
    assert_eq!(part.header("content-range"), "bytes 0-4/10");

    let mut wire = carried.sends("GET /events", &cookie, b"");
    assert!(wire.head().starts_with("HTTP/1.1 200 "));
    let mut events = String::new();
    // The app writes its last event only now: nothing delayed the first.
    wire.until("data: first", &mut events);
    carried.go_on.send(()).unwrap();
    wire.until("data: last", &mut events);
    assert!(carried.app.seen().len() > 5);
}

/// Many requests of two users at once, over kept connections.
fn nobody_gets_anothers_answer(front: Front) {
    const REQUESTS: usize = 60;
    let carried = Carried::by(front);
    let alices: Vec<Browser> = (0..3).map(|_| carried.alice()).collect();
    std::thread::scope(|scope| {
        for (number, alice) in alices.into_iter().enumerate() {
            let mut browser = alice.afresh();
            scope.spawn(move || {
                for times in 0..REQUESTS {
                    let body = "x".repeat(1 + number * REQUESTS + times);
                    let answer = browser.send("POST", "/", &[], &body);
                    let expected = body.len().to_string();
                    assert_eq!(answer.json()["bytes"], expected, "{answer:?}");
                }
            });
        }
    });
}

/// Its certificate is from a private authority.
fn an_app_over_tls_has_to_be_the_one_that_is_meant(front: Front) {
    for is_trusted in [true, false] {
        let certificates = Certificates::make();
        let app = ApiServer::over_tls(&certificates, |_, asker| asker.json("200 OK", "{}"));
        let upstreams = json!([{ "host": HOST, "url": app.url(), "public": ["/"] }]).to_string();
        let shared = [
            ("UPSTREAMS", upstreams.as_str()),
            ("TUNNEL_TOKEN", TUNNEL_TOKEN),
        ];
        let mut builder = Builder::default().setting("UPSTREAM_ORIGIN1", app.url());
        for (name, value) in shared {
            builder = builder.setting(name, value);
        }
        if is_trusted && front == Front::Serve {
            builder = builder.trusting("127.0.0.1", certificates.authority());
        }
        let stack = builder.start();
        let authority = certificates.authority();
        let file = ("UPSTREAMS_CA_FILE", authority.to_str().unwrap());
        let settings = match is_trusted {
            true => [&shared[..], &[file]].concat(),
            false => shared.to_vec(),
        };
        let tunnel = (front == Front::Tunnel)
            .then(|| Replica::tunnel(free_port(), &stack.origin, &settings, None));
        let origin = tunnel.as_ref().map_or(&*stack.origin, Replica::origin);
        let mut wire = Wire::to(origin);
        wire.send(format!(
            "GET / HTTP/1.1\r\nhost: {HOST}\r\nconnection: close\r\n\r\n"
        ));
        let status = wire.hear().status();
        assert_eq!(status, if is_trusted { 200 } else { 503 });
        assert_eq!(app.seen().len(), usize::from(is_trusted));
    }
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

#[test]
fn bodies_are_the_apps_in_both_directions_by_serve() {
    bodies_are_the_apps_in_both_directions(Front::Serve);
}

#[test]
fn bodies_are_the_apps_in_both_directions_by_the_tunnel() {
    bodies_are_the_apps_in_both_directions(Front::Tunnel);
}

#[test]
fn nobody_gets_anothers_answer_by_serve() {
    nobody_gets_anothers_answer(Front::Serve);
}

#[test]
fn nobody_gets_anothers_answer_by_the_tunnel() {
    nobody_gets_anothers_answer(Front::Tunnel);
}

#[test]
fn an_app_over_tls_has_to_be_the_one_that_is_meant_by_serve() {
    an_app_over_tls_has_to_be_the_one_that_is_meant(Front::Serve);
}

#[test]
fn an_app_over_tls_has_to_be_the_one_that_is_meant_by_the_tunnel() {
    an_app_over_tls_has_to_be_the_one_that_is_meant(Front::Tunnel);
}
