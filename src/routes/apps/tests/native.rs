//! What native carriers are told of requests to apps.

use super::*;
use crate::session::end;
use crate::session::streams::{Holder, take};

const TUNNEL_TOKEN: &str = "the-tunnels-own-0123456789abcdef";
const OWN: &str = "https://podinfo.example.com";

/// A proxy whose requests are carried by native code.
pub(super) struct Native {
    pub(super) proxy: Proxy,
    pub(super) cookie: String,
}

impl Native {
    pub(super) fn new(fields: Value) -> Self {
        Self::with(fields, &[])
    }

    fn with(fields: Value, settings: &[(&str, &str)]) -> Self {
        let proxy = Proxy::new(fields);
        for (name, value) in [&[("tunnel_token", TUNNEL_TOKEN)], settings].concat() {
            let setting = (name.to_owned(), value.to_owned());
            proxy.world.variables.borrow_mut().extend([setting]);
        }
        let cookie = proxy.sign_in();
        Self { proxy, cookie }
    }

    /// What the carrier is told.
    pub(super) fn says(&self, message: &Value) -> Value {
        let function = ("function".to_owned(), "tunnel".to_owned());
        self.proxy.world.variables.borrow_mut().extend([function]);
        let body = message.to_string().into_bytes();
        self.proxy.world.body.replace(Some(body));
        let bearer = format!("Bearer {TUNNEL_TOKEN}");
        let mut headers = HeaderMap::new();
        headers.insert("authorization", bearer.parse().unwrap());
        let request = Request {
            method: Method::POST,
            target: "/-/tunnel".to_owned(),
            authority: "localhost".to_owned(),
            headers,
        };
        let told = run(dispatch::respond(&self.proxy.world, request)).unwrap();
        serde_json::from_slice(told.body()).unwrap_or(Value::Null)
    }

    /// What is decided on `GET target` at `host` with these headers.
    fn open(&self, plain: bool, host: &str, target: &str, headers: &[(&str, &str)]) -> Value {
        let host = [("host", host)];
        let headers = [&host[..], headers].concat();
        self.says(&json!({ "open": {
            "method": "GET", "target": format!("/-/apps{target}"), "headers": headers,
            "client": "192.0.2.7:4711", "plain": plain,
        }}))
    }

    /// The same on a WebSocket of a person who is signed in, with these headers instead of those of the same
    /// names.
    fn websocket(&self, headers: &[(&str, &str)]) -> Value {
        let usual = [
            ("cookie", self.cookie.as_str()),
            ("origin", OWN),
            ("connection", "Upgrade"),
            ("upgrade", "websocket"),
            ("sec-fetch-mode", "websocket"),
            ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
            ("sec-websocket-version", "13"),
        ];
        let is_other = |(name, _): &&(&str, &str)| !headers.iter().any(|(other, _)| other == name);
        let kept: Vec<_> = usual.iter().filter(is_other).copied().collect();
        // An empty one is none.
        let given = headers.iter().filter(|(_, value)| !value.is_empty());
        self.open(
            false,
            APP,
            "/ws?a=b",
            &[&kept[..], &given.copied().collect::<Vec<_>>()].concat(),
        )
    }

    /// The same on a plain request of that person.
    fn plain(&self, headers: &[(&str, &str)]) -> Value {
        let cookie = [("cookie", self.cookie.as_str())];
        self.open(true, APP, "/page", &[&cookie[..], headers].concat())
    }

    fn look(&self, ticket: &Value, stage: &str) -> Value {
        self.says(&json!({ "look": { "ticket": ticket, "stage": stage } }))
    }

    /// Alice signs out.
    fn sign_out(&self) {
        self.proxy.world.store.borrow_mut().clear();
    }
}

fn ticket(told: &Value) -> &Value {
    let ticket = &told["connect"]["ticket"];
    assert!(ticket.is_string(), "{told}");
    ticket
}

/// Status and kind of the problem in an answer for a program.
pub(super) fn told(answer: &Value) -> (u16, String) {
    let answer = &answer["answer"];
    let document: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
    let kind = document["type"].as_str().unwrap().rsplit(':').next();
    let status = answer["status"].as_u64().unwrap();
    (u16::try_from(status).unwrap(), kind.unwrap().to_owned())
}

