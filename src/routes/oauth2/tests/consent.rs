//! A browser is redirected to Entra once, where an app's token requires its user first.

use serde_json::json;

use super::app_tokens::{AKS, SCOPE, alice_at_the_app};
use super::entra::{Entra, signed};
use super::*;

const AKS_TOKEN: (&str, &str) = ("forward_auth_aks_token", "true");
/// What a browser sends when it navigates.
const NAVIGATION: [(&str, &str); 2] = [("accept", "text/html"), ("sec-fetch-mode", "navigate")];

fn consent_is_missing(entra: &Entra) {
    let error = json!({ "error": "invalid_grant", "error_description": "AADSTS65001: no consent" });
    *entra.refusal.borrow_mut() = Some((400, error));
}

/// A check about a page that a browser opens. Only nginx's own method is known.
fn navigates(proxy: &Proxy, browser: &Browser) -> Told {
    let address = format!("https://{APP}/oauth2/auth");
    proxy.ask(browser, Method::GET, &address, &NAVIGATION)
}

/// From a check that answers 401 to Entra's consent page, and its query.
fn at_entra(proxy: &Proxy, browser: &Browser) -> Url {
    let start = format!("https://{APP}/oauth2/start?rd=%2Fpage");
    let (_, told) = proxy.follow(browser, &start);
    let login = Url::parse(&format!("https://{OWN}")).unwrap();
    let login = login.join(&told.location).unwrap();
    assert!(
        login.as_str().contains("/login?for=app&rd=%2Flogin%2Fapp"),
        "{login}"
    );
    Url::parse(&proxy.get(browser, login.as_str()).location).unwrap()
}

/// Whoever was led a moment ago gets back to the app without another trip, and is led again ten minutes later.
fn is_led_again_after_ten_minutes(proxy: &Proxy, browser: &Browser, entra: &Entra) {
    entra.pass(&proxy.world, 61);
    let start = format!("https://{APP}/oauth2/start?rd=%2Fpage");
    let (address, _) = proxy.follow(browser, &start);
    assert_eq!(address, format!("https://{APP}/page"), "the way is free");
    assert_eq!(navigates(proxy, browser).status, 403);
    entra.pass(&proxy.world, 600);
    assert_eq!(navigates(proxy, browser).status, 401, "once in ten minutes");
}

#[test]
fn a_browser_is_led_to_consent_once() {
    let (proxy, browser, entra) = alice_at_the_app(&[SCOPE]);
    consent_is_missing(&entra);
    assert_eq!(navigates(&proxy, &browser).status, 401, "on to the sign-in");
    let asked = at_entra(&proxy, &browser);
    let query: BTreeMap<_, _> = asked.query_pairs().into_owned().collect();
    assert_eq!(
        query["scope"],
        "openid profile offline_access api://podinfo/.default"
    );
    assert_eq!(query["login_hint"], "alice@contoso.example");
    assert!(!query.contains_key("prompt"), "it is known who it is");
    // A browser that returns without consent gets an error instead of another redirect.
    let told = navigates(&proxy, &browser);
    assert_eq!((told.status, told.kind().as_str()), (403, ""), "a page");
    assert!(told.body.contains("no-app-token"), "{}", told.body);
    is_led_again_after_ten_minutes(&proxy, &browser, &entra);
}

#[test]
fn who_has_consented_gets_to_the_app() {
    let (proxy, browser, entra) = alice_at_the_app(&[SCOPE]);
    consent_is_missing(&entra);
    assert_eq!(navigates(&proxy, &browser).status, 401);
    at_entra(&proxy, &browser);
    *entra.refusal.borrow_mut() = None;
    entra.pass(&proxy.world, 61);
    let told = navigates(&proxy, &browser);
    assert_eq!(told.status, 202, "{}", told.body);
    assert_eq!(told.header("x-auth-request-access-token"), "opaque");
    // Consent may be revoked.
    consent_is_missing(&entra);
    entra.pass(&proxy.world, 3600);
    entra.pass(&proxy.world, 700);
    assert_eq!(navigates(&proxy, &browser).status, 401);
}

/// A stronger sign-in works the same way, with Entra's claims challenge.
#[test]
fn a_claims_challenge_goes_back_to_entra() {
    let (proxy, browser, entra) = alice_at_the_app(&[SCOPE]);
    let claims = r#"{"access_token":{"acrs":{"essential":true,"value":"c1"}}}"#;
    let error = json!({
        "error": "interaction_required", "error_description": "AADSTS50076: mfa", "claims": claims,
    });
    *entra.refusal.borrow_mut() = Some((400, error));
    assert_eq!(navigates(&proxy, &browser).status, 401);
    let asked = at_entra(&proxy, &browser);
    let claims = asked.query_pairs().find(|(name, _)| name == "claims");
    assert!(claims.unwrap().1.contains("acrs"), "{asked}");
}

