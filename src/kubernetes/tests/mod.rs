//! Requests to the API server as they come and as they are passed on, and its answers.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test may"
)]

mod answers;
mod bodies;
mod callers;
mod conversations;
mod downloads;
mod ended;
mod impersonation;
mod lasting;
mod plain;
mod requests;
mod together;
mod tunnel;

use std::cell::Cell;

use http::{HeaderMap, HeaderName, HeaderValue, Method, Request as HttpRequest, Response};
use serde_json::{Value, json};

use crate::carrier::conversations::answer;
use crate::dispatch;
use crate::platform::double::{World, run};
use crate::platform::{Clock, Payload};
use crate::request::Request;
use crate::session::credential::{self, Issue};
use crate::session::streams::{self, Holder, Place};
use crate::session::{AccessToken, Live, NewSession, SignIn, Source, Tokens, end};
use crate::settings::Reader;
use crate::store::{Keyring, Records};
use crate::terms::encoding::base64url;
use crate::terms::{Browser, ReturnPath, Secret, User};

const SERVER_ID: &str = "6dae42f8-4368-4678-94ff-3960e28e3630";
const SECRET: &str = "0123456789abcdef0123456789abcdef";
const TUNNEL_TOKEN: &str = "the-tunnels-own-0123456789abcdef";
/// How long sessions and AKS tokens last in these tests, in seconds.
const LIFETIME: u64 = 28_800;

/// A proxy with one user who is signed in, and has a credential.
struct Proxy {
    world: World,
    keyring: Keyring,
    session: Live,
    /// The bearer token.
    bearer: String,
    /// The host that is asked.
    asked: Cell<&'static str>,
}

impl Proxy {
    /// With settings besides those that every test has.
    fn with(settings: &[(&str, &str)]) -> Self {
        let world = World::new();
        let common = [
            ("tenant_id", "11111111-2222-3333-4444-555555555555"),
            ("client_id", "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"),
            ("redirect_uri", "https://proxy.example/callback"),
            ("session_secret", SECRET),
            ("sidecar_url", "http://127.0.0.1:8081"),
            ("sidecar_token", SECRET),
            ("kubernetes_api_url", "https://api.example:6443"),
            ("tunnel_token", TUNNEL_TOKEN),
        ];
        for (name, value) in common.iter().chain(settings) {
            let (name, value) = ((*name).to_owned(), (*value).to_owned());
            world.variables.borrow_mut().insert(name, value);
        }
        let source = |name: &str| (name == "session_secret").then(|| SECRET.to_owned());
        let keyring = Keyring::read(&mut Reader::new(&source)).unwrap();
        let records = Records {
            platform: &world,
            keyring: &keyring,
        };
        let (session, bearer) = run(kubeconfig(&records));
        world.serves(|_| answer(200, &[]));
        Self {
            world,
            keyring,
            session,
            bearer,
            asked: Cell::default(),
        }
    }

    fn new() -> Self {
        Self::with(&[])
    }

    fn records(&self) -> Records<'_, World> {
        Records {
            platform: &self.world,
            keyring: &self.keyring,
        }
    }

    /// `GET target` with the credential, and these headers.
    fn get(&self, target: &str, headers: &[(&str, &str)]) -> Told {
        let authorization = format!("Bearer {}", self.bearer);
        let headers = [&[("authorization", authorization.as_str())], headers].concat();
        self.send(&Method::GET, target, &headers)
    }

    /// A request as it comes.
    fn send(&self, method: &Method, target: &str, headers: &[(&str, &str)]) -> Told {
        self.ask("kubernetes", method, target, headers)
    }

    /// A request to a function.
    fn ask(&self, function: &str, method: &Method, target: &str, headers: &[(&str, &str)]) -> Told {
        let function = ("function".to_owned(), function.to_owned());
        self.world.variables.borrow_mut().extend([function]);
        let mut given = HeaderMap::new();
        for (name, value) in headers {
            let name = HeaderName::try_from(*name).unwrap();
            given.append(name, HeaderValue::from_str(value).unwrap());
        }
        let request = Request {
            method: method.clone(),
            target: target.to_owned(),
            authority: self.asked.get().to_owned(),
            headers: given,
        };
        Told(run(dispatch::respond(&self.world, request)))
    }

    /// A form, or a page, in the browser in which the user signed in.
    fn browse(&self, function: &str, method: &Method, target: &str, form: &str) -> Told {
        self.world.body.replace(Some(form.as_bytes().to_owned()));
        let cookie = self.session.handle.write(&self.keyring);
        let cookie = format!("proxy_session={}", cookie.reveal());
        let headers = [
            ("cookie", cookie.as_str()),
            ("origin", "https://proxy.example"),
            ("accept", "text/html"),
        ];
        self.ask(function, method, target, &headers)
    }

    /// What the tunnel is told.
    fn tunnel(&self, message: &Value) -> Value {
        self.world
            .body
            .replace(Some(message.to_string().into_bytes()));
        let bearer = format!("Bearer {TUNNEL_TOKEN}");
        let headers = [("authorization", bearer.as_str())];
        let told = self.ask("tunnel", &Method::POST, "/-/tunnel", &headers);
        let body = told.0.unwrap().into_body();
        serde_json::from_slice(&body).unwrap_or(Value::Null)
    }

    /// Takes one of the user's `most` places.
    fn take_place(&self, most: u64) -> Option<Place> {
        let holder = Holder::person(&self.session.record.user);
        run(streams::take(&self.records(), &holder, "", most))
            .ok()
            .unwrap()
    }

    /// The user signs in in another browser, and uses the kubeconfig from there.
    fn sign_in_again(&mut self) {
        (self.session, self.bearer) = run(kubeconfig(&self.records()));
    }

    fn sign_out(&self) {
        run(end(&self.records(), &self.session.holder()))
            .ok()
            .unwrap();
    }

    /// The last request that was passed on.
    fn relayed(&self) -> HttpRequest<Payload> {
        self.world.relayed.borrow().last().unwrap().clone()
    }

    /// How many requests were passed on.
    fn count(&self) -> usize {
        self.world.relayed.borrow().len()
    }

    /// The last line of the log.
    fn audit(&self) -> Value {
        let lines = self.world.lines.borrow();
        serde_json::from_str(lines.last().unwrap()).unwrap()
    }
}

