//! The tokens that apps get, and what is known of the user, while they use the app.

use std::rc::Rc;

use serde_json::{Value, json};

use super::entra::{Entra, signed};
use super::*;
use crate::session::AccessToken;
use crate::terms::Secret;

const SCOPE: (&str, &str) = ("forward_auth_scope", "api://podinfo/.default");
const ID_TOKEN: (&str, &str) = ("set_authorization_header", "true");
const AKS: &str = "6dae42f8-4368-4678-94ff-3960e28e3630";

fn claims(proxy: &Proxy) -> Claims {
    Claims {
        user: alice(),
        upn: Some("alice@contoso.example".to_owned()),
        groups: vec![GROUP.to_owned()],
        roles: vec!["cluster-user".to_owned()],
        at: proxy.world.now(),
    }
}

/// Alice at the app, with a refresh token.
fn alice_at_the_app(settings: &[(&str, &str)]) -> (Proxy, Browser, Rc<Entra>) {
    let tokens = Tokens {
        refresh_token: Some(Secret::new("first")),
        ..Tokens::default()
    };
    with_tokens(settings, &tokens)
}

fn with_tokens(settings: &[(&str, &str)], tokens: &Tokens) -> (Proxy, Browser, Rc<Entra>) {
    let (proxy, browser) = (Proxy::with(settings), Browser::default());
    let entra = Entra::of(&proxy.world);
    proxy.sign_in_as(&browser, &claims(&proxy), tokens);
    proxy.open(&browser, APP);
    (proxy, browser, entra)
}

/// Uses the app for so long.
fn use_for(proxy: &Proxy, browser: &Browser, entra: &Entra, seconds: u64) {
    for _ in 0..seconds / 600 {
        entra.pass(&proxy.world, 600);
        proxy.check(browser, APP);
    }
}

#[test]
fn without_a_setting_there_is_no_token_and_nobody_is_asked() {
    let (proxy, browser, entra) = alice_at_the_app(&[]);
    let told = proxy.check(&browser, APP);
    assert_eq!(told.status, 202);
    assert_eq!(told.header("x-auth-request-access-token"), "");
    assert!(!told.headers.contains_key("authorization"));
    assert_eq!(entra.asked(), Vec::<String>::new());
}

#[test]
fn the_id_token_is_in_authorization_if_that_is_wanted() {
    let (proxy, browser, entra) = alice_at_the_app(&[ID_TOKEN]);
    let token = format!("Bearer {}", entra.id_token());
    for _ in 0..3 {
        let told = proxy.check(&browser, APP);
        assert_eq!(
            (told.status, told.header("authorization")),
            (202, token.as_str())
        );
        assert_eq!(told.header("x-auth-request-access-token"), "");
    }
    assert_eq!(
        entra.asked(),
        ["openid profile offline_access"],
        "once, and kept"
    );
    // Five minutes before its end, or after an hour.
    use_for(&proxy, &browser, &entra, 3600);
    let told = proxy.check(&browser, APP);
    assert_eq!(told.status, 202);
    assert_ne!(told.header("authorization"), token);
    assert_eq!(entra.asked().len(), 1);
}

#[test]
fn a_scope_has_a_token_of_its_own() {
    let (proxy, browser, entra) = alice_at_the_app(&[SCOPE, ID_TOKEN]);
    for _ in 0..2 {
        let told = proxy.check(&browser, APP);
        assert_eq!(told.header("x-auth-request-access-token"), "opaque");
        assert!(told.header("authorization").starts_with("Bearer ey"));
    }
    let scope = "api://podinfo/.default openid profile offline_access";
    assert_eq!(entra.asked(), [scope], "both at once");
    // Away for a moment: what lives serves on.
    *entra.refusal.borrow_mut() = Some((503, json!({})));
    use_for(&proxy, &browser, &entra, 3600);
    assert_eq!(proxy.check(&browser, APP).status, 202);
    assert!(!entra.asked().is_empty());
    entra.pass(&proxy.world, 600);
    let told = proxy.check(&browser, APP);
    assert_eq!(
        (told.status, told.kind().as_str()),
        (503, "entra-unavailable")
    );
    *entra.refusal.borrow_mut() = None;
    entra.pass(&proxy.world, 60);
    assert_eq!(
        proxy.check(&browser, APP).status,
        202,
        "nobody was signed out"
    );
}

