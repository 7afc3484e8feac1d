#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may")]

pub(crate) mod access_tokens;
mod app_tokens;
mod bearers;
mod checks;
mod consent;
mod domain;
pub(crate) mod entra;
mod flow;
mod profiles;
mod renewal;
mod seldom;
mod sign_out;
mod tickets;

use std::cell::RefCell;
use std::collections::BTreeMap;

use http::{HeaderMap, HeaderName, HeaderValue, Method};
use url::Url;

use crate::dispatch;
use crate::platform::Clock;
use crate::platform::double::{World, run};
use crate::request::Request;
use crate::respond::Response;
use crate::session::{Claims, Live, NewSession, SignIn, Tokens};
use crate::settings::Reader;
use crate::store::{Keyring, Records};
use crate::terms::{self, ReturnPath, User};

const SECRET: &str = "0123456789abcdef0123456789abcdef";
const OWN: &str = "auth.example.com";
const APP: &str = "app.example.com";
const OTHER: &str = "other.example.com";
const GROUP: &str = "6700d000-0000-4000-8000-000000000001";

/// A proxy with its apps.
struct Proxy {
    world: World,
    keyring: Keyring,
}

/// A browser: its cookies by host. Cookies with a domain are sent to every host of it.
#[derive(Clone, Default)]
struct Browser {
    cookies: RefCell<BTreeMap<(String, String), String>>,
}

/// An answer, for tests.
struct Told {
    status: u16,
    location: String,
    headers: HeaderMap,
    body: String,
}

/// A world for every function at an app's host, with these settings.
pub(crate) fn world(settings: &[(&str, &str)]) -> (World, Keyring) {
    let world = World::new();
    let common = [
        ("tenant_id", "11111111-2222-3333-4444-555555555555"),
        ("client_id", "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"),
        ("redirect_uri", "https://auth.example.com/callback"),
        ("session_secret", SECRET),
        ("sidecar_url", "http://127.0.0.1:8081"),
        ("sidecar_token", SECRET),
    ];
    for (name, value) in common.iter().chain(settings) {
        let (name, value) = ((*name).to_owned(), (*value).to_owned());
        world.variables.borrow_mut().insert(name, value);
    }
    let source = |name: &str| (name == "session_secret").then(|| SECRET.to_owned());
    let keyring = Keyring::read(&mut Reader::new(&source)).unwrap();
    (world, keyring)
}

/// The session of a sign-in with `claims` and Entra's `tokens`.
pub(crate) async fn session(
    records: &Records<'_, World>,
    claims: &Claims,
    tokens: &Tokens,
) -> Live {
    let new = NewSession {
        end: records.platform.now().plus(28_800),
        browser: terms::Browser::default(),
        tokens,
        claims: Some(claims),
        state_hash: String::new(),
        return_path: ReturnPath::whoami(),
        clock_tolerance: 60,
    };
    let user = claims.user.clone();
    let begun = SignIn::begin(records, user, None).await.ok().unwrap();
    let session = begun.finish(records, new, None).await.ok().unwrap();
    session.unwrap()
}

impl Proxy {
    fn new() -> Self {
        Self::with(&[])
    }

    fn with(settings: &[(&str, &str)]) -> Self {
        let apps = [(
            "allowed_return_origins",
            "https://app.example.com https://other.example.com",
        )];
        let (world, keyring) = world(&[&apps, settings].concat());
        Self { world, keyring }
    }

    fn records(&self) -> Records<'_, World> {
        Records {
            platform: &self.world,
            keyring: &self.keyring,
        }
    }

    /// Signs alice in at our own origin; `groups` are in her token.
    fn sign_in(&self, browser: &Browser, groups: Vec<String>) {
        let claims = Claims {
            user: alice(),
            upn: Some("alice@contoso.example".to_owned()),
            groups,
            roles: vec!["cluster-user".to_owned()],
            at: self.world.now(),
        };
        self.sign_in_as(browser, &claims, &Tokens::default());
    }

    /// The same with `claims` and Entra's `tokens`.
    fn sign_in_as(&self, browser: &Browser, claims: &Claims, tokens: &Tokens) {
        let handle = run(self.session(claims, tokens));
        let name = (OWN.to_owned(), "proxy_session".to_owned());
        browser.cookies.borrow_mut().insert(name, handle);
    }

    async fn session(&self, claims: &Claims, tokens: &Tokens) -> String {
        let session = session(&self.records(), claims, tokens).await;
        session.handle.write(&self.keyring).reveal().to_owned()
    }

    /// Calls the function at the address's route.
    fn ask(&self, browser: &Browser, method: Method, address: &str, more: &[(&str, &str)]) -> Told {
        let url = Url::parse(address).unwrap();
        let function = function_at(url.path());
        self.world
            .variables
            .borrow_mut()
            .insert("function".to_owned(), function.to_owned());
        let host = url.host_str().unwrap();
        let mut headers = HeaderMap::new();
        let cookies = browser.cookies_for(host);
        if !cookies.is_empty() {
            headers.insert("cookie", HeaderValue::from_str(&cookies).unwrap());
        }
        for (name, value) in more {
            let name = HeaderName::try_from(*name).unwrap();
            headers.append(name, HeaderValue::from_str(value).unwrap());
        }
        let request = Request {
            method,
            target: address[url.origin().ascii_serialization().len()..].to_owned(),
            authority: host.to_owned(),
            headers,
        };
        let response = run(dispatch::respond(&self.world, request)).unwrap();
        browser.takes(host, &response);
        Told::of(&response)
    }

    fn get(&self, browser: &Browser, address: &str) -> Told {
        self.ask(browser, Method::GET, address, &[("accept", "text/html")])
    }

    /// Follows our redirects, and returns the final address.
    fn follow(&self, browser: &Browser, address: &str) -> (String, Told) {
        let mut address = address.to_owned();
        for _ in 0..6 {
            let told = self.get(browser, &address);
            if told.location.is_empty() {
                return (address, told);
            }
            let next = Url::parse(&address).unwrap().join(&told.location).unwrap();
            address = next.to_string();
            if function_at(next.path()) == "not-found" || next.path() == "/login" {
                return (address, told);
            }
        }
        unreachable!("it leads in a circle: {address}");
    }

    /// Opens the app at `host` in a browser with a session.
    fn open(&self, browser: &Browser, host: &str) {
        let start = format!("https://{host}/oauth2/start?rd=%2Fpage");
        let (address, _) = self.follow(browser, &start);
        assert_eq!(address, format!("https://{host}/page"));
    }

    /// A check at the app's own host.
    fn check(&self, browser: &Browser, host: &str) -> Told {
        let address = format!("https://{host}/oauth2/auth");
        self.ask(browser, Method::GET, &address, &[])
    }
}

