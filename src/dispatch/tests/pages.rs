//! Pages for browsers, and JSON for programs, on the same routes.

use base64ct::{Base64, Encoding};
use http::{HeaderMap, Method, header};
use serde_json::{Value, json};

use super::costs::SETTINGS;
use crate::dispatch::respond;
use crate::platform::Clock;
use crate::platform::double::{World, run};
use crate::request::Request;
use crate::respond::Response;
use crate::session::{AccessToken, Claims, NewSession, SignIn, Source, Tokens};
use crate::settings::Reader;
use crate::store::{Keyring, Records};
use crate::terms::encoding::base64url;
use crate::terms::{Browser, ReturnPath, Secret, User};

const AKS: &str = "6dae42f8-4368-4678-94ff-3960e28e3630";
/// What browsers send.
pub(super) const BROWSER: &str = "text/html,application/xhtml+xml,*/*;q=0.8";

/// A proxy, and the cookies of a browser.
pub(super) struct Proxy {
    pub(super) world: World,
    pub(super) cookie: String,
}

impl Proxy {
    pub(super) fn new() -> Self {
        let world = World::new();
        let settings = SETTINGS.map(|(name, value)| (name.to_owned(), value.to_owned()));
        world.variables.borrow_mut().extend(settings);
        Self {
            world,
            cookie: String::new(),
        }
    }

    /// The same with somebody who is signed in, whose claims are these.
    pub(super) fn signed_in(claims: &Value) -> Self {
        let mut proxy = Self::new();
        proxy.cookie = proxy.session(claims, "", None);
        proxy
    }

    /// The same with somebody of whom apps are told that they are in these groups.
    pub(super) fn signed_in_to_apps(groups: &[&str]) -> Self {
        let mut proxy = Self::new();
        let claims = Claims {
            user: alice(),
            upn: Some("alice@contoso.example".to_owned()),
            groups: groups.iter().map(|group| (*group).to_owned()).collect(),
            roles: Vec::new(),
            at: proxy.world.now(),
        };
        proxy.cookie = proxy.session(&json!({}), "", Some(&claims));
        proxy
    }

    /// Gives the proxy one more setting.
    pub(super) fn set(&self, name: &str, value: &str) {
        let pair = (name.to_owned(), value.to_owned());
        self.world.variables.borrow_mut().extend([pair]);
    }

    /// The cookie of the same person in another browser, which sends this `User-Agent`.
    pub(super) fn signs_in_with(&self, user_agent: &str) -> String {
        self.session(&json!({}), user_agent, None)
    }

    fn session(&self, claims: &Value, user_agent: &str, known: Option<&Claims>) -> String {
        let source = |name: &str| {
            let known = SETTINGS.iter().find(|(known, _)| *known == name);
            known.map(|(_, value)| (*value).to_owned())
        };
        let keyring = Keyring::read(&mut Reader::new(&source)).unwrap();
        let records = Records {
            platform: &self.world,
            keyring: &keyring,
        };
        run(sign_in(&records, claims, Browser::of(user_agent), known))
    }

    pub(super) fn ask(
        &self,
        function: &str,
        method: Method,
        target: &str,
        headers: &[(&str, &str)],
    ) -> Response {
        let variables = [("function".to_owned(), function.to_owned())];
        self.world.variables.borrow_mut().extend(variables);
        let mut all = HeaderMap::new();
        for (name, value) in headers {
            let name: header::HeaderName = name.parse().unwrap();
            all.append(name, value.parse().unwrap());
        }
        if !self.cookie.is_empty() {
            all.append(header::COOKIE, self.cookie.parse().unwrap());
        }
        let request = Request {
            method,
            target: target.to_owned(),
            authority: String::new(),
            headers: all,
        };
        run(respond(&self.world, request)).unwrap()
    }

    pub(super) fn get(&self, function: &str, target: &str, accept: &str) -> Response {
        self.ask(function, Method::GET, target, &[("accept", accept)])
    }
}

fn alice() -> User {
    User {
        tid: "t".to_owned(),
        oid: "o".to_owned(),
        name: Some("Alice Example".to_owned()),
        preferred_username: Some("alice@contoso.example".to_owned()),
        email: None,
        login_hint: None,
    }
}

