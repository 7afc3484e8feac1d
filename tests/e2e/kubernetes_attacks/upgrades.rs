//! Requests for an upgrade, and the internal route of the tunnel.

use std::io;

use e2e::{ApiServer, Asker, Builder, Heard, Seen, Staged, Wire, request};

const EXEC: &str = "/k8s/api/v1/namespaces/a/pods/p/exec?command=id";
const UPGRADE: &str = "connection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\
                       sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
                       sec-websocket-protocol: v5.channel.k8s.io\r\n";
const TOKEN: &str = "the-token-of-the-tunnel-of-this-test-0123456789";

/// Switches protocols on request, and echoes all bytes.
fn switch(seen: &Seen, asker: &mut Asker) -> io::Result<()> {
    if seen.all("upgrade").is_empty() {
        return asker.json("200 OK", "{}");
    }
    asker.write(
        "HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\
         sec-websocket-protocol: v5.channel.k8s.io\r\nset-cookie: proxy_session=x\r\n\r\nhello",
    )?;
    asker.stall()
}

fn staged() -> Staged {
    let api = ApiServer::start(switch);
    let builder = Builder::default().setting("TUNNEL_TOKEN", TOKEN);
    Staged::with(builder.setting("TUNNEL_ORIGINS", api.url()), api)
}

/// An upgrade of `target` with these further header lines, and the bytes after its head.
fn upgrade(staged: &Staged, target: &str, lines: &str, rest: &str) -> Heard {
    staged.send(format!(
        "GET {target} HTTP/1.1\r\nhost: localhost\r\n{UPGRADE}{lines}\r\n{rest}"
    ))
}

#[test]
fn only_what_the_api_server_upgrades_is_upgraded() {
    let staged = staged();
    let bearer = staged.credential_of("alice");
    let good = format!("authorization: Bearer {bearer}\r\n");
    for (target, status) in [
        ("/", 200),
        ("/whoami", 401),
        ("/healthz", 200),
        ("/-/tunnel", 404),
        ("/k8s", 404),
        ("//k8s/api/v1/namespaces/a/pods/p/exec", 404),
        ("/x/../k8s/api/v1/namespaces/a/pods/p/exec", 404),
        ("/%6b8s/api/v1/namespaces/a/pods/p/exec", 404),
        ("/k8s/../-/tunnel", 404),
        ("/k8s/%2e%2e/-/tunnel", 404),
        ("/k8s/api/v1/namespaces/a/pods/p/exec/../log", 400),
        ("/k8s//api/v1/namespaces/a/pods/p/exec", 400),
        (
            "http://evil.example/k8s/api/v1/namespaces/a/pods/p/exec",
            400,
        ),
    ] {
        let lines = format!("{good}connection: close\r\n");
        let heard = upgrade(&staged, target, &lines, "");
        assert_eq!(heard.status(), status, "{target}: {}", heard.text());
        let seen = staged.api.take();
        assert!(seen.is_empty(), "{target}: {seen:?}");
    }
}

#[test]
fn an_upgrade_needs_exactly_one_bearer_too() {
    let staged = staged();
    staged.stack.consent("alice");
    let mut alice = staged.stack.signed_in("alice");
    let bearer = staged.credential(&mut alice);
    let good = format!("authorization: Bearer {bearer}\r\n");
    let cookie = &alice.cookies["proxy_session"];
    // {bearer} and others, as browsers send them.
    let encoded = |text: &str| {
        use base64ct::{Base64UrlUnpadded, Encoding};
        let text = Base64UrlUnpadded::encode_string(text.as_bytes());
        format!("sec-websocket-protocol: base64url.bearer.authorization.k8s.io.{text}\r\n")
    };
    for (lines, status) in [
        (String::new(), 401),
        (format!("cookie: proxy_session={cookie}\r\n"), 401),
        (format!("authorization: Bearer {cookie}\r\n"), 401),
        (format!("{good}{good}"), 401),
        (format!("authorization: Bearer {TOKEN}\r\n"), 401),
        (format!("{good}{}", encoded(&bearer)), 400),
        (format!("{}{}", encoded(&bearer), encoded(&bearer)), 400),
        (encoded(cookie), 401),
        (encoded(""), 401),
        (encoded(&format!("Bearer {bearer}")), 401),
        (
            "sec-websocket-protocol: base64url.bearer.authorization.k8s.io.!\r\n".to_owned(),
            400,
        ),
    ] {
        let heard = upgrade(&staged, EXEC, &lines, "");
        assert_eq!(heard.status(), status, "{lines}: {}", heard.text());
        let seen = staged.api.take();
        assert!(seen.is_empty(), "{lines}: {seen:?}");
    }
    alice.send("POST", "/logout", &[], "");
    assert_eq!(upgrade(&staged, EXEC, &good, "").status(), 401);
    assert!(staged.api.seen().is_empty());
}