impl Browser {
    fn cookies_for(&self, host: &str) -> String {
        let cookies = self.cookies.borrow();
        let of_host = cookies
            .iter()
            .filter(|((at, _), _)| at == host || at.is_empty());
        let pairs = of_host.map(|((_, name), value)| format!("{name}={value}"));
        pairs.collect::<Vec<_>>().join("; ")
    }

    fn takes(&self, host: &str, response: &Response) {
        for line in response.headers().get_all("set-cookie") {
            let cookie = cookie::Cookie::parse(line.to_str().unwrap()).unwrap();
            let at = cookie.domain().map_or(host, |_| "");
            let name = (at.to_owned(), cookie.name().to_owned());
            if cookie.max_age().is_some_and(|age| age.is_zero()) {
                self.cookies.borrow_mut().remove(&name);
            } else {
                let value = cookie.value().to_owned();
                self.cookies.borrow_mut().insert(name, value);
            }
        }
    }

    /// The names of its cookies at `host`.
    fn names(&self, host: &str) -> Vec<String> {
        let cookies = self.cookies.borrow();
        let of_host = cookies.keys().filter(|(at, _)| at == host || at.is_empty());
        of_host.map(|(_, name)| name.clone()).collect()
    }

    fn value(&self, host: &str, name: &str) -> String {
        self.cookies.borrow()[&(host.to_owned(), name.to_owned())].clone()
    }

    fn plant(&self, host: &str, name: &str, value: &str) {
        let name = (host.to_owned(), name.to_owned());
        self.cookies.borrow_mut().insert(name, value.to_owned());
    }
}

impl Told {
    fn of(response: &Response) -> Self {
        let location = response.headers().get("location");
        Self {
            status: response.status().as_u16(),
            location: location
                .map(|value| value.to_str().unwrap().to_owned())
                .unwrap_or_default(),
            headers: response.headers().clone(),
            body: String::from_utf8(response.body().clone()).unwrap(),
        }
    }

    fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    fn kind(&self) -> String {
        let document: serde_json::Value = serde_json::from_str(&self.body).unwrap_or_default();
        let kind = document["type"].as_str().unwrap_or_default();
        kind.rsplit(':').next().unwrap_or_default().to_owned()
    }

    fn set_cookies(&self) -> Vec<&str> {
        let lines = self.headers.get_all("set-cookie").iter();
        lines.map(|line| line.to_str().unwrap()).collect()
    }
}

fn alice() -> User {
    User {
        tid: "11111111-2222-3333-4444-555555555555".to_owned(),
        oid: "a11ce000-0000-4000-8000-000000000001".to_owned(),
        name: Some("Alice".to_owned()),
        preferred_username: Some("alice@contoso.example".to_owned()),
        email: Some("alice@contoso.example".to_owned()),
        login_hint: None,
    }
}

/// The function that Spin would call.
fn function_at(path: &str) -> &'static str {
    let rows = dispatch::Function::ALL
        .iter()
        .map(|function| function.row());
    // Spin ignores a trailing slash.
    let named = match path.trim_end_matches('/') {
        "" => "/",
        named => named,
    };
    let mut exact = rows.clone().filter(|row| row.route == named);
    let below = rows.filter(|row| {
        let above = row.route.strip_suffix("...");
        above.is_some_and(|above| path.starts_with(above))
    });
    let longest = below.max_by_key(|row| row.route.len());
    exact.next().or(longest).unwrap().name
}