/// The session's cookie.
async fn sign_in(
    records: &Records<'_, World>,
    claims: &Value,
    browser: Browser,
    known: Option<&Claims>,
) -> String {
    let now = records.platform.now();
    let token = format!("e30.{}.c2ln", base64url(claims.to_string().as_bytes()));
    let token = AccessToken {
        token: Secret::new(token),
        source: Source::Entra,
        scopes: vec!["user.read".to_owned()],
        issued_at: now,
        refresh_at: None,
        expires_at: now.plus(4000),
    };
    let tokens = Tokens {
        refresh_token: Some(Secret::new("refresh")),
        access_tokens: [(AKS.to_owned(), token)].into(),
        generation: 1,
        ..Tokens::default()
    };
    let new = NewSession {
        end: now.plus(28_800),
        browser,
        tokens: &tokens,
        state_hash: String::new(),
        return_path: ReturnPath::whoami(),
        claims: known,
        clock_tolerance: 60,
    };
    let begun = SignIn::begin(records, alice(), None).await.ok().unwrap();
    let session = begun.finish(records, new, None).await.ok().unwrap();
    let handle = session.unwrap().handle.write(records.keyring);
    format!("proxy_session={}", handle.reveal())
}

pub(super) fn text(response: &Response) -> String {
    String::from_utf8(response.body().clone()).unwrap()
}

pub(super) fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    let value = response.headers().get(name);
    value.map_or("", |value| value.to_str().unwrap())
}

#[test]
fn programs_get_json_and_browsers_pages() {
    let proxy = Proxy::signed_in(&json!({ "upn": "alice@contoso.example" }));
    for (function, target) in [
        ("home", "/"),
        ("whoami", "/whoami"),
        ("kubeconfig", "/kubeconfig"),
        ("credentials", "/kubeconfig/credentials"),
        ("sign-ins", "/sign-ins"),
        ("logout", "/logout"),
        ("not-found", "/x"),
    ] {
        for accept in ["*/*", "application/json", ""] {
            let answer = proxy.get(function, target, accept);
            assert!(
                header(&answer, "content-type").contains("json"),
                "{target} {accept}"
            );
            assert_eq!(header(&answer, "vary"), "Accept, Accept-Language, Cookie");
        }
        let page = proxy.get(function, target, BROWSER);
        assert_eq!(
            header(&page, "content-type"),
            "text/html; charset=utf-8",
            "{target}"
        );
        assert_eq!(
            header(&page, "vary"),
            "Accept, Accept-Language, Cookie",
            "{target}"
        );
        assert_eq!(header(&page, "cache-control"), "no-store", "{target}");
    }
}

#[test]
fn claims_are_explained_and_the_json_is_one_click_away() {
    let claims = json!({ "upn": "alice@contoso.example", "exp": 1_795_315_182, "odd": [1, 2] });
    let proxy = Proxy::signed_in(&claims);
    let page = text(&proxy.get("whoami", "/whoami", BROWSER));
    for expected in [
        "Your user principal name.",
        "2026-11-22 02:39 UTC",
        "href=\"/whoami?format=json\"",
        AKS,
    ] {
        assert!(page.contains(expected), "{expected}: {page}");
    }
    let by_click = proxy.get("whoami", "/whoami?format=json", BROWSER);
    let by_program = proxy.get("whoami", "/whoami", "*/*");
    assert_eq!(by_click.body(), by_program.body());
    assert_eq!(by_click.headers(), by_program.headers());
    let shown: Value = serde_json::from_slice(by_program.body()).unwrap();
    assert_eq!(shown["claims"], claims);
    assert_eq!(
        proxy.get("whoami", "/whoami?format=x", BROWSER).status(),
        400
    );
}

