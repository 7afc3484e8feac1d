//! What a visit starts, and what a link from another site does not.

#![allow(clippy::unwrap_used, reason = "a test may")]

use std::collections::BTreeMap;

use http::{HeaderMap, HeaderValue, Method, Response};

use crate::dispatch;
use crate::entra_error::EntraError;
use crate::platform::Clock;
use crate::platform::double::{World, run};
use crate::request::Request;
use crate::session::{Job, NewSession, Reason, Setback, SignIn, Tokens};
use crate::settings::Reader;
use crate::store::{Keyring, Records};
use crate::terms::{Browser, ReturnPath, Secret, User};

const SECRET: &str = "0123456789abcdef0123456789abcdef";
/// What the sidecar says of a run that waits for its user.
const WAITS: &str = r#"{"id":"1","state":"starting"}"#;

/// What browsers say where another site's page leads them.
const ELSEWHERE: [&[&str]; 5] = [
    &["cross-site"],
    &["same-site"],
    &["something-new"],
    &[""],
    &["none", "none"],
];
/// What they say where nobody else's does; nothing, if they are old.
const BY_THEMSELVES: [&[&str]; 3] = [&["none"], &["same-origin"], &[]];

/// A proxy with one user, whose session has no AKS token, because Entra wants consent.
struct Proxy {
    world: World,
    cookie: String,
}

