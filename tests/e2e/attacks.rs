//! A reviewer's attacks on the callback.

use e2e::{Response, Stack};

fn refused(response: &Response, kind: &str) {
    assert_eq!(response.problem(), (400, kind.to_owned()), "{response:?}");
    assert!(!response.sets("proxy_session"));
}

#[test]
fn a_callback_without_an_attempt_is_refused() {
    let stack = Stack::start();
    for target in [
        "/callback",
        "/callback?code=x",
        "/callback?code=x&state=y",
        "/callback?error=x&state=y",
    ] {
        let response = stack.browser().get(target);
        refused(&response, "no-attempt");
        assert_eq!(response.json()["login"], "/login?rd=%2Fwhoami");
    }
    assert_eq!(stack.store().records().len(), 0);
}

#[test]
fn a_callback_in_another_browser_is_refused() {
    let stack = Stack::start();
    let mut victim = stack.browser();
    let mut attacker = stack.browser();
    let callback = stack.begin(&mut attacker, "alice", "/whoami");
    refused(&victim.get(&callback), "no-attempt");
    stack.begin(&mut victim, "bob", "/whoami");
    refused(&victim.get(&callback), "no-attempt");
    assert_eq!(stack.count("token"), 0, "the code was not redeemed");
    assert_eq!(stack.store().records().len(), 0, "and nothing was written");
}

#[test]
fn a_changed_state_or_cookie_is_refused_and_writes_nothing() {
    let stack = Stack::start();
    let mut browser = stack.browser();
    let callback = stack.begin(&mut browser, "alice", "/whoami");
    let state = callback.split("state=").nth(1).unwrap();
    let changed = |text: &str, at: usize| {
        let mut bytes = text.as_bytes().to_owned();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        String::from_utf8(bytes).unwrap()
    };
    for at in [0, 20, 41] {
        let target = callback.replace(state, &changed(state, at));
        refused(&browser.clone().get(&target), "no-attempt");
    }
    let name = browser.attempt();
    let cookie = browser.cookies[&name].clone();
    let sealed = [
        changed(&cookie, 0),
        changed(&cookie, 5),
        changed(&cookie, 30),
        changed(&cookie, cookie.len() / 2),
        cookie[..cookie.len() - 4].to_owned(),
        String::new(),
        "x".to_owned(),
        "A".repeat(3800),
    ];
    for value in sealed {
        let mut browser = browser.clone();
        browser.cookies.insert(name.clone(), value);
        refused(&browser.get(&callback), "no-attempt");
    }
    assert_eq!(
        (stack.count("token"), stack.store().records().len()),
        (0, 0)
    );
    assert_eq!(
        browser.get(&callback).status,
        302,
        "the right one still works"
    );
}

#[test]
fn an_attempt_is_good_for_one_code() {
    let stack = Stack::start();
    let mut browser = stack.browser();
    let login = browser.get("/login");
    let first = stack
        .at_entra(login.location(), "alice", "")
        .location()
        .to_owned();
    let second = stack
        .at_entra(login.location(), "alice", "")
        .location()
        .to_owned();
    // A client that kept the attempt's cookie, though the proxy has cleared it.
    let thief = browser.clone();
    assert_eq!(browser.get(&first).status, 302);
    for callback in [&first, &second] {
        let response = thief.clone().get(callback);
        refused(&response, "attempt-used");
        assert!(response.clears("proxy_session_attempt_"));
    }
    assert_eq!(stack.count("token:authorization_code"), 1);
}

#[test]
fn two_cookies_of_one_name_count_as_none() {
    let stack = Stack::start();
    let mut alice = stack.signed_in("alice");
    let other = stack
        .signed_in("bob")
        .cookies
        .remove("proxy_session")
        .unwrap();
    let planted = format!("proxy_session={other}");
    let response = alice
        .clone()
        .send("GET", "/whoami", &[("cookie", &planted)], "");
    assert_eq!(response.problem().0, 401);

    let mut browser = stack.browser();
    let callback = stack.begin(&mut browser, "alice", "/whoami");
    let planted = format!("{}=planted", browser.attempt());
    let response = browser
        .clone()
        .send("GET", &callback, &[("cookie", &planted)], "");
    refused(&response, "no-attempt");
    assert_eq!(alice.get("/whoami").status, 200);
}

#[test]
fn a_session_that_was_planted_before_is_not_adopted() {
    let stack = Stack::start();
    let attackers = stack.signed_in("bob").cookies;
    let mut victim = stack.browser();
    victim.cookies = attackers.clone();
    let response = stack.sign_in(&mut victim, "alice");
    assert!(response.sets("proxy_session"));
    assert_ne!(victim.cookies["proxy_session"], attackers["proxy_session"]);
    let mut attacker = stack.browser();
    attacker.cookies = attackers;
    assert_eq!(attacker.get("/whoami").problem().0, 401);
    assert_eq!(
        victim.get("/whoami").json()["user"]["name"],
        "Alice Example"
    );
    let mut invented = stack.browser();
    let handle = format!("1.abcdef.{}", "A".repeat(43));
    invented
        .cookies
        .insert("proxy_session".to_owned(), handle.clone());
    stack.sign_in(&mut invented, "alice");
    assert_ne!(invented.cookies["proxy_session"], handle);
}

