//! Sign-out.

use e2e::Stack;
use serde_json::json;

#[test]
fn a_post_signs_out_on_the_server_and_in_the_browser() {
    let stack = Stack::start();
    let mut alice = stack.signed_in("alice");
    let mut thief = alice.clone();
    let response = alice.send("POST", "/logout", &[], "");
    assert_eq!(
        (response.status, response.json()["signed_out"].as_bool()),
        (200, Some(true))
    );
    assert!(response.clears("proxy_session="));
    assert_eq!(
        thief.get("/whoami").problem().0,
        401,
        "the cookie is worth nothing any more"
    );
    assert_eq!(
        thief.send("POST", "/logout", &[], "").status,
        200,
        "and may be repeated"
    );
}

#[test]
fn a_get_changes_nothing() {
    let stack = Stack::start();
    let mut alice = stack.signed_in("alice").html();
    let page = alice.get("/logout");
    assert_eq!(page.status, 200);
    assert!(page.body.contains("alice@contoso.example") && page.body.contains("<form"));
    assert!(page.set_cookies().is_empty());
    let policy = page.header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"));
    assert_eq!(alice.get("/whoami").status, 200);
}

#[test]
fn another_sites_page_cannot_sign_anybody_out() {
    let stack = Stack::start();
    let mut alice = stack.signed_in("alice");
    let own = stack.origin.clone();
    let foreign: [&[(&str, &str)]; 6] = [
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[("origin", &format!("{own}.evil.example"))],
        &[("origin", &own), ("origin", "https://evil.example")],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-origin")],
    ];
    for headers in foreign {
        let response = alice.send("POST", "/logout", headers, "");
        assert_eq!(
            response.problem(),
            (403, "foreign-origin".to_owned()),
            "{headers:?}"
        );
    }
    assert_eq!(alice.get("/whoami").status, 200);
    let response = alice.send(
        "POST",
        "/logout",
        &[("origin", &own), ("sec-fetch-site", "same-origin")],
        "",
    );
    assert_eq!(response.status, 200);
}

#[test]
fn who_asks_for_it_goes_on_to_entras_sign_out() {
    let stack = Stack::start();
    let mut alice = stack.signed_in("alice");
    let response = alice.send("POST", "/logout", &[], "entra=1");
    assert_eq!(response.status, 303);
    let address = url::Url::parse(response.location()).unwrap();
    assert!(address.path().ends_with("/oauth2/v2.0/logout"));
    let query: Vec<_> = address.query_pairs().into_owned().collect();
    assert!(query.contains(&("logout_hint".to_owned(), "O.alice".to_owned())));
    assert!(query.contains(&(
        "post_logout_redirect_uri".to_owned(),
        format!("{}/", stack.origin)
    )));
    assert!(response.clears("proxy_session="));
    let wrong = stack.browser().send("POST", "/logout?entra=maybe", &[], "");
    assert_eq!(wrong.problem(), (400, "bad-parameter".to_owned()));
}

#[test]
fn a_long_body_is_refused() {
    let stack = Stack::start();
    let long = "x".repeat(20_000);
    let response = stack.signed_in("alice").send("POST", "/logout", &[], &long);
    assert_eq!(response.problem(), (413, "body-too-large".to_owned()));
    // Without a session, the body is not read.
    let response = stack.browser().send("POST", "/logout", &[], &long);
    assert_eq!(response.status, 200);
}

/// A sibling host can plant a second cookie of the same name: the real session must still end.
#[test]
fn a_planted_cookie_does_not_save_a_session_from_its_sign_out() {
    let stack = Stack::start();
    let alice = stack.signed_in("alice");
    let real = format!("proxy_session={}", alice.cookies["proxy_session"]);
    let planted = format!("proxy_session=1.aaaaaa.{}", "A".repeat(43));
    let mut victim = stack.browser();
    let both = format!("{planted}; n=Jos\u{e9}; {real}");
    let answer = victim.send("POST", "/logout", &[("cookie", &both)], "");
    assert_eq!(answer.status, 200);
    assert_eq!(alice.clone().get("/whoami").problem().0, 401);
}

/// With too many cookies, not every session can be ended: that is no success.
#[test]
fn a_sign_out_that_may_have_missed_a_session_says_so() {
    let stack = Stack::start();
    let alice = stack.signed_in("alice");
    let real = format!("proxy_session={}", alice.cookies["proxy_session"]);
    let with = |planted: usize| {
        let planted = (0..planted).map(|n| format!("proxy_session=1.aaaaa{n}.{}", "A".repeat(43)));
        planted.chain([real.clone()]).collect::<Vec<_>>().join("; ")
    };
    let mut victim = stack.browser();
    let answer = victim.send("POST", "/logout", &[("cookie", &with(5))], "");
    assert_eq!(answer.problem(), (400, "too-many-cookies".to_owned()));
    assert_eq!(alice.clone().get("/whoami").status, 200);
    let answer = victim.send("POST", "/logout", &[("cookie", &with(4))], "");
    assert_eq!(answer.status, 200);
    assert_eq!(alice.clone().get("/whoami").problem().0, 401);
}

