//! Access tokens in place of an app cookie: valid ones, then with one property broken at a time.

use std::rc::Rc;

use serde_json::{Value, json};

use super::access_tokens::{API, ON, assert_challenged, broken, header, valid, with};
use super::entra::{CLIENT, Entra, signed};
use super::*;

/// A proxy that accepts bearers, and its Entra.
fn proxy(more: &[(&str, &str)]) -> (Proxy, Rc<Entra>) {
    let settings: Vec<_> = [ON].iter().chain(more).copied().collect();
    let proxy = Proxy::with(&settings);
    let entra = Entra::of(&proxy.world);
    (proxy, entra)
}

fn claims(proxy: &Proxy) -> Value {
    access_tokens::claims(&proxy.world)
}

fn ask_at(proxy: &Proxy, query: &str, headers: &[(&str, &str)]) -> Told {
    let address = format!("https://{APP}/oauth2/auth{query}");
    proxy.ask(&Browser::default(), Method::GET, &address, headers)
}

fn ask(proxy: &Proxy, token: &str) -> Told {
    let bearer = format!("Bearer {token}");
    ask_at(proxy, "", &[("authorization", &bearer)])
}

#[test]
fn a_valid_token_opens_as_an_app_cookie_does() {
    let (proxy, _) = proxy(&[]);
    for (what, claims) in valid(&proxy.world) {
        let told = ask(&proxy, &signed(&header(), &claims));
        assert_eq!(told.status, 202, "{what} {}", told.body);
        assert_eq!(told.header("x-auth-request-user"), alice().oid);
        assert_eq!(told.header("x-auth-request-groups"), GROUP);
        assert_eq!(
            told.header("x-auth-request-email"),
            "",
            "it is not verified"
        );
        assert_eq!(told.header("x-auth-request-access-token"), "");
        assert_eq!(told.header("authorization"), "", "it does not go on");
    }
}

#[test]
fn one_broken_property_is_enough() {
    for (name, value, what) in broken() {
        let (proxy, _) = proxy(&[]);
        let told = ask(
            &proxy,
            &signed(&header(), &with(claims(&proxy), name, value.clone())),
        );
        assert_eq!(
            (told.status, told.kind().as_str()),
            (401, "bearer-refused"),
            "{name} {value}"
        );
        assert!(told.body.contains(what), "{name} {value}: {}", told.body);
        assert_challenged(told.header("www-authenticate"), what);
        assert!(!told.headers.contains_key("x-auth-request-user"));
    }
}

#[test]
fn only_a_signature_of_the_tenant_counts() {
    let (proxy, _) = proxy(&[]);
    let claims = claims(&proxy);
    let good = signed(&header(), &claims);
    let (unsigned, signature) = good.rsplit_once('.').unwrap();
    let flipped = signature.replacen(
        &signature[..1],
        if signature.starts_with('A') { "B" } else { "A" },
        1,
    );
    let headers = [
        with(header(), "alg", "none".into()),
        with(header(), "alg", "HS256".into()),
        with(header(), "kid", "unknown".into()),
        with(header(), "kid", Value::Null),
        with(header(), "crit", json!(["exp"])),
    ];
    let mut tokens: Vec<String> = headers
        .iter()
        .map(|header| signed(header, &claims))
        .collect();
    tokens.extend([
        format!("{unsigned}.{flipped}"),
        format!("{unsigned}."),
        unsigned.to_owned(),
    ]);
    for token in tokens {
        let told = ask(&proxy, &token);
        assert_eq!(
            (told.status, told.kind().as_str()),
            (401, "bearer-refused"),
            "{token}"
        );
    }
    assert_eq!(
        ask(&proxy, &good).status,
        202,
        "the failures are nobody else's"
    );
}

/// A token for another audience is no bearer of ours: it may be the app's. The cookie decides.
#[test]
fn what_is_not_for_us_is_left_alone() {
    let (proxy, _) = proxy(&[]);
    let browser = Browser::default();
    proxy.sign_in(&browser, Vec::new());
    proxy.open(&browser, APP);
    let cookie = browser.cookies_for(APP);
    let good = format!("Bearer {}", signed(&header(), &claims(&proxy)));
    let other = with(claims(&proxy), "aud", "api://other".into());
    let several = with(claims(&proxy), "aud", json!([API]));
    for (what, values) in [
        ("basic", vec!["Basic eA==".to_owned()]),
        ("opaque", vec!["Bearer opaque".to_owned()]),
        (
            "another audience",
            vec![format!("Bearer {}", signed(&header(), &other))],
        ),
        (
            "several audiences",
            vec![format!("Bearer {}", signed(&header(), &several))],
        ),
        ("two", vec![good.clone(), good]),
    ] {
        let mut headers: Vec<_> = values
            .iter()
            .map(|value| ("authorization", value.as_str()))
            .collect();
        let told = ask_at(&proxy, "", &headers);
        assert_eq!(
            (told.status, told.kind().as_str()),
            (401, "no-app-session"),
            "{what}"
        );
        headers.push(("cookie", &cookie));
        assert_eq!(ask_at(&proxy, "", &headers).status, 202, "{what}");
    }
    let off = Proxy::new();
    Entra::of(&off.world);
    let told = ask(&off, &signed(&header(), &claims(&off)));
    assert_eq!((told.status, told.kind().as_str()), (401, "no-app-session"));
}

