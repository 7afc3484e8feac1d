//! Access tokens in place of an app cookie: the same tokens are valid here and at `/oauth2/auth`.

use std::rc::Rc;

use super::*;
use crate::platform::Progress;
use crate::routes::oauth2::tests::access_tokens::{
    ON, assert_challenged, broken, claims, header, valid, with,
};
use crate::routes::oauth2::tests::entra::{Entra, signed};

/// A proxy of one upstream with these fields, which accepts access tokens.
fn proxy(fields: Value, settings: &[(&str, &str)]) -> (Proxy, Rc<Entra>) {
    let proxy = Proxy::new(fields);
    for (name, value) in [&[ON], settings].concat() {
        proxy.sets(name, value);
    }
    let entra = Entra::of(&proxy.world);
    (proxy, entra)
}

/// `Authorization` with an access token of alice's.
fn bearer(proxy: &Proxy) -> String {
    format!("Bearer {}", signed(&header(), &claims(&proxy.world)))
}

fn ask(proxy: &Proxy, token: &str) -> Told {
    let bearer = format!("Bearer {token}");
    proxy.ask(Method::GET, "/", &[("authorization", &bearer)])
}

/// The values of `Authorization` that the app got.
fn passed_on(proxy: &Proxy) -> Vec<String> {
    let sent = proxy.relayed();
    let values = sent.headers().get_all("authorization").iter();
    values
        .map(|value| value.to_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_valid_token_opens_an_app_as_its_cookie_does() {
    let (proxy, _) = proxy(json!({ "headers": { "X-Team": "roles" } }), &[]);
    for (what, claims) in valid(&proxy.world) {
        assert!(
            ask(&proxy, &signed(&header(), &claims)).is_carried(),
            "{what}"
        );
        let sent = proxy.relayed().headers().clone();
        assert_eq!(sent["x-auth-request-user"], alice().oid.as_str());
        assert_eq!(sent["x-auth-request-groups"], GROUP);
        assert_eq!(sent["x-auth-request-email"], "", "it is not verified");
        assert_eq!(sent["x-team"], "cluster-user");
        assert!(passed_on(&proxy).is_empty(), "it does not go on");
    }
    let line = proxy.line();
    assert_eq!(
        (&line["event"], &line["oid"]),
        (&json!("app"), &json!(alice().oid))
    );
    assert_eq!(line.get("session"), None);
}

#[test]
fn one_broken_property_is_enough() {
    for (name, value, what) in broken() {
        let (proxy, _) = proxy(json!({}), &[]);
        let claims = with(claims(&proxy.world), name, value.clone());
        let told = ask(&proxy, &signed(&header(), &claims));
        assert_eq!(
            told.problem(),
            problem(401, "bearer-refused"),
            "{name} {value}"
        );
        let response = told.0.unwrap();
        let challenge = response.headers()["www-authenticate"].to_str().unwrap();
        assert_challenged(challenge, what);
        let body = String::from_utf8(response.into_body()).unwrap();
        assert!(body.contains(what), "{name} {value}: {body}");
        assert_eq!(proxy.count(), 0);
    }
}

#[test]
fn only_a_signature_of_the_tenant_counts() {
    let (proxy, _) = proxy(json!({}), &[]);
    let claims = claims(&proxy.world);
    let good = signed(&header(), &claims);
    let (unsigned, _) = good.rsplit_once('.').unwrap();
    for token in [
        signed(&with(header(), "alg", "none".into()), &claims),
        signed(&with(header(), "kid", "unknown".into()), &claims),
        format!("{unsigned}.AAAA"),
    ] {
        let told = ask(&proxy, &token);
        assert_eq!(told.problem(), problem(401, "bearer-refused"), "{token}");
    }
    assert_eq!(proxy.count(), 0);
    assert!(ask(&proxy, &good).is_carried());
}

/// An invalid token is refused even beside a valid cookie, and redirects no browser.
#[test]
fn nothing_beside_it_counts() {
    let (proxy, _) = proxy(json!({}), &[]);
    let expired = with(claims(&proxy.world), "exp", 1_799_999_940.into());
    let expired = format!("Bearer {}", signed(&header(), &expired));
    let told = proxy.get("/", &[("authorization", &expired)]);
    assert_eq!(told.problem(), problem(401, "bearer-refused"));
    let navigation = [&NAVIGATION[..], &[("authorization", &expired)]].concat();
    let told = proxy.ask(Method::GET, "/", &navigation).0.unwrap();
    assert_eq!(told.status(), 401);
    // The token determines the user.
    let bob = "b0b00000-0000-4000-8000-000000000002";
    let of_bob = signed(&header(), &with(claims(&proxy.world), "oid", bob.into()));
    let of_bob = format!("Bearer {of_bob}");
    assert!(proxy.get("/", &[("authorization", &of_bob)]).is_carried());
    assert_eq!(proxy.relayed().headers()["x-auth-request-user"], bob);
}

/// A token for another audience belongs to the app: the cookie decides, and the token is passed on.
#[test]
fn what_is_not_for_us_is_the_apps_own() {
    let (proxy, _) = proxy(json!({}), &[]);
    let other = with(claims(&proxy.world), "aud", "api://other".into());
    let other = format!("Bearer {}", signed(&header(), &other));
    for own in ["Basic eA==", "Bearer opaque", &other] {
        let told = proxy.ask(Method::GET, "/", &[("authorization", own)]);
        assert_eq!(told.problem(), problem(401, "no-app-session"), "{own}");
        assert!(proxy.get("/", &[("authorization", own)]).is_carried());
        assert_eq!(passed_on(&proxy), [own]);
    }
    // Two bearers belong to no clear user; one for us is still not passed on.
    let good = bearer(&proxy);
    let two = [("authorization", "Basic eA=="), ("authorization", &good)];
    let told = proxy.ask(Method::GET, "/", &two);
    assert_eq!(told.problem(), problem(401, "no-app-session"));
    assert!(proxy.get("/", &two).is_carried());
    assert!(passed_on(&proxy).is_empty());
}

#[test]
fn it_goes_on_to_the_app_if_a_setting_says_so() {
    let public = json!({ "public": ["/healthz"] });
    for (setting, goes_on) in [("false", false), ("true", true)] {
        let (proxy, _) = proxy(public.clone(), &[("bearer_pass_on", setting)]);
        let good = bearer(&proxy);
        for target in ["/", "/healthz"] {
            let told = proxy.ask(Method::GET, target, &[("authorization", &good)]);
            assert!(told.is_carried(), "{target}");
            let expected = std::slice::from_ref(&good);
            let expected = if goes_on { expected } else { &[] };
            assert_eq!(passed_on(&proxy), expected, "{target}");
        }
    }
}

/// There is no refresh token, so no token is requested. The app can use the client's own token if a setting
/// allows it.
#[test]
fn an_app_that_gets_a_token_of_its_users_gets_none_for_it() {
    for token in ["aks", "api://podinfo/.default"] {
        let (proxy, entra) = proxy(json!({ "access_token": token }), &[]);
        let bearer = bearer(&proxy);
        let headers = [("authorization", bearer.as_str())];
        assert!(proxy.ask(Method::GET, "/", &headers).is_carried());
        assert!(passed_on(&proxy).is_empty());
        proxy.sets("bearer_pass_on", "true");
        assert!(proxy.ask(Method::GET, "/", &headers).is_carried());
        assert_eq!(passed_on(&proxy), [bearer]);
        assert!(entra.asked().is_empty());
    }
}

#[test]
fn the_same_rules_hold() {
    for row in crate::apps::TABLE {
        let rule = row.rule.parameter().strip_prefix("allowed_").unwrap();
        let asks = |value: &str| {
            let entries: Vec<&str> = value.split(',').collect();
            let (proxy, _) = proxy(json!({ "policy": { rule: entries } }), &[]);
            ask(&proxy, &signed(&header(), &claims(&proxy.world))).problem()
        };
        // Alice's second group is not in her token.
        let admits = row.admitting.iter().any(|value| asks(value).0 == 0);
        assert!(admits, "{rule}");
        for value in row.denying.iter().filter(|value| !value.is_empty()) {
            assert_eq!(asks(value), problem(403, "app-denied"), "{rule} {value}");
        }
    }
}

#[test]
fn the_rules_of_admission_hold_too() {
    let (proxy, _) = proxy(json!({}), &[("allowed_users", "bob@contoso.example")]);
    let told = ask(&proxy, &signed(&header(), &claims(&proxy.world)));
    assert_eq!(told.problem(), problem(403, "not-admitted"));
}

#[test]
fn an_applications_own_token_counts_if_a_setting_says_so() {
    for (setting, status) in [("false", 401), ("true", 0)] {
        let (proxy, _) = proxy(json!({}), &[("bearer_applications", setting)]);
        let own = with(claims(&proxy.world), "scp", Value::Null);
        assert_eq!(ask(&proxy, &signed(&header(), &own)).problem().0, status);
    }
}

/// Forward-auth and the reverse proxy share the record of a verified token.
#[test]
fn a_token_is_verified_once() {
    let (proxy, _) = proxy(json!({}), &[]);
    let token = signed(&header(), &claims(&proxy.world));
    assert!(ask(&proxy, &token).is_carried());
    proxy.world.called.borrow_mut().clear();
    proxy.world.reads.set(0);
    proxy.world.writes.set(0);
    assert!(ask(&proxy, &token).is_carried());
    assert_eq!((proxy.world.reads.get(), proxy.world.writes.get()), (1, 0));
    assert!(proxy.world.called.borrow().is_empty());
}

/// Cheap checks come first.
#[test]
fn what_leads_nowhere_is_not_verified() {
    let (proxy, _) = proxy(json!({ "methods": ["GET"] }), &[]);
    let bearer = bearer(&proxy);
    let headers = [("authorization", bearer.as_str())];
    for (method, target, status) in [
        (Method::POST, "/", 405),
        (Method::GET, "/a/../b", 400),
        (Method::TRACE, "/", 405),
    ] {
        let told = proxy.ask(method, target, &headers);
        assert_eq!(told.problem().0, status);
    }
    assert_eq!(proxy.world.reads.get(), 0);
}

#[test]
fn wrong_tokens_are_limited_and_logged_once_a_minute() {
    let (proxy, _) = proxy(json!({}), &[("failed_sign_ins_per_minute", "3")]);
    let wrong = signed(
        &with(header(), "kid", "unknown".into()),
        &claims(&proxy.world),
    );
    let (wrong, good) = (format!("Bearer {wrong}"), bearer(&proxy));
    let ask = |address: &str, token: &str| {
        let headers = [("authorization", token), ("spin-client-addr", address)];
        proxy.ask(Method::GET, "/", &headers).problem().0
    };
    let one = "192.0.2.1:1";
    assert_eq!([(); 4].map(|()| ask(one, &wrong)), [401, 401, 401, 429]);
    assert_eq!(proxy.world.lines.borrow().len(), 1);
    assert_eq!((ask(one, &good), ask("192.0.2.2:1", &good)), (429, 0));
}

#[test]
fn what_is_away_refuses_nobody() {
    let (proxy, _) = proxy(json!({}), &[]);
    let token = signed(&header(), &claims(&proxy.world));
    proxy
        .world
        .answers(|_| Err(HttpError::Failed("away".to_owned())));
    assert_eq!(
        ask(&proxy, &token).problem(),
        problem(503, "entra-unavailable")
    );
    Entra::of(&proxy.world);
    assert!(ask(&proxy, &token).is_carried());
}

/// A stream under a token ends with it, which is no failure of its client.
#[test]
fn what_is_under_way_ends_with_its_token() {
    let (proxy, _) = proxy(json!({}), &[("failed_sign_ins_per_minute", "1")]);
    let bearer = bearer(&proxy);
    let headers = [
        ("authorization", bearer.as_str()),
        ("spin-client-addr", "192.0.2.1:1"),
    ];
    proxy
        .world
        .progress
        .borrow_mut()
        .extend([Progress::Open, Progress::Open, Progress::Open]);
    let looks = Rc::new(std::cell::Cell::new(0));
    let seen = Rc::clone(&looks);
    proxy.world.does_meanwhile(move |world| {
        seen.set(seen.get() + 1);
        if seen.get() == 1 {
            // At the next look, 600 seconds and the clock tolerance are over.
            world.pass(640);
        }
    });
    assert!(proxy.ask(Method::GET, "/events", &headers).is_carried());
    assert_eq!(proxy.line()["outcome"], "session_ended");
    assert_eq!(looks.get(), 2);
    proxy.world.does_meanwhile(|_| {});
    let fresh = format!("Bearer {}", signed(&header(), &claims(&proxy.world)));
    let headers = [
        ("authorization", fresh.as_str()),
        ("spin-client-addr", "192.0.2.1:1"),
    ];
    assert!(proxy.ask(Method::GET, "/", &headers).is_carried());
}

/// Who has shown nothing is told of no error (RFC 6750, section 3.1). A browser that navigates is led to sign in.
#[test]
fn a_program_without_a_token_is_told_that_one_would_do() {
    let (proxy, _) = proxy(json!({}), &[]);
    let told = proxy.ask(Method::GET, "/", &[]).0.unwrap();
    assert_eq!(told.status(), 401);
    assert_eq!(told.headers()["www-authenticate"], r#"Bearer realm="apps""#);
    let navigates = [("accept", "text/html"), ("sec-fetch-mode", "navigate")];
    let led = proxy.ask(Method::GET, "/", &navigates).0.unwrap();
    assert_eq!(led.status(), 302);
    assert!(!led.headers().contains_key("www-authenticate"));
    let off = Proxy::new(json!({}));
    let told = off.ask(Method::GET, "/", &[]).0.unwrap();
    assert_eq!(told.status(), 401);
    assert!(!told.headers().contains_key("www-authenticate"));
}