#[test]
fn everywhere_ends_all_sessions_of_the_user_and_of_nobody_else() {
    let stack = Stack::start();
    let (mut here, mut there) = (stack.signed_in("alice"), stack.signed_in("alice"));
    let mut bob = stack.browser();
    stack.sign_in(&mut bob, "bob");
    let answer = here.send("POST", "/logout?everywhere=1", &[], "");
    assert_eq!(answer.status, 200);
    assert_eq!(there.get("/whoami").problem().0, 401);
    let bobs = bob.get("/whoami").problem();
    assert_eq!(
        bobs,
        (400, "interaction-open".to_owned()),
        "bob is signed in"
    );
    stack.proxy.line("everywhere: 1 others");
    stack.signed_in("alice");
}

/// `User-Agent` comes with the browser's return from Entra. Only our own description of it is shown.
#[test]
fn a_user_sees_another_sign_in_and_ends_it() {
    let stack = Stack::start();
    let (mut here, mut there) = (stack.signed_in("alice"), stack.browser());
    let login = there.get("/login");
    let callback = stack.at_entra(login.location(), "alice", "");
    let hostile = "<script>alert(1)</script> (X11; Linux x86_64) Firefox/140.0";
    there.send("GET", callback.location(), &[("user-agent", hostile)], "");
    assert_eq!(there.get("/whoami").status, 200);
    let listed = here.get("/sign-ins").json();
    let sign_ins = listed["sign_ins"].as_array().unwrap();
    let mut others = sign_ins.iter().filter(|other| other["current"] == false);
    let (other, none) = (others.next().unwrap(), others.next());
    assert_eq!(
        (&other["browser"], &other["system"]),
        (&json!("Firefox"), &json!("Linux"))
    );
    assert!(
        none.is_none() && !listed.to_string().contains("script"),
        "{listed}"
    );
    let id = other["id"].as_str().unwrap();
    let ended = here.send("DELETE", &format!("/sign-ins?id={id}"), &[], "");
    assert_eq!(ended.status, 204);
    assert_eq!(there.get("/whoami").problem().0, 401);
    assert_eq!(here.get("/whoami").status, 200);
}

/// Entra's page frames the address; browsers do not send our cookie.
#[test]
fn entra_ends_a_session_by_its_sid() {
    let stack = Stack::start();
    let mut alice = stack.browser();
    let login = alice.get("/login");
    stack.control("id-token", &json!({ "claims": { "sid": "the-sid" } }));
    let callback = stack
        .at_entra(login.location(), "alice", "")
        .location()
        .to_owned();
    alice.get(&callback);
    let mut other = stack.signed_in("alice");
    let tenant = stack.entra["tenant_id"].as_str().unwrap();
    let wrong = [
        "/logout/front-channel".to_owned(),
        "/logout/front-channel?sid=".to_owned(),
        "/logout/front-channel?sid=unknown".to_owned(),
        "/logout/front-channel?sid=the-sid&sid=the-sid".to_owned(),
        "/logout/front-channel?sid=the-sid&iss=https%3A%2F%2Fevil.example%2Fv2.0".to_owned(),
        format!("/logout/front-channel?sid={}", "x".repeat(5000)),
    ];
    let before = stack.store().records().len();
    for target in wrong {
        let answer = stack.browser().get(&target);
        assert_eq!((answer.status, answer.body.as_str()), (200, ""), "{target}");
        assert!(answer.set_cookies().is_empty());
    }
    assert_eq!(
        stack.store().records().len(),
        before,
        "and it cost the store nothing"
    );
    assert_eq!(alice.get("/whoami").status, 200);
    let issuer = format!("https%3A%2F%2Flogin.example%2F{tenant}%2Fv2.0");
    let target = format!("/logout/front-channel?sid=the-sid&iss={issuer}");
    let answer = stack.browser().get(&target);
    assert_eq!((answer.status, answer.body.as_str()), (200, ""));
    let policy = answer.header("content-security-policy");
    let entra = stack.entra["http"].as_str().unwrap();
    assert!(
        policy.ends_with(&format!("frame-ancestors {entra}")),
        "{policy}"
    );
    assert_eq!(answer.header("x-frame-options"), "");
    assert_eq!(alice.get("/whoami").problem().0, 401);
    assert_eq!(other.get("/whoami").status, 200);
}
