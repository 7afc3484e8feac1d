//! Access to kubeconfigs, and injections into them.

use e2e::{Browser, Staged};

const FORM: [(&str, &str); 1] = [("content-type", "application/x-www-form-urlencoded")];

fn signed_in(staged: &Staged) -> Browser {
    staged.stack.consent("alice");
    staged.stack.signed_in("alice")
}

fn credentials(browser: &mut Browser) -> usize {
    let listed = browser.get("/kubeconfig/credentials").json();
    listed["credentials"].as_array().unwrap().len()
}

/// The script or form of another site, in a signed-in user's browser.
#[test]
fn no_other_site_makes_or_revokes_a_credential() {
    let staged = Staged::start();
    let mut alice = signed_in(&staged);
    let bearer = staged.credential(&mut alice);
    let port = staged.stack.origin.rsplit(':').next().unwrap();
    let (sibling, upgraded) = (
        "http://localhost:1".to_owned(),
        staged.stack.origin.replace("http:", "https:"),
    );
    let (longer, user) = (
        format!("{}.evil.example", staged.stack.origin),
        format!("http://localhost@evil.example:{port}"),
    );
    let ours = staged.stack.origin.as_str();
    for headers in [
        &[("origin", "https://evil.example")][..],
        &[("origin", "null")],
        &[("origin", "")],
        &[("origin", &sibling)],
        &[("origin", &upgraded)],
        &[("origin", &longer)],
        &[("origin", &user)],
        &[("origin", &format!("{ours}/"))],
        &[("origin", &format!("{ours}, {ours}"))],
        &[("origin", ours), ("origin", "https://evil.example")],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "none")],
        &[("sec-fetch-site", "same-origin")],
        &[
            ("origin", "https://evil.example"),
            ("sec-fetch-site", "same-origin"),
        ],
        &[("origin", "https://evil.example"), ("host", "evil.example")],
    ] {
        for (method, path) in [
            ("POST", "/kubeconfig"),
            ("POST", "/kubeconfig/credentials?id=1"),
            ("DELETE", "/kubeconfig/credentials?id=1"),
        ] {
            let response = alice.send(method, path, headers, "name=evil");
            let expected = (403, "foreign-origin".to_owned());
            assert_eq!(response.problem(), expected, "{method} {path} {headers:?}");
            assert!(!response.body.contains("token:"));
        }
    }
    assert_eq!(credentials(&mut alice), 1, "none was made, none is gone");
    assert_eq!(staged.get_as(&bearer, "/k8s/api").status(), 200);
    for headers in [
        &[("origin", ours)][..],
        &[("origin", ours), ("sec-fetch-site", "same-origin")],
        &[],
    ] {
        let response = alice.send("POST", "/kubeconfig", headers, "name=mine");
        assert_eq!(response.status, 200, "{headers:?}: {response:?}");
    }
    let got = alice.get("/kubeconfig?name=x");
    assert!(!got.body.contains("token:"), "a GET makes none");
    assert_eq!(credentials(&mut alice), 4);
}

#[test]
fn no_header_shows_up_in_the_file() {
    let staged = Staged::start();
    let mut alice = signed_in(&staged);
    let forged = [
        ("host", "evil.example"),
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-proto", "ftp-evil"),
        ("x-forwarded-prefix", "/evil"),
        ("forwarded", "host=evil.example;proto=evil"),
        ("x-original-url", "/evil"),
        ("spin-full-url", "http://evil.example/kubeconfig"),
        ("referer", "http://evil.example/"),
    ];
    let response = alice.send(
        "POST",
        "/kubeconfig",
        &[&forged[..], &FORM].concat(),
        "name=a",
    );
    assert_eq!(response.status, 200, "{response:?}");
    assert!(!response.body.contains("evil"), "{}", response.body);
    let headers = format!("{:?}", response.headers);
    assert!(!headers.contains("evil"), "{headers}");
    let server = format!("server: \"{}/k8s\"", staged.stack.origin);
    assert!(response.body.contains(&server), "{}", response.body);
    assert_eq!(response.header("cache-control"), "no-store");
    assert!(
        response
            .header("content-disposition")
            .starts_with("attachment")
    );
}