/// One valid case is above. Each of these is refused, clearly, and Entra is not asked again at once.
#[test]
fn a_token_that_cannot_be_had_is_said() {
    let refused = |error: &str, description: &str| {
        Some((
            400,
            json!({ "error": error, "error_description": description }),
        ))
    };
    let token = |claims: Value| signed(&json!({ "alg": "RS256", "kid": "k1" }), &claims);
    let cases = [
        (
            refused("invalid_grant", "AADSTS65001: no consent"),
            "opaque".to_owned(),
        ),
        (
            refused("invalid_resource", "AADSTS500011: no such resource"),
            "opaque".to_owned(),
        ),
        (
            refused("interaction_required", "AADSTS50076: mfa"),
            "opaque".to_owned(),
        ),
        (
            None,
            token(json!({ "oid": "somebody else", "aud": "api://podinfo" })),
        ),
        (None, token(json!({ "oid": alice().oid, "aud": AKS }))),
        (
            None,
            token(json!({ "oid": alice().oid, "aud": format!("spn:{AKS}") })),
        ),
    ];
    for (refusal, access_token) in cases {
        let (proxy, browser, entra) = alice_at_the_app(&[SCOPE]);
        *entra.refusal.borrow_mut() = refusal;
        *entra.access_token.borrow_mut() = access_token.clone();
        for _ in 0..2 {
            let told = proxy.check(&browser, APP);
            assert_eq!(
                (told.status, told.kind().as_str()),
                (403, "no-app-token"),
                "{}",
                told.body
            );
            assert!(!told.headers.contains_key("x-auth-request-access-token"));
        }
        assert_eq!(entra.asked().len(), 1, "{access_token}");
        // Somebody has given consent since.
        *entra.refusal.borrow_mut() = None;
        *entra.access_token.borrow_mut() = "opaque".to_owned();
        entra.pass(&proxy.world, 61);
        assert_eq!(proxy.check(&browser, APP).status, 202);
    }
}

/// What a browser sends when it navigates.
const NAVIGATION: [(&str, &str); 2] = [("accept", "text/html"), ("sec-fetch-mode", "navigate")];

fn consent_is_missing(entra: &Entra) {
    let error = json!({ "error": "invalid_grant", "error_description": "AADSTS65001: no consent" });
    *entra.refusal.borrow_mut() = Some((400, error));
}

/// A check about a page that a browser opens. nginx's own method is all that is known of it.
fn navigates(proxy: &Proxy, browser: &Browser) -> Told {
    let address = format!("https://{APP}/oauth2/auth");
    proxy.ask(browser, Method::GET, &address, &NAVIGATION)
}

/// From a check that answers 401 to the page where Entra asks for consent, and its query.
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
    // Whoever comes back without it is not led again, but told.
    let told = navigates(&proxy, &browser);
    assert_eq!((told.status, told.kind().as_str()), (403, ""), "a page");
    assert!(told.body.contains("no-app-token"), "{}", told.body);
    entra.pass(&proxy.world, 61);
    let start = format!("https://{APP}/oauth2/start?rd=%2Fpage");
    let (address, _) = proxy.follow(&browser, &start);
    assert_eq!(address, format!("https://{APP}/page"), "the way is free");
    assert_eq!(navigates(&proxy, &browser).status, 403);
    entra.pass(&proxy.world, 600);
    assert_eq!(
        navigates(&proxy, &browser).status,
        401,
        "once in ten minutes"
    );
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
    // What was granted may be taken back.
    consent_is_missing(&entra);
    entra.pass(&proxy.world, 3600);
    entra.pass(&proxy.world, 700);
    assert_eq!(navigates(&proxy, &browser).status, 401);
}

/// A stronger sign-in is led to in the same way, with what Entra wants.
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

/// A script's request, a form that is posted, and a proxy whose word nobody takes lead nobody anywhere.
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

/// Where our answer reaches the browser it is a redirect.
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

/// The refresh token has given something before, and is dead now: only a new sign-in helps.
#[test]
fn a_dead_refresh_token_leads_to_a_new_sign_in() {
    let (proxy, browser, entra) = alice_at_the_app(&[SCOPE]);
    assert_eq!(proxy.check(&browser, APP).status, 202);
    let dead = json!({ "error": "invalid_grant", "error_description": "AADSTS700082: expired" });
    *entra.refusal.borrow_mut() = Some((400, dead));
    use_for(&proxy, &browser, &entra, 3600);
    assert_eq!(proxy.check(&browser, APP).status, 401);
    // The session is over too, or the way back to the app would lead past Entra, in a circle.
    let (address, _) = proxy.follow(&browser, "https://app.example.com/oauth2/start");
    assert!(
        address.starts_with("https://auth.example.com/login?"),
        "{address}"
    );
}

#[test]
fn the_aks_token_goes_to_apps_by_its_own_setting_alone() {
    let token = |proxy: &Proxy| AccessToken {
        token: Secret::new("the AKS token"),
        source: crate::session::Source::Entra,
        scopes: Vec::new(),
        issued_at: proxy.world.now(),
        refresh_at: None,
        expires_at: proxy.world.now().plus(4000),
    };
    let setting = ("forward_auth_aks_token", "true");
    for (settings, expected) in [
        (&[][..], ""),
        (&[SCOPE][..], "opaque"),
        (&[setting][..], "the AKS token"),
    ] {
        let proxy = Proxy::new();
        let tokens = Tokens {
            refresh_token: Some(Secret::new("first")),
            access_tokens: [(AKS.to_owned(), token(&proxy))].into(),
            ..Tokens::default()
        };
        let (proxy, browser, _) = with_tokens(settings, &tokens);
        let told = proxy.check(&browser, APP);
        assert_eq!(told.header("x-auth-request-access-token"), expected);
    }
}