fn header<'a>(headers: &'a Value, name: &str) -> Vec<&'a str> {
    let headers = headers.as_array().unwrap().iter();
    headers
        .filter(|header| header[0] == name)
        .map(|header| header[1].as_str().unwrap())
        .collect()
}

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
    // A browser that hides where it comes from is no program.
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
    // It is no navigation, whatever it says.
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

#[test]
fn a_request_that_leads_to_no_app_is_carried_nowhere() {
    let native = Native::new(json!({}));
    let cookie = native.cookie.clone();
    let headers = [("cookie", cookie.as_str()), ("origin", OWN)];
    for plain in [true, false] {
        let open = |host: &str, target: &str| told(&native.open(plain, host, target, &headers));
        for host in ["auth.example.com", "elsewhere.example", ""] {
            let (status, _) = open(host, "/");
            assert!([400, 404].contains(&status), "{host} {status}");
        }
        for target in ["/a/../b", "/a%2fb", "//x", "/a;b"] {
            assert_eq!(
                open(APP, target),
                problem(400, "ambiguous-path"),
                "{target}"
            );
        }
    }
    assert_eq!(native.proxy.count(), 0);
}

#[test]
fn a_plain_request_is_decided_on_as_the_components_own_carrier_has_it() {
    let native = Native::new(json!({ "path": "/page", "rewrite": "/", "max_body_bytes": 5 }));
    let told = native.plain(&[("range", "bytes=0-9")]);
    let connect = &told["connect"];
    assert_eq!(connect["target"], "/");
    assert_eq!(
        (&connect["location_prefix"], &connect["location_base"]),
        (&json!("/page"), &json!(""))
    );
    assert_eq!(header(&connect["headers"], "range"), ["bytes=0-9"]);
    assert!(connect["cookies"].as_array().unwrap().len() > 1);
    let plain = &connect["plain"];
    assert_eq!(plain["body"]["most"], 5);
    assert_eq!(plain["looks"], json!({ "every": 5000, "patience": 45000 }));
    // No other user's answer is on its connection at the same time.
    assert_eq!(
        (&plain["events"], &plain["apart"]),
        (&json!(false), &json!(true))
    );
    assert_eq!(plain["holds_place"], false);
    let audit = &plain["audit"];
    assert_eq!(
        (&audit["event"], &audit["route"]),
        (&json!("app"), &json!("apps"))
    );
    assert_eq!(
        (&audit["app"], &audit["method"]),
        (&json!(APP), &json!("GET"))
    );
    assert!(audit["session"].is_string(), "{audit}");
    assert!(
        native.proxy.world.lines.borrow().is_empty(),
        "its carrier writes the line"
    );
}

#[test]
fn an_app_gets_the_host_that_was_asked_for_from_native_code_alone() {
    let native = Native::new(json!({ "keep_host": true }));
    assert_eq!(native.plain(&[])["connect"]["host"], APP);
    assert_eq!(native.websocket(&[])["connect"]["host"], APP);
    let function = ("function".to_owned(), "apps".to_owned());
    native.proxy.world.variables.borrow_mut().extend([function]);
    let told = native.proxy.get("/", &[]);
    assert_eq!(told.problem(), problem(501, "app-keeps-host"));
}

#[test]
fn what_is_not_carried_is_answered_as_without_a_native_carrier() {
    let native = Native::new(json!({}));
    let answer = native.open(true, APP, "/page?a=b", &NAVIGATION);
    let answer = &answer["answer"];
    assert_eq!(answer["status"], 302);
    let location = header(&answer["headers"], "location");
    assert_eq!(
        location,
        ["https://podinfo.example.com/oauth2/start?rd=%2Fpage%3Fa%3Db"]
    );
    assert!(header(&answer["headers"], "vary")[0].contains("Cookie"));
    assert_eq!(
        told(&native.open(true, APP, "/page", &[])),
        problem(401, "no-app-session")
    );
    let half = native.plain(&[("sec-websocket-key", "x")]);
    assert_eq!(told(&half), problem(501, "app-upgrade"));
    // To a browser it is a page, in its language.
    let accepts = [("accept", "text/html"), ("cookie", "proxy_language=de")];
    let page = native.open(true, APP, "/a/../b", &accepts);
    let page = page["answer"]["body"].as_str().unwrap();
    assert!(page.contains("<html lang=\"de\""), "{page}");
}

