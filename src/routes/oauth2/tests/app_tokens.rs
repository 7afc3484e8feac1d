//! The tokens that apps get while their users use them.

use std::rc::Rc;

use serde_json::{Value, json};

use super::entra::{Entra, signed};
use super::*;
use crate::session::AccessToken;
use crate::terms::Secret;

pub(super) const SCOPE: (&str, &str) = ("forward_auth_scope", "api://podinfo/.default");
const ID_TOKEN: (&str, &str) = ("set_authorization_header", "true");
pub(super) const AKS: &str = "6dae42f8-4368-4678-94ff-3960e28e3630";

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
pub(super) fn alice_at_the_app(settings: &[(&str, &str)]) -> (Proxy, Browser, Rc<Entra>) {
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

/// Uses the app for this long.
pub(super) fn use_for(proxy: &Proxy, browser: &Browser, entra: &Entra, seconds: u64) {
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
    // For a short outage, valid tokens are still used.
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

/// One valid case is above. Each of these is refused with a clear error, and Entra is not asked again at
/// once.
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
        // Meanwhile somebody has consented.
        *entra.refusal.borrow_mut() = None;
        *entra.access_token.borrow_mut() = "opaque".to_owned();
        entra.pass(&proxy.world, 61);
        assert_eq!(proxy.check(&browser, APP).status, 202);
    }
}

/// The refresh token worked before, and is revoked now: only a new sign-in helps.
#[test]
fn a_dead_refresh_token_leads_to_a_new_sign_in() {
    let (proxy, browser, entra) = alice_at_the_app(&[SCOPE]);
    assert_eq!(proxy.check(&browser, APP).status, 202);
    let dead = json!({ "error": "invalid_grant", "error_description": "AADSTS700082: expired" });
    *entra.refusal.borrow_mut() = Some((400, dead));
    use_for(&proxy, &browser, &entra, 3600);
    assert_eq!(proxy.check(&browser, APP).status, 401);
    // The session has ended too, or the redirect back to the app would skip Entra and never end.
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
