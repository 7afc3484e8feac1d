//! Apps behind native code, and what tests ask of them.

use std::io;
use std::sync::Mutex;
use std::sync::mpsc::{Sender, channel};

use e2e::{
    ApiServer, Asker, Browser, Builder, Replica, Seen, Socket, SocketApp, Stack, TUNNEL_TOKEN,
    Wire, free_port,
};
use serde_json::json;

/// Where people reach the apps.
pub(super) const HOST: &str = "podinfo.apps.localhost";
pub(super) const ORIGIN: &str = "http://podinfo.apps.localhost";
pub(super) const SHELL: &str = "https://shell.example.com";
/// The bytes of a large body.
pub(super) const LARGE: usize = 24 * 1024 * 1024;

/// Who is in front of the component.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Front {
    Serve,
    Tunnel,
}

/// What a WebSocket is opened by: an upgrade, or an extended CONNECT (RFC 8441).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Over {
    Http1,
    Http2,
}

impl Over {
    pub(super) const BOTH: [Self; 2] = [Self::Http1, Self::Http2];
}

/// Two apps at one host: below `/ws` one of WebSockets, and one that tells what it has got. That one's
/// `/events` sends an event, and another one once the test has had the first; `/large` sends a large body.
pub(super) struct Carried {
    pub(super) stack: Stack,
    pub(super) tunnel: Option<Replica>,
    pub(super) sockets: SocketApp,
    pub(super) app: ApiServer,
    pub(super) go_on: Sender<()>,
}

impl Carried {
    pub(super) fn by(front: Front) -> Self {
        let (app, go_on) = app();
        Self::with(front, app, go_on)
    }

    /// With an app that answers as the test says.
    pub(super) fn playing(
        front: Front,
        answer: impl Fn(&Seen, &mut Asker) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        let (nobody, _) = channel();
        Self::with(front, ApiServer::start(answer), nobody)
    }

    fn with(front: Front, app: ApiServer, go_on: Sender<()>) -> Self {
        let sockets = SocketApp::start();
        let upstreams = json!([
            { "host": HOST, "path": "/ws", "url": sockets.url(), "websocket_origins": [SHELL],
              "public": ["/ws/public"] },
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

    /// Where what is in front listens.
    pub(super) fn origin(&self) -> &str {
        self.tunnel
            .as_ref()
            .map_or(&self.stack.origin, Replica::origin)
    }

    /// A browser at the apps in which alice is signed in.
    pub(super) fn alice(&self) -> Browser {
        let mut browser = self.stack.browser_at(self.origin()).html();
        browser.headers.push(("host".to_owned(), HOST.to_owned()));
        let page = self.stack.open_app(&mut browser, HOST, "/");
        assert_eq!(page.status, 200, "{page:?}");
        browser
    }

    pub(super) fn open(
        &self,
        over: Over,
        path: &str,
        cookie: &str,
        headers: &[(&str, &str)],
    ) -> Result<Socket, (u16, String)> {
        let headers = [&[("cookie", cookie)], headers].concat();
        match over {
            Over::Http1 => Socket::open(self.origin(), HOST, path, &headers),
            Over::Http2 => Socket::open_over_http2(self.origin(), HOST, path, &headers),
        }
    }

    /// A connection on which `request` was sent, with this cookie.
    pub(super) fn sends(&self, request: &str, cookie: &str, body: &[u8]) -> Wire {
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

pub(super) fn cookie(alice: &Browser) -> String {
    let pairs = alice.cookies.iter();
    let pairs: Vec<_> = pairs
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    pairs.join("; ")
}

pub(super) fn header<'a>(headers: &'a [(String, String)], name: &str) -> Vec<&'a str> {
    let found = headers.iter().filter(|(other, _)| other == name);
    found.map(|(_, value)| value.as_str()).collect()
}