/// Apps get ID tokens (`SET_AUTHORIZATION_HEADER`), which must not open other apps.
#[test]
fn an_id_token_is_no_bearer() {
    let (proxy, entra) = proxy(&[("bearer_audiences", CLIENT)]);
    let told = ask(&proxy, &entra.id_token());
    assert_eq!((told.status, told.kind().as_str()), (401, "bearer-refused"));
}

#[test]
fn an_applications_own_token_counts_if_a_setting_says_so() {
    for (setting, expected) in [("false", 401), ("true", 202)] {
        let (proxy, _) = proxy(&[("bearer_applications", setting)]);
        let own = with(claims(&proxy), "scp", Value::Null);
        assert_eq!(ask(&proxy, &signed(&header(), &own)).status, expected);
    }
}

#[test]
fn it_goes_on_to_the_app_if_a_setting_says_so() {
    let (proxy, _) = proxy(&[("bearer_pass_on", "true")]);
    let token = signed(&header(), &claims(&proxy));
    let told = ask(&proxy, &token);
    assert_eq!(told.header("authorization"), format!("Bearer {token}"));
}

#[test]
fn the_same_rules_hold() {
    let (proxy, _) = proxy(&[]);
    let bearer = format!("bearer {}", signed(&header(), &claims(&proxy)));
    for row in crate::apps::TABLE {
        // Alice's second group is not in her token.
        let ask = |value: &str| {
            let query = form_urlencoded::Serializer::new(String::new())
                .append_pair(row.rule.parameter(), value)
                .finish();
            ask_at(&proxy, &format!("?{query}"), &[("authorization", &bearer)]).status
        };
        assert!(
            row.admitting.iter().any(|value| ask(value) == 202),
            "{}",
            row.rule.parameter()
        );
        for value in row.denying {
            assert_eq!(ask(value), 403, "{} {value}", row.rule.parameter());
        }
    }
    // Microsoft Graph cannot be asked with it, so groups outside of it are unknown.
    let many = with(claims(&proxy), "_claim_names", json!({ "groups": "src1" }));
    let many = format!(
        "Bearer {}",
        signed(&header(), &with(many, "groups", Value::Null))
    );
    let query = format!("?allowed_groups={GROUP}");
    assert_eq!(
        ask_at(&proxy, &query, &[("authorization", &many)]).status,
        403
    );
    assert_eq!(ask_at(&proxy, "", &[("authorization", &many)]).status, 202);
}

#[test]
fn the_rules_of_admission_hold_too() {
    let (proxy, _) = proxy(&[("allowed_users", "bob@contoso.example")]);
    let told = ask(&proxy, &signed(&header(), &claims(&proxy)));
    assert_eq!((told.status, told.kind().as_str()), (403, "not-admitted"));
}

/// A verified token is recorded until it expires, sealed and by its hash.
#[test]
fn a_token_is_verified_once() {
    let (proxy, entra) = proxy(&[]);
    let token = signed(&header(), &claims(&proxy));
    assert_eq!(ask(&proxy, &token).status, 202);
    proxy.world.called.borrow_mut().clear();
    proxy.world.reads.set(0);
    proxy.world.writes.set(0);
    assert_eq!(ask(&proxy, &token).status, 202);
    assert_eq!((proxy.world.reads.get(), proxy.world.writes.get()), (1, 0));
    assert!(proxy.world.called.borrow().is_empty());
    let store = proxy.world.store.borrow().clone();
    let secret = token.as_bytes();
    assert!(
        store
            .values()
            .all(|value| !value.windows(20).any(|part| part == &secret[..20]))
    );
    // The same claims with another signature are another token.
    let (unsigned, signature) = token.rsplit_once('.').unwrap();
    let other: String = signature.chars().rev().collect();
    assert_eq!(ask(&proxy, &format!("{unsigned}.{other}")).status, 401);
    // Settings take effect at once.
    let audiences = ("bearer_audiences".to_owned(), "api://other".to_owned());
    proxy.world.variables.borrow_mut().extend([audiences]);
    assert_eq!(ask(&proxy, &token).status, 401);
    let audiences = (ON.0.to_owned(), ON.1.to_owned());
    proxy.world.variables.borrow_mut().extend([audiences]);
    entra.pass(&proxy.world, 659);
    assert_eq!(ask(&proxy, &token).status, 202);
    entra.pass(&proxy.world, 1);
    assert_eq!(ask(&proxy, &token).status, 401);
}

