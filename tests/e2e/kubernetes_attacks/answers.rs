//! An API server that fails, lies, or never stops.

use std::io;
use std::time::Duration;

use e2e::{ApiServer, Asker, Builder, Seen, Staged, Wire, request};

#[test]
fn what_breaks_before_its_head_is_told_as_a_status() {
    let break_off = |seen: &Seen, asker: &mut Asker| {
        match seen.line().contains("garbage") {
        true => asker.last("SSH-2.0-OpenSSH_9.2\r\n\r\n"),
        false if seen.line().contains("half") => asker.last("HTTP/1.1 200 OK\r\ncontent-ty"),
        false if seen.line().contains("lengths") => {
            asker.last("HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}}")
        }
        false if seen.line().contains("switched") => asker.last(
            "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\nx",
        ),
        false => asker.last(""),
    }
    };
    let staged = Staged::playing(break_off);
    let bearer = staged.credential_of("alice");
    for path in ["closed", "garbage", "half", "lengths", "switched"] {
        let heard = staged.get_as(&bearer, &format!("/k8s/{path}"));
        let expected = (503, "api-server-unreachable".to_owned());
        assert_eq!(heard.problem(), expected, "{path}: {}", heard.text());
    }
    assert_eq!(staged.api.seen().len(), 5, "none was asked again");
}

#[test]
fn an_api_server_that_never_begins_is_given_up() {
    let silent = |seen: &Seen, asker: &mut Asker| {
        if seen.line().contains("informed") {
            // Each is an interim answer, never the final one (RFC 9110, section 15.2).
            asker.flood(b"HTTP/1.1 103 Early Hints\r\n\r\n", Duration::from_secs(5));
        }
        if seen.line().contains("headed") {
            asker.write("HTTP/1.1 200 OK\r\n")?;
            asker.flood(b"x-more: and more\r\n", Duration::from_secs(5));
        }
        asker.stall()
    };
    let api = ApiServer::start(silent);
    let builder = Builder::default().setting("KUBERNETES_RESPONSE_TIMEOUT_SECONDS", "2");
    let staged = Staged::with(builder, api);
    let bearer = staged.credential_of("alice");
    let before = staged.stack.proxy.memory_from_now();
    for (path, expected) in [
        ("stalled", (504, "api-server-silent")),
        ("informed", (504, "api-server-silent")),
        ("headed", (503, "api-server-unreachable")),
    ] {
        let heard = staged.get_as(&bearer, &format!("/k8s/{path}"));
        let expected = (expected.0, expected.1.to_owned());
        assert_eq!(heard.problem(), expected, "{path}: {}", heard.text());
    }
    let (_, most) = staged.stack.proxy.memory();
    assert!(most < before + 64 * 1024, "{before} kB, then {most} kB");
}

#[test]
fn an_endless_answer_is_carried_in_bounded_memory() {
    const ALL: u64 = 1 << 30;
    let endless = |_: &Seen, asker: &mut Asker| {
        asker.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")?;
        let chunk = [b"10000\r\n".as_slice(), &[b'x'; 0x10000], b"\r\n"].concat();
        while asker.write(&chunk).is_ok() {}
        Err(io::ErrorKind::ConnectionAborted.into())
    };
    let staged = Staged::playing(endless);
    let bearer = staged.credential_of("alice");
    let before = staged.stack.proxy.memory_from_now();
    let mut wire = Wire::to(&staged.stack.origin);
    let line = format!("authorization: Bearer {bearer}\r\n");
    wire.send(request("GET", "/k8s/api/v1/pods", &line));
    assert!(wire.head().starts_with("HTTP/1.1 200"));
    let (mut buffer, mut received) = (vec![0; 1 << 20], 0);
    while received < ALL {
        let bytes = wire.read(&mut buffer);
        let log = || staged.stack.proxy.output();
        assert_ne!(bytes, 0, "it ended after {received} bytes: {}", log());
        received += bytes as u64;
    }
    let (_, most) = staged.stack.proxy.memory();
    assert!(most < before + 64 * 1024, "{before} kB, then {most} kB");
    drop(wire);
    staged.stack.proxy.line("client_gone");
}