#[test]
fn a_name_is_one_line_and_nothing_but_a_name() {
    let staged = Staged::start();
    let mut alice = signed_in(&staged);
    let (longest, too_long) = ("n".repeat(60), "n".repeat(61));
    let wide = "%C3%A9".repeat(61);
    for name in [
        "a%0Ab",
        "a%0D%0Aserver: https://evil.example",
        "%00",
        "a%1Bb",
        "a%7Fb",
        "a%C2%85b",
        "a%E2%80%A8b",
        &too_long,
        &wide,
    ] {
        let response = alice.send("POST", "/kubeconfig", &[], &format!("name={name}"));
        let expected = (400, "bad-parameter".to_owned());
        assert_eq!(response.problem(), expected, "{name}");
    }
    let twice = alice.send("POST", "/kubeconfig", &[], "name=a&name=b");
    assert_eq!(twice.problem(), (400, "bad-parameter".to_owned()));
    assert_eq!(credentials(&mut alice), 0);
    for name in [
        longest.as_str(),
        "%22%5C%27%60%24(id)",
        "%7B%7Binclude%7D%7D%23 - : | >",
        "<script>alert(1)</script>",
        "\u{202e}gnp",
    ] {
        let response = alice.send("POST", "/kubeconfig", &[], &format!("name={name}"));
        assert_eq!(response.status, 200, "{name}: {response:?}");
        let lines = response.body.lines().count();
        let keys = response.body.matches("\n    token: ").count();
        assert_eq!((lines, keys), (18, 1), "{}", response.body);
    }
    let page = alice.clone().html().get("/kubeconfig");
    assert!(!page.body.contains("<script>alert"), "{}", page.body);
}

#[test]
fn the_eleventh_is_refused_and_leaves_nothing() {
    let staged = Staged::start();
    let mut alice = signed_in(&staged);
    let bearers: Vec<_> = (0..10).map(|_| staged.credential(&mut alice)).collect();
    for _ in 0..3 {
        let response = alice.send("POST", "/kubeconfig", &[], "name=eleventh");
        assert_eq!(response.status, 409, "{response:?}");
        assert!(!response.body.contains("token:"), "{response:?}");
    }
    assert_eq!(credentials(&mut alice), 10);
    for bearer in &bearers {
        assert_eq!(staged.get_as(bearer, "/k8s/api").status(), 200);
    }
    let listed = alice.get("/kubeconfig/credentials").json();
    let id = listed["credentials"][3]["id"].clone();
    let gone = alice.send(
        "DELETE",
        &format!("/kubeconfig/credentials?id={id}"),
        &[],
        "",
    );
    assert_eq!(gone.status, 204, "{gone:?}");
    assert_eq!(
        alice
            .send("POST", "/kubeconfig", &[], "name=eleventh")
            .status,
        200
    );
}

/// Ids are small numbers, valid only in their own session.
#[test]
fn nobody_revokes_or_sees_what_is_anothers() {
    let staged = Staged::start();
    let mut alice = signed_in(&staged);
    let bearer = staged.credential(&mut alice);
    let listed = alice.get("/kubeconfig/credentials").json();
    let id = listed["credentials"][0]["id"].clone();
    staged.stack.consent("bob");
    let mut bob = staged.stack.signed_in("bob");
    // The same user in another browser has another session.
    let mut other = staged.stack.signed_in("alice");
    for browser in [&mut bob, &mut other, &mut staged.stack.browser()] {
        for id in [
            id.to_string(),
            "0".to_owned(),
            "-1".to_owned(),
            "99999999999".to_owned(),
        ] {
            let path = format!("/kubeconfig/credentials?id={id}");
            let response = browser.send("DELETE", &path, &[], "");
            assert!([400, 401, 404].contains(&response.status), "{response:?}");
        }
    }
    assert_eq!((credentials(&mut bob), credentials(&mut other)), (0, 0));
    for id in ["", "1%20", "x", "1&id=1", "9223372036854775808", "../1"] {
        let path = format!("/kubeconfig/credentials?id={id}");
        let response = alice.send("DELETE", &path, &[], "");
        assert_eq!(response.status, 400, "{id}: {response:?}");
    }
    assert_eq!(staged.get_as(&bearer, "/k8s/api").status(), 200);
    assert!(
        !listed.to_string().contains(&bearer),
        "no list has the secret"
    );
}