#[test]
fn odd_session_cookies_are_nobodys() {
    let stack = Stack::start();
    for value in [
        String::new(),
        "x".to_owned(),
        "1.abcdef.".to_owned(),
        "\"1.abcdef.x\"".to_owned(),
        "a=b=c".to_owned(),
        "A".repeat(5000),
        format!("1.abcdef.{}", "A".repeat(43)),
        "%00%0d%0aset-cookie:x=y".to_owned(),
    ] {
        let mut browser = stack.browser();
        browser
            .cookies
            .insert("proxy_session".to_owned(), value.clone());
        assert_eq!(
            browser.get("/whoami").problem(),
            (401, "no-session".to_owned()),
            "{value}"
        );
    }
    for line in [
        ";;;",
        "=",
        "proxy_session",
        ";=;a",
        "proxy_session=;proxy_session",
    ] {
        let response = stack
            .browser()
            .send("GET", "/whoami", &[("cookie", line)], "");
        assert_eq!(response.problem().0, 401, "{line}");
    }
}

#[test]
fn hostile_words_in_an_error_reach_nobody() {
    let stack = Stack::start();
    for html in [true, false] {
        let mut browser = if html {
            stack.browser().html()
        } else {
            stack.browser()
        };
        let callback = stack.begin(&mut browser, "alice", "/whoami");
        let state = callback.split("state=").nth(1).unwrap();
        let hostile =
            "%3Cscript%3Ealert(1)%3C%2Fscript%3E%0D%0ASet-Cookie%3A%20evil%3D1%20AADSTS65004%3A";
        let target = format!(
            "/callback?error=access_denied%3Cb%3E&error_description={hostile}&state={state}"
        );
        let response = browser.get(&target);
        assert_eq!(response.status, 400);
        assert!(
            !response.body.contains("<script>") && !response.body.contains("alert"),
            "{}",
            response.body
        );
        assert!(
            !response
                .set_cookies()
                .iter()
                .any(|cookie| cookie.contains("evil"))
        );
        assert!(response.body.contains("declined"), "{}", response.body);
        assert!(response.clears("proxy_session_attempt_"));
        assert_eq!(browser.get(&callback).status, 400, "the attempt is spent");
    }
    assert_eq!(stack.count("token"), 0);
    assert!(!stack.proxy.output().contains("script"));
}

#[test]
fn a_parameter_given_twice_is_refused_and_keeps_the_attempt() {
    let stack = Stack::start();
    let mut browser = stack.browser();
    let callback = stack.begin(&mut browser, "alice", "/whoami");
    for more in ["&code=x", "&state=x", "&error=x&error=y", "&iss=x&iss=y"] {
        let response = browser.clone().get(&format!("{callback}{more}"));
        refused(&response, "bad-parameter");
    }
    assert_eq!(browser.get(&callback).status, 302);
}

#[test]
fn an_answer_of_another_issuer_is_refused() {
    let stack = Stack::start();
    let mut browser = stack.browser();
    let callback = stack.begin(&mut browser, "alice", "/whoami");
    let response = browser.get(&format!("{callback}&iss=https%3A%2F%2Fevil.example%2F"));
    refused(&response, "bad-parameter");
    assert_eq!(stack.count("token"), 0, "the code went nowhere");
}

#[test]
fn what_entra_refuses_says_so_with_its_ids() {
    let stack = Stack::start();
    let mut browser = stack.browser();
    let callback = stack.begin(&mut browser, "alice", "/whoami");
    let code = callback
        .split("code=")
        .nth(1)
        .unwrap()
        .split('&')
        .next()
        .unwrap();
    let response = browser.get(&callback.replace(code, "invented"));
    refused(&response, "sign-in-refused");
    let entra = &response.json()["entra"];
    assert_eq!(entra["error"], "invalid_grant");
    assert_eq!(entra["codes"][0], 9_002_313);
    assert_eq!(entra["correlation_id"].as_str().unwrap().len(), 36);
    assert_eq!(entra["trace_id"].as_str().unwrap().len(), 36);
    assert!(
        response.json()["login"]
            .as_str()
            .unwrap()
            .starts_with("/login")
    );
    assert!(response.clears("proxy_session_attempt_"));
}

/// Thousands of planted cookies cause neither a missing answer nor a trap.
#[test]
fn thousands_of_attempt_cookies_do_no_harm() {
    let stack = Stack::start();
    let many: Vec<String> = (0..2000)
        .map(|n| format!("proxy_session_attempt_{n:08}=a"))
        .collect();
    let header = [("cookie", many.join("; "))];
    let header = [("cookie", header[0].1.as_str())];
    let response = stack.browser().send("GET", "/login", &header, "");
    assert_eq!(response.status, 302);
    assert_eq!(response.set_cookies().len(), 11);
}

/// RFC 6265bis, section 4.1.3: a sibling host cannot plant a cookie with the prefix `__Host-`.
#[test]
fn attempts_are_host_cookies_whatever_the_session_cookie_is_called() {
    let stack = e2e::Builder::default()
        .setting("SESSION_COOKIE_NAME", "__session")
        .setting("SESSION_COOKIE_SECURE", "true")
        .start();
    let mut browser = stack.browser();
    browser.get("/login");
    assert!(browser.attempt().starts_with("__Host-__session_attempt_"));
}

/// A handle of an idle or closing session is valid only for sign-out.
#[test]
fn a_reloaded_callback_opens_no_ended_session() {
    let stack = Stack::start();
    let mut alice = stack.browser();
    let callback = stack.begin(&mut alice, "alice", "/whoami");
    alice.get(&callback);
    let mut thief = alice.clone();
    assert_eq!(thief.get(&callback).location(), "/whoami");
    alice.send("POST", "/logout", &[], "");
    refused(&thief.get(&callback), "no-attempt");
}