#[test]
fn the_head_of_an_upgrade_has_nothing_that_the_client_claims() {
    let staged = staged();
    let bearer = staged.credential_of("alice");
    let lines = format!(
        "authorization: Bearer {bearer}\r\ncookie: proxy_session=x\r\nx-remote-user: root\r\n\
         X-Forwarded-For: 10.0.0.1\r\nspin-client-addr: 1.1.1.1:1\r\nimpersonate_user: root\r\n\
         x_remote_group: system:masters\r\nx-kept: 1\r\n"
    );
    let mut wire = Wire::to(&staged.stack.origin);
    wire.send(format!(
        "GET {EXEC} HTTP/1.1\r\nhost: localhost\r\n{UPGRADE}{lines}\r\n"
    ));
    let head = wire.head().to_ascii_lowercase();
    assert!(head.starts_with("http/1.1 101"), "{head}");
    assert!(!head.contains("set-cookie"), "{head}");
    let mut hello = [0; 5];
    wire.read(&mut hello);
    assert_eq!(&hello, b"hello");
    let seen = &staged.api.seen()[0];
    assert_eq!(
        seen.line(),
        format!("GET {} HTTP/1.1", EXEC.trim_start_matches("/k8s"))
    );
    let authorization = seen.all("authorization");
    assert_eq!(authorization.len(), 1, "{}", seen.head);
    assert!(authorization[0].starts_with("Bearer ey") && !seen.head.contains(&bearer));
    for name in [
        "cookie",
        "x-remote",
        "x_remote",
        "forwarded",
        "spin-",
        "impersonate",
    ] {
        assert!(
            !seen.head.to_ascii_lowercase().contains(name),
            "{name}: {}",
            seen.head
        );
    }
    assert_eq!(seen.all("x-kept"), ["1"]);
    assert_eq!(seen.all("upgrade"), ["websocket"]);
}

/// The bytes after the head of a refused upgrade are not a request.
#[test]
fn a_body_of_an_upgrade_smuggles_nothing() {
    let staged = staged();
    let bearer = staged.credential_of("alice");
    let good = format!("authorization: Bearer {bearer}\r\n");
    let hidden = request("GET", "/k8s/hidden", &good);
    let length = format!("content-length: {}\r\n", hidden.len());
    for lines in [
        length.clone(),
        "transfer-encoding: chunked\r\n".to_owned(),
        format!("content-length: 0\r\n{length}"),
        "content-length: 00\r\n".to_owned(),
        "upgrade: h2c\r\n".to_owned(),
        "http2-settings: AAMAAABk\r\n".to_owned(),
        "host: b\r\n".to_owned(),
        // Refused by the component.
        "sec-websocket-protocol: base64url.bearer.authorization.k8s.io.!\r\n".to_owned(),
    ] {
        let heard = upgrade(&staged, EXEC, &format!("{good}{lines}"), &hidden);
        assert_eq!(heard.status(), 400, "{lines}: {}", heard.text());
        let answers = heard.text().matches("HTTP/1.1 ").count();
        assert_eq!(answers, 1, "{lines}: {}", heard.text());
        let seen = staged.api.take();
        assert!(seen.is_empty(), "{lines}: {seen:?}");
    }
}

