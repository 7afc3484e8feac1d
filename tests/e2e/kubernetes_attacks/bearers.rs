//! Wrong credentials.

use e2e::{ApiServer, Builder, Heard, Staged};

const PODS: &str = "/k8s/api/v1/pods";

/// An invalid credential gets a 401 with the address to go to, and the API server is not asked.
fn is_nobody(staged: &Staged, what: &str, heard: &Heard, kind: &str) {
    assert_eq!(
        heard.problem(),
        (401, kind.to_owned()),
        "{what}: {}",
        heard.text()
    );
    assert!(
        heard.text().contains("/kubeconfig"),
        "{what}: {}",
        heard.text()
    );
    let seen = staged.api.take();
    assert!(seen.is_empty(), "{what}: {seen:?}");
}

#[test]
fn without_exactly_one_bearer_there_is_no_way_in() {
    let staged = Staged::start();
    staged.stack.consent("alice");
    let mut alice = staged.stack.signed_in("alice");
    let bearer = staged.credential(&mut alice);
    let cookie = &alice.cookies["proxy_session"];
    let good = format!("authorization: Bearer {bearer}\r\n");
    for lines in [
        String::new(),
        format!("cookie: proxy_session={cookie}\r\n"),
        format!("cookie: proxy_session={bearer}\r\n"),
        format!("{good}{good}"),
        format!("{good}authorization: Bearer x\r\n"),
        format!("Authorization: Basic eDp5\r\n{good}"),
        format!("authorization: Bearer {bearer}, Bearer {bearer}\r\n")
            .replace("Bearer ", "Negotiate "),
        format!("authorization: Basic {bearer}\r\n"),
        "authorization: Basic eDp5\r\n".to_owned(),
        format!("authorization: Bearer\t{bearer}\r\n"),
        format!("authorization: {bearer}\r\n"),
        "authorization: Bearer\r\n".to_owned(),
        "authorization:\r\n".to_owned(),
        format!("authorization_: Bearer {bearer}\r\n"),
        format!("x-authorization: Bearer {bearer}\r\n"),
        format!("proxy-authorization: Bearer {bearer}\r\n"),
        format!("x-remote-user: alice\r\nimpersonate-user: alice\r\ncookie: a={bearer}\r\n"),
    ] {
        let heard = staged.get(PODS, &lines);
        is_nobody(&staged, &lines, &heard, "no-credential");
    }
    let query = staged.get(&format!("{PODS}?access_token={bearer}&token={bearer}"), "");
    is_nobody(&staged, "query", &query, "no-credential");
    let right = staged.get(
        PODS,
        &good
            .to_ascii_uppercase()
            .replace(&bearer.to_ascii_uppercase(), &bearer),
    );
    assert_eq!(right.status(), 200, "{}", right.text());
}

#[test]
fn a_wrong_bearer_is_as_good_as_an_ended_one() {
    let staged = Staged::with(
        Builder::default().setting("EXPOSE_ACCESS_TOKEN", "true"),
        ApiServer::start(|_, asker| asker.json("200 OK", "{}")),
    );
    // Another deployment, with other users and another store.
    let other = Staged::with(
        Builder::default().setting(
            "SESSION_SECRET",
            "another-secret-of-this-test:-0123456789abc",
        ),
        ApiServer::start(|_, asker| asker.json("200 OK", "{}")),
    );
    let foreign = other.credential_of("alice");
    let token = staged.stack.aks_token("alice");
    let mut alice = staged.stack.signed_in("alice");
    let bearer = staged.credential(&mut alice);
    let mut wrong = bearer.clone().into_bytes();
    let last = wrong.len() - 2;
    wrong[last] = if wrong[last] == b'A' { b'B' } else { b'A' };
    let kid = bearer.split('.').nth(1).unwrap();
    for wrong in [
        String::from_utf8(wrong).unwrap(),
        foreign,
        format!("1.{kid}.{}", "A".repeat(43)),
        format!("2{}", &bearer[1..]),
        format!("{bearer} "),
        format!(" {bearer}"),
        format!("{bearer}="),
        format!("{bearer}.x"),
        bearer[..bearer.len() - 1].to_owned(),
        alice.cookies["proxy_session"].clone(),
        token.clone(),
        "eyJhbGciOiJub25lIn0.eyJvaWQiOiJ4In0.eA".to_owned(),
        "x".repeat(10_000),
        "0".to_owned(),
    ] {
        let heard = staged.get_as(&wrong, PODS);
        // Trailing white space is not part of a header's value (RFC 9110, section 5.5).
        if wrong.trim_end() == bearer {
            assert_eq!(heard.status(), 200, "{}", heard.text());
            staged.api.take();
            continue;
        }
        is_nobody(&staged, &wrong, &heard, "credential-ended");
    }
    assert_eq!(staged.get_as(&bearer, PODS).status(), 200);
    let seen = staged.api.take();
    assert!(!seen[0].head.contains(&bearer), "it stays here");
}

