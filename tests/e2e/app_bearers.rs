//! Programs that bring an access token from Entra to an app: at `/oauth2/auth`, and through the reverse
//! proxy.

use e2e::{ApiServer, Builder, PROGRAM, Response, Stack};
use serde_json::json;

/// The app's host.
const HOST: &str = "podinfo.apps.localhost";
const ALICE: &str = "a11ce000-0000-4000-8000-000000000001";
/// Alice is in it, bob is not.
const GROUP: &str = "6700d000-0000-4000-8000-000000000002";
const SCOPE: &str = "api://podinfo/read openid offline_access";
/// The longest lifetime of entra-sim's access tokens, and the clock tolerance.
const OVER: i64 = 4500 + 60;

/// A proxy with an app that shows its requests.
struct Behind {
    stack: Stack,
    app: ApiServer,
}

/// The answers to a token.
#[derive(Debug)]
struct Asked {
    check: Response,
    app: Response,
}

impl Behind {
    fn with(settings: &[(&str, &str)]) -> Self {
        let app = ApiServer::start(|seen, asker| {
            let told = json!({ "head": seen.head }).to_string();
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", told.len());
            asker.write(format!("{head}{told}"))
        });
        let upstream = json!([{ "host": HOST, "url": app.url(), "policy": { "groups": [GROUP] } }]);
        let mut builder = Builder::default()
            .clock()
            .setting("UPSTREAMS", &upstream.to_string())
            .setting("BEARER_AUDIENCES", "api://podinfo");
        for (name, value) in settings {
            builder = builder.setting(name, value);
        }
        Self {
            stack: builder.start(),
            app,
        }
    }

    /// Requests the app with `token`, in both ways.
    fn ask(&self, token: &str) -> Asked {
        let bearer = format!("Bearer {token}");
        let get = |target: &str| {
            let headers = [("host", HOST), ("authorization", &bearer)];
            self.stack.browser().send("GET", target, &headers, "")
        };
        Asked {
            check: get(&format!("/oauth2/auth?allowed_groups={GROUP}")),
            app: get("/page"),
        }
    }

    /// The head that the app got.
    fn head(asked: &Asked) -> String {
        asked.app.json()["head"].as_str().unwrap().to_owned()
    }
}

impl Asked {
    fn statuses(&self) -> (u16, u16) {
        (self.check.status, self.app.status)
    }

    /// Both must be refused alike; returns the refusal.
    fn refused(&self) -> (u16, String) {
        assert_eq!(self.check.problem(), self.app.problem());
        self.app.problem()
    }
}

/// The text in `tokens`.
fn text(tokens: &serde_json::Value, name: &str) -> String {
    tokens[name].as_str().unwrap().to_owned()
}

#[test]
fn a_program_uses_an_app_in_the_name_of_its_user() {
    let behind = Behind::with(&[]);
    let tokens = behind.stack.tokens("alice", SCOPE);
    let token = text(&tokens, "access_token");
    let good = behind.ask(&token);
    assert_eq!(good.statuses(), (202, 200), "{good:?}");
    assert_eq!(good.check.header("x-auth-request-user"), ALICE);
    assert_eq!(good.check.header("authorization"), "");
    let head = Behind::head(&good);
    assert!(
        head.contains(&format!("x-auth-request-user: {ALICE}\r\n")),
        "{head}"
    );
    assert!(!head.contains("authorization"), "it does not go on: {head}");

    // One property is broken at a time. With a token for another audience nobody is signed in.
    let other = behind
        .stack
        .further_tokens(&tokens, "api://other/read openid");
    let other = behind.ask(&text(&other, "access_token")).refused();
    assert_eq!(other, (401, "no-app-session".to_owned()));
    let (unsigned, signature) = token.rsplit_once('.').unwrap();
    let forged: String = signature.chars().rev().collect();
    let forged = behind.ask(&format!("{unsigned}.{forged}"));
    assert_eq!(forged.refused(), (401, "bearer-refused".to_owned()));
    for answer in [&forged.check, &forged.app] {
        let challenge = answer.header("www-authenticate");
        assert!(
            challenge.starts_with(r#"Bearer realm="apps", error="invalid_token""#),
            "{challenge}"
        );
    }
    // Bob's token is valid, but the rule does not admit him.
    let bob = behind.stack.tokens("bob", SCOPE);
    let bob = behind.ask(&text(&bob, "access_token")).refused();
    assert_eq!(bob, (403, "app-denied".to_owned()));
    assert_eq!(behind.app.seen().len(), 1);

    behind.stack.at(OVER + 60);
    let over = behind.ask(&token).refused();
    assert_eq!(over, (401, "bearer-refused".to_owned()));
    let fresh = behind.stack.further_tokens(&tokens, SCOPE);
    let fresh = behind.ask(&text(&fresh, "access_token"));
    assert_eq!(fresh.statuses(), (202, 200), "{fresh:?}");
}

#[test]
fn it_goes_on_to_the_app_if_a_setting_says_so_and_an_id_token_opens_nothing() {
    // The program's ID token is not for the proxy.
    let behind = Behind::with(&[
        ("BEARER_AUDIENCES", &format!("api://podinfo {PROGRAM}")),
        ("BEARER_PASS_ON", "true"),
    ]);
    let tokens = behind.stack.tokens("alice", SCOPE);
    let bearer = format!("Bearer {}", text(&tokens, "access_token"));
    let good = behind.ask(&text(&tokens, "access_token"));
    assert_eq!(good.check.header("authorization"), bearer);
    let head = Behind::head(&good);
    assert!(
        head.contains(&format!("authorization: {bearer}\r\n")),
        "{head}"
    );
    let id_token = behind.ask(&text(&tokens, "id_token")).refused();
    assert_eq!(id_token, (401, "bearer-refused".to_owned()));
}
