//! Secrets are in no log line, answer or store, in any encoding.

use base64ct::{Base64Unpadded, Base64UrlUnpadded, Encoding};
use e2e::{Browser, Builder, Redis, Response, Stack, is_spins_own, kubelogin};
use serde_json::{Value, json};
use url::form_urlencoded::byte_serialize;

const SESSION_SECRET: &str = "mark%2F+/?&=<\"'>é-of-the-operators-own-secret";
const CHALLENGE: &str = "mark-of-a-claims-challenge";
const DESCRIPTION: &str = "mark-of-a-free-text-that-anybody-can-write";
/// This much of a long secret, from either end, is already too much.
const PART: usize = 24;

/// All output of the proxy, and every secret in its input.
#[derive(Default)]
struct Seen {
    answers: Vec<String>,
    secrets: Vec<String>,
}

impl Seen {
    fn answer(&mut self, response: &Response) {
        let mut answer = response.body.clone();
        for (name, value) in &response.headers {
            let value = value.to_str().unwrap();
            // Cookies are for the browser, and Entra's address carries state and nonce.
            if name == "set-cookie" {
                let (pair, _) = value.split_once(';').unwrap();
                self.secrets
                    .push(pair.split_once('=').unwrap().1.to_owned());
            } else if name != "location" {
                answer += &format!("\n{name}: {value}");
            }
        }
        self.answers.push(answer);
    }

    fn get(&mut self, browser: &mut Browser, target: &str) -> Response {
        let response = browser.get(target);
        self.answer(&response);
        response
    }

    /// All results of a sign-in and a session, errors above all.
    fn live(&mut self, stack: &Stack) {
        for browser in [stack.browser(), stack.browser().html()] {
            self.go_well(stack, browser.clone());
            self.go_wrong(stack, &browser);
        }
    }

    fn go_well(&mut self, stack: &Stack, mut alice: Browser) {
        let callback = stack.begin(&mut alice, "alice", "/whoami");
        for target in [&callback, &callback, "/whoami", "/logout", "/login?for=aks"] {
            self.get(&mut alice, target);
        }
        stack.control("aks-token", &json!({ "expires_in": 1 }));
        self.answer(&stack.sign_in(&mut alice, "alice"));
        self.get(&mut alice, "/whoami");
        let mut thief = alice.clone();
        self.answer(&alice.send("POST", "/logout?everywhere=1", &[], ""));
        self.get(&mut thief, "/whoami");
        self.get(&mut thief, &callback);
        self.get(&mut thief, "/logout/front-channel?sid=x");
    }

    fn go_wrong(&mut self, stack: &Stack, browser: &Browser) {
        let refusals = [
            json!({ "error": "invalid_grant", "error_codes": [50076], "suberror": "basic_action",
                "claims": json!({ "access_token": { "x": { "value": CHALLENGE } } }).to_string(),
                "error_description": format!("AADSTS50076: {DESCRIPTION}") }),
            json!({ "error": "invalid_grant", "error_codes": [70008], "error_description": DESCRIPTION }),
            json!({ "error": DESCRIPTION, "suberror": DESCRIPTION, "error_description": DESCRIPTION }),
            json!({ "error": "temporarily_unavailable", "error_description": DESCRIPTION }),
        ];
        for refusal in refusals {
            for scope in ["openid", "6dae42f8"] {
                let fault = json!({ "at": "token", "kind": "error", "error": refusal,
                    "scope_contains": scope, "times": 0 });
                stack.control("faults", &fault);
                let mut browser = browser.clone();
                self.answer(&stack.sign_in(&mut browser, "alice"));
                self.get(&mut browser, "/whoami");
                stack.reset();
            }
        }
        let nonsense = format!("<html>{DESCRIPTION}</html>");
        let broken =
            json!({ "at": "token", "kind": "status", "status": 500, "body": nonsense, "times": 0 });
        stack.control("faults", &broken);
        self.answer(&stack.sign_in(&mut browser.clone(), "alice"));
        stack.reset();
        for (kind, claims) in [
            ("id-token", json!({ "nonce": "x" })),
            ("aks-token", json!({ "oid": "x" })),
        ] {
            stack.control(kind, &json!({ "claims": claims }));
            let mut browser = browser.clone();
            self.answer(&stack.sign_in(&mut browser, "alice"));
            self.get(&mut browser, "/whoami");
        }
        let mut bob = browser.clone();
        let consent = stack.sign_in(&mut bob, "bob");
        self.answer(&consent);
        let declined = stack.at_entra(consent.location(), "bob", "cancel");
        self.get(&mut bob, declined.location());
        let mut browser = browser.clone();
        let callback = stack.begin(&mut browser, "alice", "/whoami");
        self.get(&mut browser, &format!("{callback}&iss=x"));
        self.get(&mut browser, &format!("{callback}&code=twice"));
        self.get(&mut browser, &callback.replace("state=", "state=x"));
        let (address, query) = callback.split_once("code=").unwrap();
        let (_, state) = query.split_once('&').unwrap();
        let refused = format!("{address}error=x&error_description={DESCRIPTION}&{state}");
        self.get(&mut browser, &refused);
    }

    /// Searches `place` for secrets.
    fn look_in(&self, place: &str, bytes: &[u8]) {
        let text = String::from_utf8_lossy(bytes);
        for secret in &self.secrets {
            for needle in needles(secret) {
                assert!(
                    !text.contains(&needle),
                    "{place} has `{needle}`, of `{secret}`"
                );
            }
        }
    }
}