/// A client's invalid tokens fill neither the log nor others' limits.
#[test]
fn wrong_tokens_are_limited_and_logged_once_a_minute() {
    let (proxy, _) = proxy(&[("failed_sign_ins_per_minute", "3")]);
    let wrong = signed(&with(header(), "kid", "unknown".into()), &claims(&proxy));
    let wrong = format!("Bearer {wrong}");
    let good = format!("Bearer {}", signed(&header(), &claims(&proxy)));
    let ask = |address: &str, token: &str| {
        let headers = [("authorization", token), ("spin-client-addr", address)];
        ask_at(&proxy, "", &headers).status
    };
    let one = "192.0.2.1:1";
    assert_eq!([(); 4].map(|()| ask(one, &wrong)), [401, 401, 401, 429]);
    assert_eq!((ask(one, &good), ask("192.0.2.2:1", &good)), (429, 202));
    assert_eq!(proxy.world.lines.borrow().len(), 1);
    proxy.world.pass(60);
    assert_eq!((ask(one, &good), ask(one, &wrong)), (202, 401));
    assert_eq!(proxy.world.lines.borrow().len(), 2);
}

#[test]
fn what_is_away_refuses_nobody() {
    let (proxy, _) = proxy(&[]);
    let token = signed(&header(), &claims(&proxy));
    proxy
        .world
        .answers(|_| Err(crate::platform::HttpError::Failed("away".to_owned())));
    let told = ask(&proxy, &token);
    assert_eq!(
        (told.status, told.kind().as_str()),
        (503, "entra-unavailable")
    );
    Entra::of(&proxy.world);
    assert_eq!(ask(&proxy, &token).status, 202);
}

/// Who has shown nothing is told of no error (RFC 6750, section 3.1).
#[test]
fn a_program_without_a_token_is_told_that_one_would_do() {
    let (proxy, _) = proxy(&[]);
    for path in ["oauth2/auth", "oauth2/userinfo"] {
        let address = format!("https://{APP}/{path}");
        let ask = |proxy: &Proxy| proxy.ask(&Browser::default(), Method::GET, &address, &[]);
        let told = ask(&proxy);
        assert_eq!(
            (told.status, told.kind().as_str()),
            (401, "no-app-session"),
            "{path}"
        );
        assert_eq!(told.header("www-authenticate"), r#"Bearer realm="apps""#);
        let off = ask(&Proxy::new());
        assert_eq!(off.status, 401);
        assert!(!off.headers.contains_key("www-authenticate"), "{path}");
    }
}

#[test]
fn a_person_is_led_to_sign_in_where_tokens_are_taken_too() {
    let (proxy, _) = proxy(&[
        ("forward_auth_profile", "traefik"),
        ("trusted_proxies", "10.0.0.0/8"),
    ]);
    let told = ask_at(
        &proxy,
        "",
        &[
            ("accept", "text/html"),
            ("sec-fetch-mode", "navigate"),
            ("spin-client-addr", "10.0.0.1:1"),
            ("x-forwarded-method", "GET"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-host", APP),
            ("x-forwarded-uri", "/page"),
        ],
    );
    let start = format!("https://{APP}/oauth2/start?rd=%2Fpage");
    assert_eq!((told.status, told.location), (302, start));
    assert!(!told.headers.contains_key("www-authenticate"));
}

#[test]
fn userinfo_tells_a_program_whose_its_token_is() {
    let (proxy, _) = proxy(&[]);
    let address = format!("https://{APP}/oauth2/userinfo");
    let ask = |proxy: &Proxy, token: &str| {
        let bearer = format!("Bearer {token}");
        let headers = [("authorization", bearer.as_str())];
        proxy.ask(&Browser::default(), Method::GET, &address, &headers)
    };
    let told = ask(&proxy, &signed(&header(), &claims(&proxy)));
    assert_eq!(told.status, 200, "{}", told.body);
    let document: Value = serde_json::from_str(&told.body).unwrap();
    assert_eq!(
        (&document["user"], &document["groups"]),
        (&json!(alice().oid), &json!([GROUP]))
    );
    assert!(!told.headers.contains_key("authorization"));
    for (name, value, what) in broken() {
        let told = ask(
            &proxy,
            &signed(&header(), &with(claims(&proxy), name, value)),
        );
        assert_eq!(told.kind(), "bearer-refused", "{name}");
        assert_challenged(told.header("www-authenticate"), what);
    }
    let sets = |name: &str, value: &str| {
        let setting = (name.to_owned(), value.to_owned());
        proxy.world.variables.borrow_mut().extend([setting]);
    };
    sets("allowed_users", "bob@contoso.example");
    let told = ask(&proxy, &signed(&header(), &claims(&proxy)));
    assert_eq!((told.status, told.kind().as_str()), (403, "not-admitted"));
    let off = Proxy::new();
    Entra::of(&off.world);
    let told = ask(&off, &signed(&header(), &claims(&off)));
    assert_eq!((told.status, told.kind().as_str()), (401, "no-app-session"));
}
