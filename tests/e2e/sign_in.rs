//! Sign-in, and the session afterwards.

use std::collections::HashMap;

use e2e::{Builder, Stack};
use serde_json::json;
use url::Url;

#[test]
fn alice_signs_in_and_sees_her_token() {
    let stack = Stack::start();
    let mut alice = stack.signed_in("alice");
    let whoami = alice.get("/whoami");
    assert_eq!(
        (whoami.status, whoami.header("cache-control")),
        (200, "no-store")
    );
    let shown = whoami.json();
    assert_eq!(shown["user"]["preferred_username"], "alice@contoso.example");
    assert_eq!(shown["token"]["source"], "entra");
    assert_eq!(
        shown["token"]["audience"],
        "6dae42f8-4368-4678-94ff-3960e28e3630"
    );
    assert_eq!(shown["token"]["scopes"], json!(["user.read", ".default"]));
    let left = shown["token"]["expires_in"].as_u64().unwrap();
    assert!((4400..=4500).contains(&left), "{left}");
    assert_eq!(shown["claims"]["upn"], "alice@contoso.example");
    assert_eq!(shown["claims"]["ver"], "1.0");
    assert_eq!(shown["token"].get("access_token"), None);
    assert!(!whoami.body.contains("eyJ"), "no raw token anywhere");
    alice.get("/whoami");
    assert_eq!(
        stack.count("token"),
        2,
        "the code and one silent request; then the cache"
    );
}

#[test]
fn the_raw_token_is_shown_only_where_that_is_wanted() {
    let stack = Builder::default()
        .setting("EXPOSE_ACCESS_TOKEN", "true")
        .start();
    let shown = stack.signed_in("alice").get("/whoami").json();
    assert!(
        shown["token"]["access_token"]
            .as_str()
            .unwrap()
            .starts_with("eyJ")
    );
}

#[test]
fn login_asks_entra_for_all_that_it_must_and_writes_nothing() {
    let stack = Stack::start();
    let mut browser = stack.browser();
    let login = browser.get("/login");
    assert_eq!(login.status, 302);
    let address = Url::parse(login.location()).unwrap();
    assert!(address.path().ends_with("/oauth2/v2.0/authorize"));
    let query: HashMap<_, _> = address.query_pairs().into_owned().collect();
    let redirect_uri = format!("{}/callback", stack.origin);
    for (name, value) in [
        ("client_id", stack.entra["client_id"].as_str().unwrap()),
        ("response_type", "code"),
        ("response_mode", "query"),
        ("redirect_uri", redirect_uri.as_str()),
        ("scope", "openid profile offline_access"),
        ("code_challenge_method", "S256"),
        ("prompt", "select_account"),
    ] {
        assert_eq!(query[name], value, "{name}");
    }
    for name in ["state", "nonce", "code_challenge"] {
        assert_eq!(query[name].len(), 43, "{name}");
    }
    let cookie = login.set_cookies()[0].to_owned();
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=86400"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    assert!(!cookie.contains("Domain"));
    assert_eq!(stack.store().records().len(), 0);
}

#[test]
fn cookies_are_secure_and_prefixed_unless_told_otherwise() {
    let stack = Builder::default()
        .setting("SESSION_COOKIE_SECURE", "true")
        .setting("SESSION_COOKIE_NAME", "__Host-session")
        .start();
    let mut browser = stack.browser();
    let callback = stack.begin(&mut browser, "alice", "/whoami");
    assert!(browser.attempt().starts_with("__Host-"));
    let response = browser.get(&callback);
    let session = response.set_cookies()[0].to_owned();
    assert!(
        session.starts_with("__Host-session=1.") && session.contains("; Secure"),
        "{session}"
    );
    assert!(session.split(';').next().unwrap().len() < 200);
}

#[test]
fn the_sign_in_leads_to_where_one_was_going() {
    let stack = Stack::start();
    let mut browser = stack.browser();
    let callback = stack.begin(&mut browser, "alice", "/some/page%3Fa%3Db%26c%3Dd");
    assert_eq!(browser.get(&callback).location(), "/some/page?a=b&c=d");
}

#[test]
fn who_is_not_signed_in_is_told_where_to_sign_in() {
    let stack = Stack::start();
    let program = stack.browser().get("/whoami");
    assert_eq!(program.problem(), (401, "no-session".to_owned()));
    assert_eq!(program.json()["login"], "/login?rd=%2Fwhoami");
    let person = stack.browser().html().get("/whoami");
    assert_eq!(
        (person.status, person.location()),
        (302, "/login?rd=%2Fwhoami")
    );
}