/// The encodings of a secret, or of its parts.
fn needles(secret: &str) -> Vec<String> {
    let mut needles = Vec::new();
    // A JWT's parts, except the header, which says nothing.
    for part in secret
        .split('.')
        .filter(|part| part.len() >= 16 && !part.starts_with("eyJ0eXAi"))
    {
        let bytes = part.as_bytes();
        let ends = [bytes.first_chunk::<PART>(), bytes.last_chunk::<PART>()];
        let ends: Vec<&[u8]> = ends.iter().flatten().map(|end| end.as_slice()).collect();
        for end in if ends.is_empty() { vec![bytes] } else { ends } {
            needles.push(String::from_utf8_lossy(end).into_owned());
            needles.push(byte_serialize(end).collect());
            // Base64 groups three bytes: the same text has three encodings, by its position.
            for skip in 0..3 {
                let end = &end[skip..];
                let whole = &end[..end.len() / 3 * 3];
                needles.push(Base64Unpadded::encode_string(whole));
                needles.push(Base64UrlUnpadded::encode_string(whole));
            }
        }
    }
    needles
}

fn check(stack: &Stack, stored: impl Fn() -> Vec<u8>) {
    let mut seen = Seen::default();
    seen.live(stack);
    seen.secrets.extend(stack.secrets());
    seen.secrets
        .extend([SESSION_SECRET, CHALLENGE, DESCRIPTION].map(str::to_owned));
    seen.secrets.retain(|secret| !secret.is_empty());
    assert!(seen.secrets.len() > 100, "{}", seen.secrets.len());
    let log = stack.proxy.output();
    assert!(log.lines().count() > 30, "{log}");
    let lines = log.lines().filter(|line| !is_spins_own(line));
    lines.for_each(is_documented);
    seen.look_in("the log", log.as_bytes());
    for answer in &seen.answers {
        seen.look_in("an answer", answer.as_bytes());
    }
    let stored = stored();
    assert!(stored.len() > 10_000);
    seen.look_in("the store", &stored);
}

/// Asserts that a line has only the events and fields of docs/logging.md.
fn is_documented(line: &str) {
    const EVENTS: [&str; 8] = [
        "sign_in",
        "refresh",
        "interaction",
        "device_code",
        "sweep",
        "sign_out",
        "refusal",
        "fault",
    ];
    const ALWAYS: [&str; 5] = ["time", "event", "outcome", "route", "request_id"];
    const SOMETIMES: [&str; 5] = ["session", "oid", "tid", "entra", "detail"];
    let fields: serde_json::Map<String, Value> = serde_json::from_str(line).unwrap();
    assert!(
        ALWAYS.iter().all(|field| fields[*field].is_string()),
        "{line}"
    );
    assert!(
        EVENTS.contains(&fields["event"].as_str().unwrap()),
        "{line}"
    );
    for field in fields.keys().map(String::as_str) {
        assert!(
            ALWAYS.contains(&field) || SOMETIMES.contains(&field),
            "{line}"
        );
    }
}

#[test]
fn not_into_log_answers_or_sqlite() {
    let builder = Builder::default().setting("SESSION_SECRET", SESSION_SECRET);
    let stack = builder.start();
    check(&stack, || stack.store().bytes());
}

#[test]
fn not_into_redis() {
    let redis = Redis::start();
    let builder = Builder::default().setting("SESSION_SECRET", SESSION_SECRET);
    let stack = builder.redis(&redis).start();
    check(&stack, || redis.bytes());
}

/// A device code is only for the page of its session, and kubelogin's token for nobody.
#[test]
fn nothing_of_a_device_code_into_log_or_store() {
    let Some(program) = kubelogin() else { return };
    let builder = Builder::default().kubelogin(&program);
    let stack = builder.setting("AKS_CONSENT", "kubelogin").start();
    let mut seen = Seen::default();
    for user in ["alice", "carol"] {
        let mut carol = stack.browser().html();
        seen.answer(&stack.sign_in(&mut carol, "carol"));
        stack.enter(&carol.user_code(), user, true);
        let answer = carol.outcome();
        carol = carol.program();
        seen.answer(&answer);
        seen.get(&mut carol, "/whoami");
    }
    for outcome in ["another_user", "ok"] {
        let said = format!("\"device_code\",\"route\":\"device-code\",\"outcome\":\"{outcome}\"");
        stack.proxy.line(&said);
    }
    let log = stack.proxy.output();
    let lines = log.lines().filter(|line| !is_spins_own(line));
    lines.for_each(is_documented);
    seen.secrets.extend(stack.secrets());
    seen.look_in("the log", log.as_bytes());
    let stored = stack.store().bytes();
    seen.look_in("the store", &stored);
    for answer in &seen.answers {
        seen.look_in("an answer", answer.as_bytes());
    }
    // Secrets that are too short for the search above, such as a user code.
    let stored = String::from_utf8_lossy(&stored);
    for secret in seen.secrets.iter().filter(|secret| secret.len() > 6) {
        assert!(
            !log.contains(secret) && !stored.contains(secret),
            "{secret}"
        );
    }
}

/// The search itself works.
#[test]
fn each_notation_is_found() {
    let secret = "1.Kid123.Abcdefghijklmnopqrstuvwxyz0123456789-_Abcdefg";
    let found = |text: &str| needles(secret).iter().any(|needle| text.contains(needle));
    assert!(found(&format!("cookie={secret}")));
    for space in ["", " ", "  "] {
        let text = format!("{space}{secret}");
        assert!(found(&Base64Unpadded::encode_string(text.as_bytes())));
        assert!(found(&Base64UrlUnpadded::encode_string(text.as_bytes())));
    }
    let odd = "mark/+?&=<>\"' of something";
    let percent: String = byte_serialize(odd.as_bytes()).collect();
    assert!(needles(odd).iter().any(|needle| percent.contains(needle)));
    assert!(!found("something else"));
}