#[test]
fn pages_are_called_as_the_operator_says() {
    let proxy = Proxy::new();
    let set = |name: &str, value: &str| {
        let pair = [(name.to_owned(), value.to_owned())];
        proxy.world.variables.borrow_mut().extend(pair);
    };
    set("app_name", "Contoso <AKS>");
    set("support_url", "mailto:help@contoso.example");
    set("accent_color", "#005500");
    let page = text(&proxy.get("home", "/", BROWSER));
    assert!(page.contains("· Contoso &lt;AKS&gt;</title>"), "{page}");
    assert!(
        page.contains("href=\"mailto:help@contoso.example\""),
        "{page}"
    );
    let (_, rest) = page
        .split_once("href=\"/assets?file=style.css&amp;v=")
        .unwrap();
    let digest = rest.split('"').next().unwrap();
    let address = format!("/assets?file=style.css&v={digest}");
    let style = proxy.get("assets", &address, "text/css,*/*;q=0.1");
    assert!(text(&style).contains("--accent: #005500"));
    assert!(header(&style, "cache-control").contains("immutable"));
    assert_eq!(header(&style, "vary"), "");
    set("accent_color", "#ffcc00");
    let wrong = proxy.get("home", "/", BROWSER);
    assert_eq!(wrong.status(), 500);
    assert!(
        text(&wrong).contains("ACCENT_COLOR has a contrast"),
        "{}",
        text(&wrong)
    );
}

/// An SVG may have a script. It runs in no page, and nowhere else.
#[test]
fn the_logo_is_on_every_page_and_no_script_in_it_runs() {
    let proxy = Proxy::new();
    let page = proxy.get("home", "/", BROWSER);
    assert!(
        !text(&page).contains("<img")
            && header(&page, "content-security-policy").contains("; img-src data:; ")
    );
    let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>";
    let encoded = Base64::encode_string(svg.as_bytes());
    let logo = format!("data:image/svg+xml;base64,{encoded}");
    let pair = [("logo".to_owned(), logo)];
    proxy.world.variables.borrow_mut().extend(pair);
    for (function, target) in [("home", "/"), ("not-found", "/x")] {
        let page = proxy.get(function, target, BROWSER);
        assert!(header(&page, "content-security-policy").contains("; img-src 'self'; "));
        assert!(
            text(&page).contains("<img src=\"/assets?file=logo&amp;v="),
            "{target}"
        );
        let icon = "<link rel=\"icon\" href=\"/assets?file=logo&amp;v=";
        assert!(text(&page).contains(icon), "{target}");
        assert!(!text(&page).contains("alert"), "{target}");
    }
    let page = text(&proxy.get("home", "/", BROWSER));
    let (_, rest) = page.split_once("/assets?file=logo&amp;v=").unwrap();
    let digest = rest.split('"').next().unwrap();
    let address = format!("/assets?file=logo&v={digest}");
    let served = proxy.get("assets", &address, "image/*");
    assert_eq!(text(&served), svg);
    assert_eq!(header(&served, "content-type"), "image/svg+xml");
    assert_eq!(header(&served, "x-content-type-options"), "nosniff");
    let policy = "default-src 'none'; style-src 'unsafe-inline'; sandbox";
    assert_eq!(header(&served, "content-security-policy"), policy);
    assert!(header(&served, "cache-control").contains("immutable"));
    let other = proxy.get("assets", "/assets?file=logo&v=x", "image/*");
    assert_eq!(header(&other, "cache-control"), "no-store");
    let none = Proxy::new().get("assets", &address, "image/*");
    assert_eq!(none.status(), 404);
}

/// Nobody is to find out that there is an internal route, by its page either.
#[test]
fn the_internal_route_looks_like_nothing() {
    let proxy = Proxy::new();
    for (name, value) in [("app_name", "Contoso"), ("accent_color", "#005500")] {
        let pair = [(name.to_owned(), value.to_owned())];
        proxy.world.variables.borrow_mut().extend(pair);
    }
    let page = |function: &str| {
        let page = proxy.get(function, "/-/tunnel", BROWSER);
        let whole = text(&page);
        let (before, after) = whole.split_once("request_id: ").unwrap();
        let after = after.split_once('\n').unwrap().1.to_owned();
        (
            page.status(),
            page.headers().clone(),
            before.to_owned(),
            after,
        )
    };
    assert_eq!(page("tunnel"), page("not-found"));
    let granted = include_str!("../../../spin.toml");
    let (_, tunnel) = granted.split_once("[component.tunnel.variables]").unwrap();
    let (tunnel, _) = tunnel.split_once("[component.tunnel.build]").unwrap();
    assert!(tunnel.contains("app_name") && tunnel.contains("accent_color"));
}