#[test]
fn two_tabs_can_both_finish_in_any_order() {
    let stack = Stack::start();
    let mut browser = stack.browser();
    let first = stack.begin(&mut browser, "alice", "/first");
    let second = stack.begin(&mut browser, "alice", "/second");
    assert_eq!(browser.get(&second).location(), "/second");
    assert_eq!(browser.get(&first).location(), "/first");
    assert_eq!(browser.get("/whoami").status, 200);
}

#[test]
fn a_callback_loaded_again_goes_on_to_where_it_led() {
    let stack = Stack::start();
    let mut browser = stack.browser();
    let callback = stack.begin(&mut browser, "alice", "/there");
    for _ in 0..2 {
        assert_eq!(browser.get(&callback).location(), "/there");
    }
    assert_eq!(stack.count("token:authorization_code"), 1);
}

#[test]
fn a_new_sign_in_keeps_the_grant_of_the_same_user_and_ends_anothers() {
    let stack = Stack::start();
    let mut browser = stack.signed_in("alice");
    let mut old = browser.clone();
    stack.sign_in(&mut browser, "alice");
    assert_eq!(browser.get("/whoami").status, 200);
    assert_eq!(
        old.get("/whoami").status,
        200,
        "a tab that was open goes on"
    );
    stack.sign_in(&mut browser, "bob");
    assert_eq!(old.get("/whoami").problem().0, 401);
}

#[test]
fn a_token_near_its_expiry_is_refreshed() {
    let stack = Stack::start();
    stack.control("aks-token", &json!({ "expires_in": 200 }));
    let mut alice = stack.signed_in("alice");
    let left = alice.get("/whoami").json()["token"]["expires_in"]
        .as_u64()
        .unwrap();
    assert!(left > 4000, "{left}");
    assert_eq!(stack.count("token:refresh_token"), 2);
}

#[test]
fn the_log_tells_what_happened_and_no_secret() {
    let stack = Stack::start();
    let mut browser = stack.browser();
    let callback = stack.begin(&mut browser, "alice", "/whoami");
    let refused = browser.get("/callback?state=x&code=verysecretcode");
    browser.get(&callback);
    let id = refused.json()["request_id"].as_str().unwrap().to_owned();
    assert!(stack.proxy.line(&id).contains("\"outcome\":\"no-attempt\""));
    let signed_in = stack.proxy.line("\"event\":\"sign_in\"");
    assert!(signed_in.contains("a11ce000-0000-4000-8000-000000000001"));
    let log = stack.proxy.output();
    let cookie = &browser.cookies["proxy_session"];
    let code = Url::parse(&callback).unwrap();
    let code = code
        .query_pairs()
        .find(|(name, _)| name == "code")
        .unwrap()
        .1
        .into_owned();
    for secret in [
        "verysecretcode",
        "eyJ",
        cookie.rsplit('.').next().unwrap(),
        &code,
    ] {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
}

#[test]
fn with_a_strict_cookie_the_callback_asks_again_from_our_own_site() {
    let stack = Builder::default()
        .setting("SESSION_COOKIE_SAMESITE", "Strict")
        .start();
    let mut alice = stack.browser();
    let callback = stack.begin(&mut alice, "alice", "/whoami");
    let page = alice.clone().html().get(&callback);
    assert_eq!(page.status, 200);
    assert!(page.set_cookies().is_empty());
    assert!(page.body.contains("0;url=/callback?code="), "{}", page.body);
    assert_eq!(
        stack.store().records().len(),
        0,
        "nothing was read or written"
    );
    assert_eq!(stack.count("token"), 0);
    let hostile = "/callback?state='%22%3E;url=//evil.example";
    let page = alice.clone().html().get(hostile);
    let repeated = format!("content=\"0;url={hostile}&amp;again=1\"");
    assert!(page.body.contains(&repeated), "{}", page.body);
    let again = alice.get(&callback).location().to_owned();
    assert!(
        again.starts_with("/callback?") && again.ends_with("&again=1"),
        "{again}"
    );
    let signed_in = alice.get(&again);
    assert_eq!(signed_in.location(), "/whoami");
    let cookies = signed_in.set_cookies();
    let session = cookies
        .iter()
        .find(|it| it.starts_with("proxy_session="))
        .unwrap();
    assert!(session.contains("SameSite=Strict"), "{session}");
}