#[test]
fn what_lasts_ends_with_the_sign_in() {
    let native = Native::new(json!({}));
    let (socket, plain) = (native.websocket(&[]), native.plain(&[]));
    for _ in 0..3 {
        native.proxy.world.pass(5);
        assert_eq!(native.look(ticket(&socket), "answered")["go_on"], true);
        assert_eq!(native.look(ticket(&plain), "answered")["go_on"], true);
    }
    native.sign_out();
    assert_eq!(
        native.look(ticket(&socket), "answered"),
        json!({ "go_on": false })
    );
    let ended = native.look(ticket(&plain), "answered");
    assert_eq!(ended, json!({ "go_on": false, "outcome": "session_ended" }));
    let waiting = native.look(ticket(&plain), "waiting");
    assert_eq!(told(&waiting), problem(401, "no-app-session"));
    let body = waiting["answer"]["body"].as_str().unwrap();
    assert!(body.contains("rd=%2Fpage"), "{body}");
}

#[test]
fn what_everybody_may_ask_for_costs_the_store_nothing() {
    let native = Native::new(json!({ "public": ["/ws", "/page"] }));
    let nobody = [("cookie", "")];
    let before = (
        native.proxy.world.reads.get(),
        native.proxy.world.writes.get(),
    );
    let socket = native.websocket(&nobody);
    let plain = native.open(true, APP, "/page", &[]);
    for told in [&socket, &plain] {
        for stage in ["sending", "waiting", "answered"] {
            assert_eq!(
                native.look(ticket(told), stage),
                json!({ "go_on": true }),
                "{stage}"
            );
        }
    }
    let after = (
        native.proxy.world.reads.get(),
        native.proxy.world.writes.get(),
    );
    assert_eq!(before, after);
}

/// The places are those of the person, not those at the API server, and not of each app.
#[test]
fn a_person_has_so_many_requests_that_last() {
    let native = Native::with(json!({}), &[("upstreams_max_streams", "1")]);
    let socket = native.websocket(&[]);
    let full = problem(429, "app-too-many-streams");
    assert_eq!(told(&native.websocket(&[])), full);
    let upload = [("content-length", "100000")];
    assert_eq!(told(&native.plain(&upload)), full);
    let plain = native.plain(&[]);
    assert_eq!(native.look(ticket(&plain), "sending")["go_on"], false);
    assert_eq!(told(&native.look(ticket(&plain), "waiting")), full);
    let ended = native.look(ticket(&plain), "answered");
    assert_eq!(ended["outcome"], "too_many_streams");
    let records = native.proxy.records();
    let kubernetes = Holder::person(&alice());
    assert!(run(take(&records, &kubernetes, 1)).ok().unwrap().is_some());
    native.says(&json!({ "closed": {
        "ticket": ticket(&socket), "status": 101, "sent": 5, "received": 7, "milliseconds": 9,
    }}));
    let line = native.proxy.line();
    for (name, value) in [
        ("status", 101),
        ("sent", 5),
        ("received", 7),
        ("milliseconds", 9),
    ] {
        assert_eq!(line[name], value, "{line}");
    }
    assert_eq!(
        (&line["event"], &line["outcome"]),
        (&json!("app"), &json!("ok"))
    );
    let upload = native.plain(&upload);
    assert_eq!(upload["connect"]["plain"]["holds_place"], true);
    assert_eq!(told(&native.websocket(&[])), full);
}