/// Each kind of handle is valid only for its own routes.
#[test]
fn a_credential_opens_nothing_else() {
    let staged = Staged::start();
    let bearer = staged.credential_of("alice");
    let mut browser = staged.stack.browser();
    browser
        .cookies
        .insert("proxy_session".to_owned(), bearer.clone());
    browser
        .headers
        .push(("authorization".to_owned(), format!("Bearer {bearer}")));
    for (method, path) in [
        ("GET", "/whoami"),
        ("GET", "/kubeconfig"),
        ("POST", "/kubeconfig"),
        ("GET", "/kubeconfig/credentials"),
        ("DELETE", "/kubeconfig/credentials?id=1"),
    ] {
        let response = browser.send(method, path, &[], "");
        assert_eq!(
            response.problem(),
            (401, "no-session".to_owned()),
            "{method} {path}"
        );
    }
    assert_eq!(browser.send("POST", "/-/tunnel", &[], "").status, 404);
    browser.send("POST", "/logout", &[], "");
    assert_eq!(
        staged.get_as(&bearer, PODS).status(),
        200,
        "nor does it sign anybody out"
    );
}

#[test]
fn what_has_ended_is_ended_at_once() {
    let staged = Staged::start();
    staged.stack.consent("alice");
    let mut alice = staged.stack.signed_in("alice");
    let (one, two) = (staged.credential(&mut alice), staged.credential(&mut alice));
    assert_eq!(staged.get_as(&one, PODS).status(), 200);
    let listed = alice.get("/kubeconfig/credentials").json();
    let id = listed["credentials"][0]["id"].clone();
    let revoked = alice.send(
        "DELETE",
        &format!("/kubeconfig/credentials?id={id}"),
        &[],
        "",
    );
    assert_eq!(revoked.status, 204, "{revoked:?}");
    staged.api.take();
    is_nobody(
        &staged,
        "revoked",
        &staged.get_as(&one, PODS),
        "credential-ended",
    );
    assert_eq!(staged.get_as(&two, PODS).status(), 200);
    staged.api.take();
    alice.send("POST", "/logout", &[], "");
    is_nobody(
        &staged,
        "signed out",
        &staged.get_as(&two, PODS),
        "credential-ended",
    );
}

#[test]
fn what_is_over_is_over_to_the_second() {
    let builder = Builder::default().clock();
    let api = ApiServer::start(|_, asker| asker.json("200 OK", "{}"));
    let staged = Staged::with(builder.setting("KUBECONFIG_LIFETIME_SECONDS", "600"), api);
    let bearer = staged.credential_of("alice");
    staged.stack.at(570);
    assert_eq!(staged.get_as(&bearer, PODS).status(), 200);
    staged.api.take();
    staged.stack.at(601);
    is_nobody(
        &staged,
        "over",
        &staged.get_as(&bearer, PODS),
        "credential-ended",
    );
}
