//! Requests for apps: access, requests that are passed on, and answers.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may")]

mod advisories;
mod answers;
mod bearers;
mod conversations;
mod heads;
mod lasting;
mod native;
mod paths;
mod tokens;
mod websockets;
mod who;

use http::{HeaderMap, HeaderName, HeaderValue, Method, Request as HttpRequest, Response};
use serde_json::{Value, json};

use crate::carrier::conversations::answer;
use crate::dispatch;
use crate::platform::double::{World, run};
use crate::platform::{Clock, HttpError, Payload};
use crate::request::Request;
use crate::routes::oauth2::tests::{session, world};
use crate::session::app::{AppRecord, Scope, issue};
use crate::session::{Claims, Tokens};
use crate::store::{Keyring, Records};
use crate::terms::{Secret, User};

const APP: &str = "podinfo.example.com";
const OTHER: &str = "other.example.com";
const GROUP: &str = "6700d000-0000-4000-8000-000000000001";
/// The headers of a browser's navigation.
const NAVIGATION: [(&str, &str); 2] = [("accept", "text/html"), ("sec-fetch-mode", "navigate")];

/// A proxy with upstreams that all answer 200.
struct Proxy {
    world: World,
    keyring: Keyring,
}

impl Proxy {
    /// A proxy with one upstream that has these fields, besides host and address.
    fn new(fields: Value) -> Self {
        let mut upstream = json!({ "host": APP, "url": "http://podinfo.svc:9898" });
        let more = fields.as_object().unwrap().clone();
        upstream.as_object_mut().unwrap().extend(more);
        Self::with(&json!([upstream]), &[])
    }

    /// A proxy with these upstreams, whose addresses are all granted.
    fn with(upstreams: &Value, settings: &[(&str, &str)]) -> Self {
        let (world, keyring) = world(&[&[("function", "apps")], settings].concat());
        let proxy = Self { world, keyring };
        proxy.sets("upstreams", &upstreams.to_string());
        for (at, upstream) in upstreams.as_array().unwrap().iter().enumerate() {
            let slot = format!("upstream_origin{}", at + 1);
            proxy.sets(&slot, upstream["url"].as_str().unwrap());
        }
        proxy.world.serves(|_| answer(200, &[]));
        proxy
    }

    /// Changes a setting.
    fn sets(&self, name: &str, value: &str) {
        let (name, value) = (name.to_owned(), value.to_owned());
        self.world.variables.borrow_mut().insert(name, value);
    }

    fn records(&self) -> Records<'_, World> {
        Records {
            platform: &self.world,
            keyring: &self.keyring,
        }
    }

    /// Signs alice in at `host`, with these groups. Returns her cookie.
    fn sign_in_at(&self, host: &str, groups: &[String]) -> String {
        let claims = Claims {
            user: alice(),
            upn: Some("alice@contoso.example".to_owned()),
            groups: groups.to_vec(),
            roles: vec!["cluster-user".to_owned()],
            at: self.world.now(),
        };
        run(self.app_cookie(host, &claims))
    }

    fn sign_in(&self) -> String {
        self.sign_in_at(APP, &[GROUP.to_owned()])
    }

    async fn app_cookie(&self, host: &str, claims: &Claims) -> String {
        let records = self.records();
        let tokens = Tokens {
            refresh_token: Some(Secret::new("refresh")),
            ..Tokens::default()
        };
        let session = session(&records, claims, &tokens).await.record;
        let record = AppRecord {
            user: session.user,
            end: session.end,
            grant: session.grant,
            scope: Scope::Host(host.to_owned()),
        };
        let app = issue(&records, record, None).await.ok().unwrap().unwrap();
        let handle = app.handle.write(&self.keyring);
        format!("__Host-proxy_session_app={}", handle.reveal())
    }

    /// A request for `host`, as it arrives.
    fn ask_at(&self, host: &str, method: Method, target: &str, headers: &[(&str, &str)]) -> Told {
        let mut given = HeaderMap::new();
        for (name, value) in headers {
            let name = HeaderName::try_from(*name).unwrap();
            given.append(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        let request = Request {
            method,
            target: format!("/-/apps{target}"),
            authority: host.to_owned(),
            headers: given,
        };
        Told(run(dispatch::respond(&self.world, request)))
    }

    fn ask(&self, method: Method, target: &str, headers: &[(&str, &str)]) -> Told {
        self.ask_at(APP, method, target, headers)
    }

    /// `GET target` of a signed-in user, with further headers.
    fn get(&self, target: &str, headers: &[(&str, &str)]) -> Told {
        let cookie = self.sign_in();
        let headers = [&[("cookie", cookie.as_str())], headers].concat();
        self.ask(Method::GET, target, &headers)
    }

    /// The last request to an app.
    fn relayed(&self) -> HttpRequest<Payload> {
        self.world.relayed.borrow().last().unwrap().clone()
    }

    /// The address of the last request.
    fn address(&self) -> String {
        self.relayed().uri().to_string()
    }

    /// The number of requests to apps.
    fn count(&self) -> usize {
        self.world.relayed.borrow().len()
    }

    /// The head of an app's last answer, as its client got it.
    fn begun(&self) -> Response<()> {
        self.world.begun.borrow_mut().pop().unwrap()
    }

    /// The last line of the log.
    fn line(&self) -> Value {
        let lines = self.world.lines.borrow();
        serde_json::from_str(lines.last().unwrap()).unwrap()
    }
}

/// A client's answer; `None` where the app's was carried.
struct Told(Option<Response<Vec<u8>>>);

impl Told {
    fn is_carried(&self) -> bool {
        self.0.is_none()
    }

    /// Status and problem type; 0 where the app's answer was carried.
    fn problem(&self) -> (u16, String) {
        let Some(response) = &self.0 else {
            return (0, String::new());
        };
        let document: Value = serde_json::from_slice(response.body()).unwrap_or_default();
        let kind = document["type"].as_str().unwrap_or_default();
        let kind = kind.rsplit(':').next().unwrap_or_default();
        (response.status().as_u16(), kind.to_owned())
    }

    /// The target of the redirect.
    fn location(&self) -> String {
        let response = self.0.as_ref().unwrap();
        assert_eq!(response.status(), 302);
        response.headers()["location"].to_str().unwrap().to_owned()
    }
}

fn problem(status: u16, kind: &str) -> (u16, String) {
    (status, kind.to_owned())
}

fn alice() -> User {
    User {
        tid: "11111111-2222-3333-4444-555555555555".to_owned(),
        oid: "a11ce000-0000-4000-8000-000000000001".to_owned(),
        name: Some("Alice Müller".to_owned()),
        preferred_username: Some("alice@contoso.example".to_owned()),
        email: Some("alice@contoso.example".to_owned()),
        login_hint: None,
    }
}