impl Proxy {
    fn new(settings: &[(&str, &str)], job: Option<Job>) -> Self {
        let world = World::new();
        let common = [
            ("function", "whoami"),
            ("tenant_id", "11111111-2222-3333-4444-555555555555"),
            ("client_id", "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"),
            ("redirect_uri", "https://proxy.example/callback"),
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
        let records = Records {
            platform: &world,
            keyring: &keyring,
        };
        let handle = run(sign_in(&records, job));
        let cookie = format!("proxy_session={}", handle.reveal());
        let proxy = Self { world, cookie };
        proxy.sidecar(200, WAITS);
        proxy
    }

    /// What the sidecar answers about runs; it takes every new one.
    fn sidecar(&self, status: u16, body: &'static str) {
        self.world.answers(move |request| {
            let (status, body) = match *request.method() {
                Method::POST => (202, WAITS),
                _ => (status, body),
            };
            let answer = Response::builder().status(status);
            Ok(answer.body(body.as_bytes().to_vec()).unwrap())
        });
    }

    /// A person's visit, with these values of `Sec-Fetch-Site`.
    fn visit(&self, sites: &[&str]) -> Told {
        let mut headers = HeaderMap::new();
        headers.insert("cookie", HeaderValue::from_str(&self.cookie).unwrap());
        headers.insert("accept", HeaderValue::from_static("text/html"));
        for site in sites {
            headers.append("sec-fetch-site", HeaderValue::from_str(site).unwrap());
        }
        let request = Request {
            method: Method::GET,
            target: "/whoami".to_owned(),
            authority: String::new(),
            headers,
        };
        let response = run(dispatch::respond(&self.world, request)).unwrap();
        let header = |name: &str| response.headers().get(name)?.to_str().ok();
        Told {
            status: response.status().as_u16(),
            location: header("location").unwrap_or_default().to_owned(),
            body: String::from_utf8(response.body().clone()).unwrap(),
        }
    }

    fn stored(&self) -> BTreeMap<String, Vec<u8>> {
        self.world.store.borrow().clone()
    }

    fn calls(&self) -> usize {
        self.world.called.borrow().len()
    }
}

struct Told {
    status: u16,
    location: String,
    body: String,
}

/// The session's cookie.
async fn sign_in(records: &Records<'_, World>, job: Option<Job>) -> Secret {
    let user = User {
        tid: "t".to_owned(),
        oid: "o".to_owned(),
        name: None,
        preferred_username: None,
        email: None,
        login_hint: None,
    };
    let now = records.platform.now();
    let missing = EntraError::from_callback("consent_required", "AADSTS65001: ");
    let tokens = Tokens {
        refresh_token: Some(Secret::new("refresh")),
        setback: Some(Setback {
            not_before: now.plus(60),
            reason: Reason::Refused(missing),
        }),
        job,
        ..Tokens::default()
    };
    let new = NewSession {
        end: now.plus(28_800),
        browser: Browser::default(),
        tokens: &tokens,
        claims: None,
        state_hash: String::new(),
        return_path: ReturnPath::whoami(),
        clock_tolerance: 60,
    };
    let begun = SignIn::begin(records, user, None).await.ok().unwrap();
    let session = begun.finish(records, new, None).await.ok().unwrap();
    session.unwrap().handle.write(records.keyring)
}

fn job() -> Job {
    Job {
        id: "1".to_owned(),
        return_path: ReturnPath::whoami(),
        refused: None,
    }
}

#[test]
fn who_comes_by_themselves_gets_a_device_code_at_once() {
    for sites in BY_THEMSELVES {
        let proxy = Proxy::new(&[("aks_consent", "kubelogin")], None);
        let told = proxy.visit(sites);
        assert_eq!(
            (told.status, told.location.as_str()),
            (302, "/kubelogin/device-code"),
            "{sites:?}"
        );
        assert_eq!(proxy.calls(), 1, "{sites:?}");
    }
}

#[test]
fn a_link_from_another_site_starts_no_run_and_writes_nothing() {
    for sites in ELSEWHERE {
        let proxy = Proxy::new(&[("aks_consent", "kubelogin")], None);
        let before = proxy.stored();
        let told = proxy.visit(sites);
        assert_eq!(told.status, 400, "{sites:?}");
        assert!(
            told.body.contains("A device code is needed"),
            "{}",
            told.body
        );
        assert!(
            told.body
                .contains("<form method=\"post\" action=\"/kubelogin/device-code?rd=%2Fwhoami\">"),
            "{}",
            told.body
        );
        assert_eq!(proxy.calls(), 0, "{sites:?}");
        assert!(proxy.stored() == before, "{sites:?}");
    }
}

/// The link leads to what is there: the code, if somebody waits for it.
#[test]
fn a_link_from_another_site_leads_to_the_run_that_is_there() {
    for (status, state, location) in [
        (200, WAITS, "/kubelogin/device-code"),
        (
            200,
            r#"{"id":"1","state":"succeeded","token":"a.b.c"}"#,
            "/kubelogin/device-code",
        ),
        (200, r#"{"id":"1","state":"failed","reason":"expired"}"#, ""),
        (404, "{}", ""),
    ] {
        let proxy = Proxy::new(&[("aks_consent", "kubelogin")], Some(job()));
        proxy.sidecar(status, state);
        let before = proxy.stored();
        assert_eq!(proxy.visit(&["cross-site"]).location, location, "{state}");
        assert_eq!(proxy.calls(), 1, "it is asked for, and no other begins");
        assert!(proxy.stored() == before, "{state}");
    }
}

/// The trip to Entra is taken once by itself. A stranger's link must not be that once.
#[test]
fn a_link_from_another_site_takes_no_trip_to_entra() {
    for sites in ELSEWHERE {
        let proxy = Proxy::new(&[("aks_consent", "auto")], None);
        let before = proxy.stored();
        let told = proxy.visit(sites);
        assert_eq!(told.status, 400, "{sites:?}");
        assert!(told.body.contains("/login?for=aks"), "{}", told.body);
        assert!(proxy.stored() == before, "{sites:?}");
        let told = proxy.visit(&["none"]);
        assert!(told.location.contains("/authorize?"), "{}", told.location);
        assert!(proxy.stored() != before, "that trip is noted");
    }
}

/// With `SameSite=Strict` a page of ours repeats what was sent to `/callback`, and that can lead here.
#[test]
fn our_own_page_is_no_proof_where_it_repeats_what_others_send() {
    let settings = [
        ("aks_consent", "kubelogin"),
        ("session_cookie_samesite", "Strict"),
    ];
    let proxy = Proxy::new(&settings, None);
    assert_eq!(proxy.visit(&["same-origin"]).status, 400);
    assert_eq!(proxy.calls(), 0);
    assert_eq!(proxy.visit(&["none"]).location, "/kubelogin/device-code");
}
