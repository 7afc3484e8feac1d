//! The decisions for native carriers on requests to apps.

use super::*;

const TUNNEL_TOKEN: &str = "the-tunnels-own-0123456789abcdef";
pub(super) const OWN: &str = "https://podinfo.example.com";

/// A proxy whose requests native code carries.
pub(super) struct Native {
    pub(super) proxy: Proxy,
    pub(super) cookie: String,
}

impl Native {
    pub(super) fn new(fields: Value) -> Self {
        Self::with(fields, &[])
    }

    pub(super) fn with(fields: Value, settings: &[(&str, &str)]) -> Self {
        let proxy = Proxy::new(fields);
        for (name, value) in [&[("tunnel_token", TUNNEL_TOKEN)], settings].concat() {
            let setting = (name.to_owned(), value.to_owned());
            proxy.world.variables.borrow_mut().extend([setting]);
        }
        let cookie = proxy.sign_in();
        Self { proxy, cookie }
    }

    /// The answer to a message of the carrier.
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

    /// The decision on `GET target` at `host` with these headers.
    pub(super) fn open(
        &self,
        plain: bool,
        host: &str,
        target: &str,
        headers: &[(&str, &str)],
    ) -> Value {
        let host = [("host", host)];
        let headers = [&host[..], headers].concat();
        self.says(&json!({ "open": {
            "method": "GET", "target": format!("/-/apps{target}"), "headers": headers,
            "client": "192.0.2.7:4711", "plain": plain,
        }}))
    }

    /// The same for a WebSocket of a signed-in user. `headers` replace those of the same names.
    pub(super) fn websocket(&self, headers: &[(&str, &str)]) -> Value {
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
        // An empty header is left out.
        let given = headers.iter().filter(|(_, value)| !value.is_empty());
        self.open(
            false,
            APP,
            "/ws?a=b",
            &[&kept[..], &given.copied().collect::<Vec<_>>()].concat(),
        )
    }

    /// The same for a plain request of that user.
    pub(super) fn plain(&self, headers: &[(&str, &str)]) -> Value {
        let cookie = [("cookie", self.cookie.as_str())];
        self.open(true, APP, "/page", &[&cookie[..], headers].concat())
    }

    pub(super) fn look(&self, ticket: &Value, stage: &str) -> Value {
        self.says(&json!({ "look": { "ticket": ticket, "stage": stage } }))
    }

    /// Alice signs out.
    pub(super) fn sign_out(&self) {
        self.proxy.world.store.borrow_mut().clear();
    }
}

pub(super) fn ticket(told: &Value) -> &Value {
    let ticket = &told["connect"]["ticket"];
    assert!(ticket.is_string(), "{told}");
    ticket
}

/// Status and problem type of an answer for a program.
pub(super) fn told(answer: &Value) -> (u16, String) {
    let answer = &answer["answer"];
    let document: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
    let kind = document["type"].as_str().unwrap().rsplit(':').next();
    let status = answer["status"].as_u64().unwrap();
    (u16::try_from(status).unwrap(), kind.unwrap().to_owned())
}

pub(super) fn header<'a>(headers: &'a Value, name: &str) -> Vec<&'a str> {
    let headers = headers.as_array().unwrap().iter();
    headers
        .filter(|header| header[0] == name)
        .map(|header| header[1].as_str().unwrap())
        .collect()
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
    // No other user's answer shares its connection.
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
    // For a browser it is a page in its language.
    let accepts = [("accept", "text/html"), ("cookie", "proxy_language=de")];
    let page = native.open(true, APP, "/a/../b", &accepts);
    let page = page["answer"]["body"].as_str().unwrap();
    assert!(page.contains("<html lang=\"de\""), "{page}");
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

/// An app's own 401 is for its client.
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