/// What the ID token says is asked for anew after an hour, and the rules with it.
#[test]
fn what_is_known_of_the_user_is_renewed() {
    let (proxy, browser, entra) = alice_at_the_app(&[]);
    use_for(&proxy, &browser, &entra, 3000);
    assert_eq!(entra.asked(), Vec::<String>::new());
    *entra.says.borrow_mut() = json!({ "groups": ["another"], "name": "Alicia" });
    use_for(&proxy, &browser, &entra, 600);
    let told = proxy.check(&browser, APP);
    assert_eq!(told.header("x-auth-request-groups"), "another");
    assert_eq!(entra.asked(), ["openid profile offline_access"]);
    let userinfo = proxy.get(&browser, "https://app.example.com/oauth2/userinfo");
    assert!(userinfo.body.contains("another"), "{}", userinfo.body);
}

#[test]
fn who_has_left_an_allowed_group_is_signed_out_within_the_hour() {
    for path in ["oauth2/auth", "oauth2/userinfo"] {
        let (proxy, browser, entra) = alice_at_the_app(&[("allowed_groups", GROUP)]);
        let ask = || proxy.ask(&browser, Method::GET, &format!("https://{APP}/{path}"), &[]);
        *entra.says.borrow_mut() = json!({ "groups": ["another"] });
        use_for(&proxy, &browser, &entra, 3000);
        assert!(ask().status < 300, "{path}");
        entra.pass(&proxy.world, 600);
        let told = ask();
        assert_eq!(
            (told.status, told.kind().as_str()),
            (403, "not-admitted"),
            "{path}"
        );
        assert_eq!(ask().status, 401, "{path}");
    }
}

/// A rule of the query that the user fulfils no more counts at once when that is known.
#[test]
fn rules_of_the_query_are_asked_about_what_is_new() {
    let (proxy, browser, entra) = alice_at_the_app(&[]);
    *entra.says.borrow_mut() = json!({ "roles": [] });
    use_for(&proxy, &browser, &entra, 3000);
    entra.pass(&proxy.world, 600);
    let address = format!("https://{APP}/oauth2/auth?allowed_roles=cluster-user");
    let told = proxy.ask(&browser, Method::GET, &address, &[]);
    assert_eq!((told.status, told.kind().as_str()), (403, "app-denied"));
}

/// Who has got into a group since is let on within the hour, without a new sign-in.
#[test]
fn who_was_denied_is_asked_about_anew() {
    let (proxy, browser, entra) = alice_at_the_app(&[]);
    let group = "6700d000-0000-4000-8000-000000000007";
    *entra.says.borrow_mut() = json!({ "groups": [group] });
    let address = format!("https://{APP}/oauth2/auth?allowed_groups={group}");
    let ask = || proxy.ask(&browser, Method::GET, &address, &[]).status;
    for _ in 0..5 {
        entra.pass(&proxy.world, 600);
        assert_eq!(ask(), 403);
    }
    entra.pass(&proxy.world, 600);
    assert_eq!(ask(), 202);
}

/// While Entra says nothing, rules of admission may be decided on what is old, for another hour.
#[test]
fn what_is_stale_admits_nobody() {
    for (rules, expected) in [(&[][..], 202), (&[("allowed_groups", GROUP)][..], 503)] {
        let (proxy, browser, entra) = alice_at_the_app(rules);
        *entra.refusal.borrow_mut() = Some((503, json!({})));
        use_for(&proxy, &browser, &entra, 6600);
        assert_eq!(proxy.check(&browser, APP).status, 202);
        use_for(&proxy, &browser, &entra, 1200);
        assert_eq!(proxy.check(&browser, APP).status, expected);
        *entra.refusal.borrow_mut() = None;
        entra.pass(&proxy.world, 60);
        assert_eq!(
            proxy.check(&browser, APP).status,
            202,
            "nobody was signed out"
        );
    }
}

/// The grant is ended by Entra for a user whom it does not know any more.
#[test]
fn who_is_gone_at_entra_is_signed_out() {
    let (proxy, browser, entra) = alice_at_the_app(&[]);
    let gone = json!({ "error": "invalid_grant", "error_description": "AADSTS700082: revoked" });
    *entra.refusal.borrow_mut() = Some((400, gone));
    use_for(&proxy, &browser, &entra, 3600);
    assert_eq!(proxy.check(&browser, APP).status, 401);
}
