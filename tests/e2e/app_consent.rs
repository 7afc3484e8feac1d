//! Apps that get a token, for their own API or for AKS, behind a real nginx, and users who have not consented to
//! that.

use e2e::{Annotations, AppHost, Browser, Builder, Nginx, Stack};
use serde_json::json;
use url::Url;

const SCOPE: &str = "api://podinfo/.default";
/// How AKS is named where it is asked for.
const AKS: &str = "6dae42f8-4368-4678-94ff-3960e28e3630%2F.default";

/// A user, with a browser that has cookies for the app and for the proxy.
struct Person<'a> {
    stack: &'a Stack,
    user: &'static str,
    app: AppHost,
    at_app: Browser,
    own: Browser,
    /// Whether they consent at Entra.
    consents: bool,
    /// The requests to Entra.
    asked: Vec<String>,
}

/// Whether it is a request for the token of the app's API.
fn is_for_app(asked: &str) -> bool {
    asked.contains("api%3A%2F%2Fpodinfo%2F.default")
}

impl<'a> Person<'a> {
    fn new(stack: &'a Stack, user: &'static str, app: AppHost, consents: bool) -> Self {
        let mut at_app = stack.browser_at(&app.address()).html();
        at_app.headers.push(("host".to_owned(), app.host()));
        Self {
            stack,
            user,
            app,
            at_app,
            own: stack.browser().html(),
            consents,
            asked: Vec::new(),
        }
    }

    /// Opens `page` of the app, and follows all redirects until a page is shown. Returns its status.
    fn opens(&mut self, page: &str) -> u16 {
        let entra = self.stack.entra["http"].as_str().unwrap();
        let mut at = format!("{}{page}", self.app.origin());
        for _ in 0..20 {
            let answer = if at.starts_with(&self.app.origin()) {
                self.at_app.get(&at)
            } else if at.starts_with(entra) {
                self.asked.push(at.clone());
                if self.consents && is_for_app(&at) {
                    self.stack.reset();
                }
                // Entra has a page for who is asked for consent to AKS.
                let decision = if at.contains(AKS) { "accept" } else { "" };
                self.stack.at_entra(&at, self.user, decision)
            } else {
                self.own.get(&at)
            };
            if !(300..400).contains(&answer.status) {
                return answer.status;
            }
            at = Url::parse(&at)
                .unwrap()
                .join(answer.location())
                .unwrap()
                .into();
        }
        panic!("it leads in a circle: {at}");
    }

    /// The same session, used by a program.
    fn program(&self, page: &str) -> u16 {
        let mut program = self.at_app.clone();
        program.headers.retain(|(name, _)| name == "host");
        program.get(page).status
    }
}

/// The proxy with this setting, behind nginx as an ingress has it.
fn behind_nginx(app: AppHost, (name, value): (&str, &str)) -> (Stack, Nginx) {
    let stack = Builder::default()
        .setting("ALLOWED_RETURN_ORIGINS", &app.origin())
        .setting(name, value)
        .start();
    let proxy = stack.origin.replace("http://localhost", "127.0.0.1");
    let annotations = Annotations {
        auth_host: "$http_host",
        auth_url: "/oauth2/auth",
        sign_in: "$scheme://$http_host/oauth2/start?rd=$escaped_request_uri",
    };
    let nginx = Nginx::start(app, &proxy, &annotations);
    (stack, nginx)
}

/// Nobody had to open `/whoami` first.
#[test]
fn who_has_not_consented_to_aks_gets_to_an_app_that_acts_there() {
    let app = AppHost::choose();
    let (stack, _nginx) = behind_nginx(app, ("FORWARD_AUTH_AKS_TOKEN", "true"));
    let mut bob = Person::new(&stack, "bob", app, true);
    assert_eq!(bob.opens("/page?x=1"), 200);
    let asked: Vec<bool> = bob.asked.iter().map(|asked| asked.contains(AKS)).collect();
    assert_eq!(asked, [false, true], "{:?}", bob.asked);
    let check = bob.at_app.get("/oauth2/auth");
    assert_eq!(check.status, 202);
    assert!(!check.header("x-auth-request-access-token").is_empty());
    assert_eq!(bob.opens("/other"), 200);
    assert_eq!(bob.asked.len(), 2);
}

#[test]
fn a_person_is_led_to_consent_once_and_a_program_is_told() {
    let app = AppHost::choose();
    let (stack, _nginx) = behind_nginx(app, ("FORWARD_AUTH_SCOPE", SCOPE));
    let missing = json!({
        "at": "token", "kind": "error", "grant_type": "refresh_token",
        "scope_contains": "api://podinfo", "times": 0,
        "error": {
            "error": "invalid_grant", "suberror": "consent_required", "error_codes": [65001],
            "error_description": "AADSTS65001: The user has not consented.",
        },
    });
    stack.control("faults", &missing);
    // She signs in, is led to consent, and comes back without it: nobody leads her there again.
    let mut alice = Person::new(&stack, "alice", app, false);
    assert_eq!(alice.opens("/page"), 403);
    let asked: Vec<bool> = alice.asked.iter().map(|asked| is_for_app(asked)).collect();
    assert_eq!(asked, [false, true], "{:?}", alice.asked);
    assert_eq!(alice.opens("/page"), 403);
    assert_eq!(alice.program("/page"), 403);
    assert_eq!(alice.asked.len(), 2);

    let mut consenting = Person::new(&stack, "alice", app, true);
    assert_eq!(consenting.opens("/page"), 200);
    assert_eq!(consenting.asked.len(), 2, "{:?}", consenting.asked);
}