/// `/login?for=aks` asks Entra for the claims that the API server requires.
#[test]
fn a_claims_challenge_ends_in_a_sentence_and_in_a_stronger_sign_in() {
    // {"access_token":{"acrs":{"essential":true,"value":"c1"}}}
    const CLAIMS: &str =
        "eyJhY2Nlc3NfdG9rZW4iOnsiYWNycyI6eyJlc3NlbnRpYWwiOnRydWUsInZhbHVlIjoiYzEifX19";
    let challenge = |_: &Seen, asker: &mut Asker| {
        asker.write(format!(
            "HTTP/1.1 401 Unauthorized\r\ncontent-length: 2\r\nwww-authenticate: Bearer realm=\"\", \
             error=\"insufficient_claims\", claims=\"{CLAIMS}\"\r\n\r\n{{}}"
        ))
    };
    let staged = Staged::playing(challenge);
    staged.stack.consent("alice");
    let mut alice = staged.stack.signed_in("alice");
    let bearer = staged.credential(&mut alice);
    let heard = staged.get_as(&bearer, "/k8s/api/v1/pods");
    let expected = (401, "stronger-sign-in".to_owned());
    assert_eq!(heard.problem(), expected, "{}", heard.text());
    assert!(heard.text().contains("/login?for=aks"), "{}", heard.text());
    assert!(!heard.text().contains(CLAIMS), "{}", heard.text());
    assert_eq!(staged.api.seen().len(), 1, "another token would not help");
    let login = alice.get("/login?for=aks");
    assert!(login.location().contains("acrs"), "{}", login.location());
}

#[test]
fn a_redirect_is_the_clients_to_follow() {
    let elsewhere = ApiServer::start(|_, asker| asker.json("200 OK", "{}"));
    let location = format!("{}/stolen", elsewhere.url());
    let to = location.clone();
    let staged = Staged::playing(move |_, asker| {
        let head = format!("HTTP/1.1 307 Temporary Redirect\r\nlocation: {to}\r\n");
        asker.write(format!("{head}content-length: 0\r\n\r\n"))
    });
    let bearer = staged.credential_of("alice");
    let heard = staged.get_as(&bearer, "/k8s/api/v1/pods");
    assert_eq!(
        (heard.status(), heard.header("location")),
        (307, location.as_str())
    );
    assert!(elsewhere.seen().is_empty(), "nobody was sent a token");
}

/// The answer of a pod behind `…/proxy` has the origin of the proxy's own pages.
#[test]
fn an_answer_gives_no_orders_about_our_origin() {
    let staged = Staged::playing(|_, asker| {
        asker.write(
            "HTTP/1.1 200 OK\r\nset-cookie: proxy_session=planted\r\nSet-Cookie: a=b\r\n\
             clear-site-data: \"*\"\r\nalt-svc: h2=\":1\"\r\nstrict-transport-security: max-age=9\r\n\
             nel: {}\r\nreport-to: {}\r\nservice-worker-allowed: /\r\nset-login: logged-out\r\n\
             x-accel-redirect: /whoami\r\n\
             connection: x-own\r\nx-own: 1\r\nkeep-alive: timeout=9\r\nx-kept: one\r\nx-kept: two\r\n\
             content-length: 2\r\n\r\n{}",
        )
    });
    let bearer = staged.credential_of("alice");
    let heard = staged.get_as(&bearer, "/k8s/api/v1/namespaces/a/pods/p/proxy/");
    let head = heard.head.to_ascii_lowercase();
    for name in [
        "set-cookie",
        "clear-site",
        "alt-svc",
        "strict-t",
        "nel:",
        "report-to",
        "service-worker",
        "set-login",
        "x-accel",
        "keep-alive",
        "x-own",
    ] {
        assert!(!head.contains(name), "{name}: {head}");
    }
    assert!(
        head.contains("x-kept: one") && head.contains("x-kept: two"),
        "{head}"
    );
}

#[test]
fn a_body_where_none_belongs_belongs_to_nobody() {
    let staged = Staged::playing(|seen, asker| {
        let status = match seen.line().contains("/304") {
            true => "304 Not Modified",
            false => "204 No Content",
        };
        asker.last(format!(
            "HTTP/1.1 {status}\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{{}}"
        ))
    });
    let bearer = staged.credential_of("alice");
    for (path, status) in [("204", 204), ("304", 304)] {
        let heard = staged.get_as(&bearer, &format!("/k8s/{path}"));
        assert_eq!(
            (heard.status(), heard.rest.len()),
            (status, 0),
            "{}",
            heard.text()
        );
        // Nor is it taken for the answer to the next request.
        let next = staged.get_as(&bearer, &format!("/k8s/{path}"));
        assert_eq!(next.status(), status, "{}", next.text());
    }
}

/// All users share connections to the API server: surplus bytes must not reach the next user.
#[test]
fn a_second_answer_to_one_request_is_nobodys() {
    const STOLEN: &str = "HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nstolen";
    let poison = |seen: &Seen, asker: &mut Asker| match seen.line().contains("poison") {
        true => asker.write(format!(
            "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{{}}{STOLEN}"
        )),
        false => asker.json("200 OK", "\"bobs\""),
    };
    let staged = Staged::playing(poison);
    let (alice, bob) = (staged.credential_of("alice"), staged.credential_of("bob"));
    for _ in 0..50 {
        let heard = staged.get_as(&alice, "/k8s/poison");
        assert_eq!(heard.rest, b"{}", "{}", heard.text());
        let heard = staged.get_as(&bob, "/k8s/api");
        assert_eq!(heard.rest, b"\"bobs\"", "{}", heard.text());
    }
}