#[test]
fn why_there_is_no_answer_is_told_as_the_client_wants_it() {
    let native = Native::new(json!({ "max_body_bytes": 5 }));
    let failed = |headers: &[(&str, &str)], fault: Value| {
        let told = native.plain(headers);
        native.says(&json!({ "failed": { "ticket": ticket(&told), "fault": fault } }))
    };
    for (fault, status, kind) in [
        (json!("body_too_long"), 413, "body-too-large"),
        (json!("body_cut_off"), 400, "body-cut-off"),
        (json!({ "unreachable": "refused" }), 503, "app-unreachable"),
        (json!("silent"), 504, "app-silent"),
    ] {
        assert_eq!(told(&failed(&[], fault)), problem(status, kind));
        let line = native.proxy.line();
        assert_eq!(
            (&line["outcome"], &line["route"]),
            (&json!(kind), &json!("apps"))
        );
    }
    let page = failed(
        &[("accept", "text/html"), ("accept-language", "de")],
        json!("silent"),
    );
    let page = page["answer"]["body"].as_str().unwrap().to_owned();
    assert!(page.contains("<html lang=\"de\""), "{page}");
    let forged = json!({ "failed": { "ticket": "app.AAAA", "fault": "silent" } });
    assert_eq!(told(&native.says(&forged)), problem(504, "app-silent"));
}

/// A ticket opens nothing of the other kind, whatever it is called.
#[test]
fn a_ticket_is_of_one_kind() {
    let native = Native::new(json!({}));
    let socket = native.websocket(&[]);
    let text = ticket(&socket).as_str().unwrap();
    let bare = json!(text.strip_prefix("app.").unwrap());
    let nothing = json!({ "go_on": false });
    assert_eq!(native.look(&bare, "answered"), nothing);
    assert_eq!(
        native.look(&json!(format!("app.{text}")), "answered"),
        nothing
    );
    assert_eq!(native.look(&json!("app."), "answered"), nothing);
    assert_eq!(native.look(ticket(&socket), "answered")["go_on"], true);
}

#[test]
fn many_are_looked_at_together_whatever_they_are_for() {
    let native = Native::new(json!({}));
    let (one, other) = (native.websocket(&[]), native.plain(&[]));
    let ask = |ticket: &Value| json!({ "ticket": ticket });
    let unknown = json!("AAAA");
    let asks = [
        ask(&unknown),
        ask(ticket(&one)),
        ask(&unknown),
        ask(ticket(&other)),
    ];
    let (go_on, stop) = (true, false);
    let looked = |asks: &[Value]| -> Vec<bool> {
        let told = native.says(&json!({ "look_all": asks }));
        let told = told.as_array().unwrap().clone();
        told.iter()
            .map(|told| told["go_on"].as_bool().unwrap())
            .collect()
    };
    assert_eq!(looked(&asks), [stop, go_on, stop, go_on]);
    // Those of one sign-in cost what one of them costs, once they have their places.
    let reads = |asks: &[Value]| {
        let before = native.proxy.world.reads.get();
        looked(asks);
        native.proxy.world.reads.get() - before
    };
    let socket = ask(ticket(&one));
    let (once, often) = (
        reads(std::slice::from_ref(&socket)),
        reads(&vec![socket.clone(); 5]),
    );
    assert_eq!(once, often);
    native.proxy.world.store_is_down.set(true);
    let away = native.says(&json!({ "look_all": [ask(ticket(&one)), ask(ticket(&other))] }));
    assert_eq!(away, json!([null, null]));
}

/// A 401 of an app is between the app and its client.
#[test]
fn an_apps_own_401_goes_to_its_client() {
    let native = Native::new(json!({}));
    let told = native.plain(&[]);
    let refused = native.says(&json!({ "refused": {
        "ticket": ticket(&told), "challenges": ["Basic"],
        "open": { "method": "GET", "target": "/-/apps/page", "headers": [], "plain": true },
    }}));
    assert_eq!(refused, json!({ "pass": {} }));
}

/// What signs somebody out of everything ends their WebSockets too.
#[test]
fn a_sign_out_elsewhere_ends_what_lasts() {
    let native = Native::new(json!({}));
    let socket = native.websocket(&[]);
    let records = native.proxy.records();
    let name = native.cookie.split_once('=').unwrap().1;
    let handle = crate::session::Handle::<AppRecord>::parse(name).unwrap();
    let app = run(crate::session::find(&records, handle))
        .ok()
        .unwrap()
        .unwrap();
    run(end(&records, &app.holder())).ok().unwrap();
    assert_eq!(
        native.look(ticket(&socket), "answered"),
        json!({ "go_on": false })
    );
}
