//! What becomes of a sign-in while Entra does not know the proxy's federated credential.

use std::cell::Cell;
use std::rc::Rc;

use http::{HeaderMap, Method, Response};

use super::costs::{SETTINGS, attempt};
use crate::dispatch::{Function, respond};
use crate::platform::double::{World, run};
use crate::request::Request;

/// A browser that comes back from Entra, with its one cookie.
struct Browser {
    world: World,
    cookie: String,
    target: String,
    /// How often Entra was asked for tokens.
    asked: Rc<Cell<usize>>,
}

/// What the browser is told: the status, the kind of problem, after how many seconds to come again, what
/// becomes of the cookie.
#[derive(Debug, PartialEq)]
struct Told {
    status: u16,
    kind: String,
    retry_after: Option<u64>,
    cleared: Option<bool>,
}

impl Browser {
    /// Entra answers all token requests with `error`.
    fn back_from_entra(error: &'static str) -> Self {
        let world = World::new();
        let given = SETTINGS.map(|(name, value)| (name.to_owned(), value.to_owned()));
        world.variables.borrow_mut().extend(given);
        let name = (
            "function".to_owned(),
            Function::Callback.row().name.to_owned(),
        );
        world.variables.borrow_mut().extend([name]);
        let asked = Rc::new(Cell::new(0));
        let counted = asked.clone();
        world.answers(move |request| {
            let (status, body) = match request.uri().path() {
                "/v1/federated-token" => (200, r#"{"token":"a.b.c"}"#),
                path if path.ends_with("/token") => {
                    counted.set(counted.get() + 1);
                    (401, error)
                }
                path if path.ends_with("/keys") => (
                    200,
                    r#"{"keys":[{"kty":"RSA","kid":"1","n":"AQAB","e":"AQAB"}]}"#,
                ),
                _ => (
                    200,
                    r#"{"issuer":"https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0"}"#,
                ),
            };
            let answer = Response::builder().status(status);
            Ok(answer.body(body.as_bytes().to_vec()).unwrap())
        });
        let (cookie, state) = attempt(&world);
        Self {
            world,
            cookie,
            target: format!("/callback?state={state}&code=x"),
            asked,
        }
    }

    /// Loads the page with `cookie`; one that is set replaces the browser's own.
    fn load_with(&mut self, cookie: &str) -> Told {
        let mut headers = HeaderMap::new();
        headers.insert("spin-client-addr", "192.0.2.1:1".parse().unwrap());
        headers.insert("cookie", cookie.parse().unwrap());
        self.world.reads.set(0);
        self.world.writes.set(0);
        self.world.called.borrow_mut().clear();
        let request = Request {
            method: Method::GET,
            target: self.target.clone(),
            authority: String::new(),
            headers,
        };
        let response = run(respond(&self.world, request)).unwrap();
        let header = |name: &str| {
            let value = response.headers().get(name);
            value.map(|value| value.to_str().unwrap().to_owned())
        };
        let problem: serde_json::Value = serde_json::from_slice(response.body()).unwrap();
        let kind = problem["type"].as_str().unwrap();
        let set = header("set-cookie");
        let cleared = set.as_ref().map(|set| set.contains("Max-Age=0"));
        if let (Some(set), Some(false)) = (set, cleared) {
            let pair = set.split(';').next().unwrap();
            let name = |cookie: &str| cookie.split('=').next().unwrap().to_owned();
            assert_eq!(name(pair), name(&self.cookie), "it is replaced");
            self.cookie = pair.to_owned();
        }
        Told {
            status: response.status().as_u16(),
            kind: kind.rsplit(':').next().unwrap().to_owned(),
            retry_after: header("retry-after").map(|seconds| seconds.parse().unwrap()),
            cleared,
        }
    }

    fn reload(&mut self) -> Told {
        let cookie = self.cookie.clone();
        self.load_with(&cookie)
    }
}

fn kept(seconds: u64, cleared: Option<bool>) -> Told {
    Told {
        status: 503,
        kind: "credential-unknown".to_owned(),
        retry_after: Some(seconds),
        cleared,
    }
}

fn refused(kind: &str) -> Told {
    Told {
        status: 400,
        kind: kind.to_owned(),
        retry_after: None,
        cleared: Some(true),
    }
}

const UNKNOWN: &str = r#"{"error":"invalid_client","error_codes":[700213]}"#;

#[test]
fn the_attempt_is_kept_a_few_times_and_then_the_registration_is_wrong() {
    let mut browser = Browser::back_from_entra(UNKNOWN);
    for (number, seconds) in [15, 30, 60, 120].into_iter().enumerate() {
        assert_eq!(browser.reload(), kept(seconds, Some(false)));
        assert_eq!(browser.asked.get(), number + 1);
        browser.world.pass(seconds);
    }
    assert_eq!(browser.reload(), refused("sign-in-refused"));
    assert_eq!(browser.asked.get(), 5);
    assert_eq!(browser.reload(), refused("attempt-used"));
    assert_eq!(browser.asked.get(), 5);
}

#[test]
fn a_page_that_is_reloaded_too_soon_costs_nothing() {
    let mut browser = Browser::back_from_entra(UNKNOWN);
    browser.reload();
    for seconds in [15, 14, 1] {
        browser
            .world
            .pass(if seconds == 1 { 13 } else { 15 - seconds });
        assert_eq!(browser.reload(), kept(seconds, None));
        let world = &browser.world;
        assert_eq!((world.reads.get(), world.writes.get()), (0, 0));
        assert!(world.called.borrow().is_empty());
    }
    browser.world.pass(1);
    assert_eq!(browser.reload(), kept(30, Some(false)));
}

/// Each cookie is good for one try: whoever kept an older one gains nothing.
#[test]
fn no_try_is_made_twice() {
    let mut browser = Browser::back_from_entra(UNKNOWN);
    let first = browser.cookie.clone();
    browser.reload();
    let second = browser.cookie.clone();
    browser.world.pass(15);
    browser.reload();
    browser.world.pass(30);
    for older in [first, second] {
        assert_eq!(browser.load_with(&older), refused("attempt-used"));
    }
    assert_eq!(browser.asked.get(), 2);
    assert_eq!(browser.reload(), kept(60, Some(false)));
}

/// A further try costs no more than a first one, which the table of costs allows.
#[test]
fn a_further_try_costs_no_more_than_the_first() {
    let mut browser = Browser::back_from_entra(UNKNOWN);
    browser.reload();
    let cost = |world: &World| (world.reads.get(), world.writes.get());
    let first = cost(&browser.world);
    browser.world.pass(15);
    browser.reload();
    let second = cost(&browser.world);
    assert!(
        second.0 <= first.0 && second.1 <= first.1,
        "{first:?} {second:?}"
    );
}

#[test]
fn an_attempt_that_would_be_over_by_then_is_not_kept() {
    let mut browser = Browser::back_from_entra(UNKNOWN);
    browser.world.pass(586);
    assert_eq!(browser.reload(), refused("sign-in-refused"));
}

#[test]
fn any_other_refusal_ends_the_attempt_at_once() {
    for error in [
        r#"{"error":"invalid_client","error_codes":[7000215]}"#,
        r#"{"error":"invalid_grant","error_codes":[54005]}"#,
    ] {
        let mut browser = Browser::back_from_entra(error);
        assert_eq!(browser.reload(), refused("sign-in-refused"), "{error}");
        assert_eq!(browser.reload(), refused("attempt-used"), "{error}");
    }
}