/// An API server that refuses to switch has answered; the following bytes are not another request.
#[test]
fn what_follows_a_refusal_of_the_api_server_is_no_request() {
    let api = ApiServer::start(|_, asker| asker.json("403 Forbidden", "{}"));
    let builder = Builder::default().setting("TUNNEL_ORIGINS", api.url());
    let staged = Staged::with(builder, api);
    let bearer = staged.credential_of("alice");
    let good = format!("authorization: Bearer {bearer}\r\n");
    let hidden = request("GET", "/k8s/hidden", &good);
    let heard = upgrade(&staged, EXEC, &good, &hidden);
    assert_eq!(heard.status(), 403, "{}", heard.text());
    assert_eq!(
        heard.text().matches("HTTP/1.1 ").count(),
        1,
        "{}",
        heard.text()
    );
    assert_eq!(staged.api.seen().len(), 1);
}

#[test]
fn an_answer_that_switches_to_something_else_is_none() {
    let switched = |head: &'static str| {
        let api = ApiServer::start(move |_, asker| {
            asker.write(format!("HTTP/1.1 101 Switching Protocols\r\n{head}\r\n"))?;
            asker.stall()
        });
        let builder = Builder::default().setting("TUNNEL_ORIGINS", api.url());
        let staged = Staged::with(builder, api);
        let bearer = staged.credential_of("alice");
        let lines = format!("authorization: Bearer {bearer}\r\n");
        let heard = upgrade(&staged, EXEC, &lines, "");
        assert!(heard.status() >= 500, "{head:?}: {}", heard.text());
    };
    switched("");
    switched("connection: upgrade\r\nupgrade: SPDY/3.1\r\n");
}

/// An answer without the parts that always differ.
fn without_ids(heard: &Heard) -> String {
    let mut head: Vec<_> = heard.head.lines().collect();
    head.retain(|line| !line.to_ascii_lowercase().starts_with("date:"));
    let mut body = heard.json();
    let id = body["request_id"].take();
    assert_eq!(id.as_str().unwrap().len(), 16, "{body}");
    format!("{}\n{body}", head.join("\n"))
}

/// Without the tunnel's bearer, the internal path looks like an unknown one.
#[test]
fn the_internal_route_is_like_any_that_there_is_not() {
    let staged = staged();
    let message = r#"{"open":{"method":"GET","target":"/k8s/api","headers":[]}}"#;
    let body = format!(
        "content-type: application/json\r\ncontent-length: {}\r\n",
        message.len()
    );
    let ask = |method: &str, path: &str, lines: &str| {
        let head = request(method, path, &format!("{lines}{body}"));
        let heard = staged.send(format!("{head}{message}"));
        assert_eq!(
            heard.status(),
            404,
            "{method} {path} {lines}: {}",
            heard.text()
        );
        without_ids(&heard)
    };
    let right = format!("authorization: Bearer {TOKEN}\r\n");
    let unknown: Vec<_> = ["POST", "GET", "PUT", "OPTIONS"]
        .map(|method| (method, ask(method, "/-/unknown", "")))
        .into();
    for (method, unknown) in &unknown {
        for lines in [
            "",
            "authorization: Bearer wrong\r\n",
            "authorization:\r\n",
            &right.replace("0123", "0124"),
            &right.replace("Bearer", "bearer"),
            &right.replace("Bearer ", "Bearer  "),
            &right.replace("\r\n", "x\r\n"),
            &format!("{right}{right}"),
            &right.replace("Bearer", "Basic"),
            &format!("cookie: {TOKEN}\r\n"),
        ] {
            assert_eq!(
                &ask(method, "/-/tunnel", lines),
                unknown,
                "{method} {lines}"
            );
        }
    }
    // Other spellings of it do not exist, for any client.
    for path in [
        "/-/tunnel/",
        "//-/tunnel",
        "/-//tunnel",
        "/-/Tunnel",
        "/%2d/tunnel",
        "/-/%74unnel",
        "/-%2ftunnel",
        "/./-/tunnel",
        "/x/../-/tunnel",
        "/-/tunnel;a",
        "/-;/tunnel",
        "/-/tunnel%00",
        "/-/tunnel%3f",
        "/-\\tunnel",
        "/-/tunnel/x",
    ] {
        assert_eq!(&ask("POST", path, &right), &unknown[0].1, "{path}");
    }
    assert!(staged.api.seen().is_empty());
    assert!(!staged.stack.proxy.output().contains(TOKEN));
}