/// What a client is told; nothing where the answer was carried.
struct Told(Option<Response<Vec<u8>>>);

impl Told {
    fn is_carried(&self) -> bool {
        self.0.is_none()
    }

    /// The `Status` object.
    fn status(&self) -> Value {
        let response = self.0.as_ref().expect("it is not carried");
        let status: Value = serde_json::from_slice(response.body()).unwrap();
        assert_eq!(status["kind"], "Status");
        assert_eq!(status["code"], response.status().as_u16());
        status
    }

    fn code(&self) -> u16 {
        self.0
            .as_ref()
            .expect("it is not carried")
            .status()
            .as_u16()
    }

    /// The kind of our problem.
    fn kind(&self) -> String {
        self.status()["details"]["causes"][0]["reason"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    fn message(&self) -> String {
        self.status()["message"].as_str().unwrap().to_owned()
    }
}

/// A token of a user for AKS, as Entra would make it.
fn jwt(serial: u64) -> String {
    let claims = json!({ "aud": SERVER_ID, "tid": "t", "oid": "o", "serial": serial });
    let part = |json: Value| base64url(json.to_string().as_bytes());
    format!("{}.{}.c2ln", part(json!({ "alg": "RS256" })), part(claims))
}

/// A new session, and the bearer token of a kubeconfig that was made in it.
async fn kubeconfig(records: &Records<'_, World>) -> (Live, String) {
    let session = sign_in(records).await;
    let issued = credential::issue(records, &session, "laptop".to_owned(), LIFETIME);
    let Issue::Credential(credential) = issued.await.ok().unwrap() else {
        unreachable!("it is issued");
    };
    let bearer = credential.handle.write(records.keyring);
    (session, bearer.reveal().to_owned())
}

async fn sign_in(records: &Records<'_, World>) -> Live {
    let user = User {
        tid: "t".to_owned(),
        oid: "o".to_owned(),
        name: None,
        preferred_username: Some("alice@contoso.example".to_owned()),
        email: None,
        login_hint: None,
    };
    let now = records.platform.now();
    let token = AccessToken {
        token: Secret::new(jwt(0)),
        source: Source::Entra,
        scopes: Vec::new(),
        issued_at: now,
        refresh_at: None,
        expires_at: now.plus(LIFETIME),
    };
    let tokens = Tokens {
        refresh_token: Some(Secret::new("refresh")),
        access_tokens: [(SERVER_ID.to_owned(), token)].into(),
        generation: 1,
        ..Tokens::default()
    };
    let new = NewSession {
        end: now.plus(LIFETIME),
        browser: Browser::default(),
        tokens: &tokens,
        claims: None,
        state_hash: String::new(),
        return_path: ReturnPath::whoami(),
        clock_tolerance: 60,
    };
    let sign_in = SignIn::begin(records, user, None).await.ok().unwrap();
    sign_in
        .finish(records, new, None)
        .await
        .ok()
        .unwrap()
        .unwrap()
}

/// Lets Entra give new tokens, and the sidecar the assertion that is needed to ask for them.
fn entra_gives_tokens(world: &World) {
    world.answers(|request| {
        let (status, body) = match request.uri().path() {
            // The API server itself takes none.
            "/api" => (401, json!({})),
            "/v1/federated-token" => (200, json!({ "token": "a.b.c", "expires_at": 0 })),
            _ => (
                200,
                json!({
                    "access_token": jwt(1), "refresh_token": "new", "expires_in": 3600,
                    "token_type": "Bearer", "scope": "x",
                }),
            ),
        };
        let answer = Response::builder().status(status);
        Ok(answer.body(body.to_string().into_bytes()).unwrap())
    });
}
