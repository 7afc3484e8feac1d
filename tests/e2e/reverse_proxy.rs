//! An app to which the proxy itself carries requests.

use std::sync::Mutex;
use std::sync::mpsc::{Sender, channel};

use e2e::{ApiServer, Browser, Builder, Response, Stack, Wire};
use serde_json::json;

/// The app's host.
const HOST: &str = "podinfo.apps.localhost";

/// A proxy, and an app that shows its requests. `/events` sends one event, and another once the test has the
/// first.
struct Behind {
    stack: Stack,
    app: ApiServer,
    go_on: Sender<()>,
}

impl Behind {
    /// An upstream with these fields, besides host and address.
    fn proxy(fields: &serde_json::Value) -> Self {
        let (go_on, had) = channel();
        let had = Mutex::new(had);
        let app = ApiServer::start(move |seen, asker| {
            if seen.line().starts_with("GET /events") {
                let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n";
                asker.write(format!("{head}connection: close\r\n\r\ndata: first\n\n"))?;
                let _ = had.lock().unwrap().recv();
                return asker.last("data: last\n\n");
            }
            let told = json!({ "head": seen.head, "body": String::from_utf8_lossy(&seen.body) });
            let told = told.to_string();
            let length = told.len();
            let head = "HTTP/1.1 200 OK\r\nset-cookie: theirs=1; Path=/\r\nset-cookie: proxy_session_app=x; Path=/\r\n";
            asker.write(format!("{head}content-length: {length}\r\n\r\n{told}"))
        });
        let mut upstream = json!({ "host": HOST, "url": app.url() });
        for (name, value) in fields.as_object().unwrap() {
            upstream[name] = value.clone();
        }
        let upstreams = json!([upstream]).to_string();
        let stack = Builder::default().setting("UPSTREAMS", &upstreams).start();
        Self { stack, app, go_on }
    }

    /// Opens a page of the app in the browser `app`. `user` signs in, if the same browser has no session at the
    /// proxy, where it is called `own`.
    fn opens(&self, app: &mut Browser, own: &mut Browser, user: &str) -> Response {
        let start = app.get("/page");
        let to_proxy = app.get(start.location());
        let mut answer = own.get(to_proxy.location());
        if answer.location().starts_with("/login?") {
            let entra = own.get(answer.location());
            let callback = self.stack.at_entra(entra.location(), user, "");
            let back = own.get(callback.location());
            answer = own.get(back.location());
        }
        let ticket = app.get(answer.location());
        app.get(ticket.location())
    }

    /// A user's browser at the app, without any cookie.
    fn browser(&self) -> Browser {
        let mut browser = self.stack.browser().html();
        browser.headers.push(("host".to_owned(), HOST.to_owned()));
        browser
    }
}

/// GHSA-f24x-5g9q-753f: a sign-in as somebody else ends the one before, at apps too.
#[test]
fn ghsa_f24x_5g9q_753f_a_new_sign_in_ends_the_old_one() {
    let behind = Behind::proxy(&json!({}));
    let (mut app, mut own) = (behind.browser(), behind.stack.browser().html());
    let user = |page: &Response| page.json()["head"].as_str().unwrap().to_owned();
    let alices = user(&behind.opens(&mut app, &mut own, "alice"));
    assert!(
        alices.contains("x-auth-request-user: a11ce000-"),
        "{alices}"
    );

    behind.stack.sign_in(&mut own, "bob");
    let mut old = app.clone();
    old.headers.retain(|(name, _)| name == "host");
    for target in ["/page", "/oauth2/auth", "/oauth2/userinfo"] {
        assert_eq!(old.get(target).status, 401, "{target}");
    }
    let bobs = user(&behind.opens(&mut app, &mut own, "nobody is asked"));
    assert!(bobs.contains("x-auth-request-user: b0b00000-"), "{bobs}");
}

#[test]
fn a_person_signs_in_and_uses_an_app_as_if_nothing_were_between() {
    let behind = Behind::proxy(&json!({ "public": ["/healthz"] }));
    let mut alice = behind.browser();
    let page = behind.stack.open_app(&mut alice, HOST, "/login?a=b&c=%26d");
    assert_eq!(page.status, 200, "{page:?}");
    let head = page.json()["head"].as_str().unwrap().to_owned();
    let says = |what: &str| assert!(head.contains(what), "{what}: {head}");
    says("GET /login?a=b&c=%26d HTTP/1.1\r\n");
    says("x-auth-request-user: a11ce000-0000-4000-8000-000000000001\r\n");
    says("x-forwarded-host: podinfo.apps.localhost\r\n");
    assert!(!head.contains("proxy_session"), "{head}");
    // The app's own cookie was kept, and ours was unchanged.
    assert_eq!(alice.cookies["theirs"], "1");
    assert_ne!(alice.cookies["proxy_session_app"], "x");

    let form = alice.send(
        "POST",
        "/",
        &[("x-auth-request-user", "root")],
        "name=value",
    );
    assert_eq!(form.json()["body"], "name=value");
    let head = form.json()["head"].as_str().unwrap().to_owned();
    assert!(
        head.contains("cookie: theirs=1\r\n") && !head.contains("root"),
        "{head}"
    );

    let cookie = format!("proxy_session_app={}", alice.cookies["proxy_session_app"]);
    let mut wire = Wire::to(&behind.stack.origin);
    wire.send(format!(
        "GET /events HTTP/1.1\r\nhost: {HOST}\r\nconnection: close\r\ncookie: {cookie}\r\n\r\n"
    ));
    assert!(wire.head().starts_with("HTTP/1.1 200 "));
    let mut events = String::new();
    // The app writes its last event only now: nothing delayed the first.
    wire.until("data: first", &mut events);
    behind.go_on.send(()).unwrap();
    wire.until("data: last", &mut events);

    let link = [
        ("sec-fetch-site", "same-origin"),
        ("sec-fetch-mode", "navigate"),
        ("sec-fetch-dest", "document"),
    ];
    assert_eq!(alice.send("GET", "/oauth2/sign_out", &link, "").status, 200);
    assert_eq!(alice.get("/login").status, 302);
    assert_eq!(behind.browser().get("/healthz").status, 200);
}

/// At the app's host everything is the app's, and at ours nothing is.
#[test]
fn a_stranger_gets_nowhere_at_the_apps_host_and_finds_our_pages_at_ours() {
    let behind = Behind::proxy(&json!({}));
    let send = |host: &str, target: &str, more: &str| {
        let mut wire = Wire::to(&behind.stack.origin);
        wire.send(format!(
            "GET {target} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n{more}\r\n"
        ));
        wire.hear().status()
    };
    for target in [
        "/",
        "/login",
        "/whoami",
        "/healthz",
        "/k8s/api",
        "/-/tunnel",
        "/-/apps/",
        "/assets",
    ] {
        assert_eq!(send(HOST, target, ""), 401, "{target}");
    }
    for target in ["/a/../b", "/a%2fb", "//oauth2/auth"] {
        assert_eq!(send(HOST, target, ""), 400, "{target}");
    }
    let websocket = "connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\
                     sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    assert_eq!(send(HOST, "/ws", websocket), 401);
    assert_eq!(send(HOST, "/ping", ""), 200);
    assert_eq!(send("localhost", "/-/apps/", ""), 404);
    assert_eq!(send("localhost", "/healthz", ""), 200);
    assert!(behind.app.seen().is_empty());
}