/// A script's request, a POST, and an untrusted proxy redirect nobody.
#[test]
fn nobody_but_a_browser_that_navigates_is_led() {
    let nginx = [
        SCOPE,
        ("forward_auth_profile", "nginx"),
        ("trusted_proxies", "10.0.0.0/8"),
    ];
    let original = [
        ("spin-client-addr", "10.0.0.1:1"),
        ("x-original-url", "https://app.example.com/page"),
    ];
    let with = |more: &[(&'static str, &'static str)]| [&NAVIGATION[..], &original, more].concat();
    for (what, headers) in [
        ("a program", vec![original[0], original[1]]),
        ("a form", with(&[("x-original-method", "POST")])),
        ("no method", with(&[])),
        (
            "a script",
            with(&[
                ("x-original-method", "GET"),
                ("x-requested-with", "XMLHttpRequest"),
            ]),
        ),
    ] {
        let (proxy, browser, entra) = alice_at_the_app(&nginx);
        consent_is_missing(&entra);
        let address = format!("https://{APP}/oauth2/auth");
        let told = proxy.ask(&browser, Method::GET, &address, &headers);
        assert_eq!(told.status, 403, "{what}");
        let led = proxy.ask(
            &browser,
            Method::GET,
            &address,
            &with(&[("x-original-method", "GET")]),
        );
        assert_eq!(led.status, 401, "{what} has used nothing up");
    }
}

/// Where our answer reaches the browser, it is a redirect.
#[test]
fn a_proxy_that_shows_our_answer_redirects() {
    let (proxy, browser, entra) = alice_at_the_app(&[
        SCOPE,
        ("forward_auth_profile", "traefik"),
        ("trusted_proxies", "10.0.0.0/8"),
    ]);
    consent_is_missing(&entra);
    let described = [
        ("spin-client-addr", "10.0.0.1:1"),
        ("x-forwarded-method", "GET"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-host", APP),
        ("x-forwarded-uri", "/page?a=b"),
    ];
    let address = format!("https://{OWN}/oauth2/auth");
    let headers = [&NAVIGATION[..], &described].concat();
    let asked = || {
        let cookies = browser.cookies_for(APP);
        let headers = [&headers[..], &[("cookie", cookies.as_str())]].concat();
        proxy.ask(&Browser::default(), Method::GET, &address, &headers)
    };
    let told = asked();
    let start = format!("https://{APP}/oauth2/start?rd=%2Fpage%3Fa%3Db");
    assert_eq!((told.status, told.location), (302, start));
    assert_eq!(asked().status, 403);
}

/// For the AKS token the trip is the one of `/whoami`, and the way leads back to the app.
#[test]
fn who_lacks_the_aks_token_is_led_to_consent_once_and_comes_back_to_the_app() {
    let (proxy, browser, entra) = alice_at_the_app(&[AKS_TOKEN]);
    consent_is_missing(&entra);
    let told = proxy.check(&browser, APP);
    assert_eq!((told.status, told.kind().as_str()), (403, "no-app-token"));
    assert_eq!(navigates(&proxy, &browser).status, 401, "on to the sign-in");
    let start = format!("https://{APP}/oauth2/start?rd=%2Fpage");
    let (_, told) = proxy.follow(&browser, &start);
    let own = Url::parse(&format!("https://{OWN}")).unwrap();
    let login = own.join(&told.location).unwrap();
    assert!(
        login.as_str().contains("/login?for=aks&rd=%2Flogin%2Fapp"),
        "{login}"
    );
    let asked = Url::parse(&proxy.get(&browser, login.as_str()).location).unwrap();
    let scope = asked.query_pairs().find(|(name, _)| name == "scope");
    assert!(
        scope.unwrap().1.contains(&format!("{AKS}/.default")),
        "{asked}"
    );
    // Whoever comes back without it is not led again, but told.
    assert_eq!(navigates(&proxy, &browser).status, 403);
    is_led_again_after_ten_minutes(&proxy, &browser, &entra);
    // At the end there is a token.
    *entra.refusal.borrow_mut() = None;
    let claims = json!({ "aud": AKS, "tid": alice().tid, "oid": alice().oid });
    let token = signed(&json!({ "alg": "RS256", "kid": "k1" }), &claims);
    entra.access_token.borrow_mut().clone_from(&token);
    entra.pass(&proxy.world, 61);
    let told = navigates(&proxy, &browser);
    assert_eq!(told.status, 202, "{}", told.body);
    assert_eq!(told.header("x-auth-request-access-token"), token);
}

/// Where consent cannot be had, a device code leads to the app too.
#[test]
fn who_has_to_choose_or_needs_a_device_code_for_the_aks_token_is_told_on_the_way() {
    for (consent, kind) in [
        ("ask", "consent-or-device-code"),
        ("kubelogin", "device-code-required"),
    ] {
        let (proxy, browser, entra) = alice_at_the_app(&[AKS_TOKEN, ("aks_consent", consent)]);
        consent_is_missing(&entra);
        assert_eq!(navigates(&proxy, &browser).status, 401);
        let start = format!("https://{APP}/oauth2/start?rd=%2Fpage");
        let (address, told) = proxy.follow(&browser, &start);
        assert!(address.starts_with(&format!("https://{OWN}/login/app?")));
        assert_eq!(told.status, 400, "{consent}");
        for part in [kind, "/kubelogin/device-code?rd=%2Flogin%2Fapp"] {
            assert!(told.body.contains(part), "{consent}: {}", told.body);
        }
    }
}
