//! Bodies, ranges and expectations are passed on as RFC 9110 requires.

use e2e::{ApiServer, Builder, Heard, Seen, Staged, Wire};

/// An API server that answers everything.
fn staged() -> (Staged, String) {
    let staged = Staged::with(
        Builder::default(),
        ApiServer::start(|_, asker| asker.json("200 OK", "{}")),
    );
    let bearer = staged.credential_of("alice");
    (staged, format!("authorization: Bearer {bearer}\r\n"))
}

fn send(staged: &Staged, request: &str) -> (Heard, Vec<Seen>) {
    let heard = staged.send(request);
    (heard, staged.api.take())
}

/// Search APIs take a body with GET, and HTTP/1.1 clients may not know its length.
#[test]
fn a_body_goes_on_with_any_method_and_framing() {
    let (staged, bearer) = staged();
    for method in ["GET", "DELETE", "POST", "PUT", "PATCH", "QUERY"] {
        for (lines, body) in [
            ("content-length: 4\r\n", "body"),
            ("transfer-encoding: chunked\r\n", "4\r\nbody\r\n0\r\n\r\n"),
        ] {
            let head =
                format!("{method} /k8s/api HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n");
            let (heard, seen) = send(&staged, &format!("{head}{bearer}{lines}\r\n{body}"));
            assert_eq!(heard.status(), 200, "{method}: {}", heard.text());
            assert_eq!((seen.len(), &*seen[0].body), (1, &b"body"[..]), "{method}");
        }
    }
}

#[test]
fn what_has_no_body_gets_none_on_the_way() {
    let (staged, bearer) = staged();
    for method in ["GET", "HEAD", "DELETE", "POST", "PUT", "PATCH"] {
        let head =
            format!("{method} /k8s/api HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n");
        let (heard, seen) = send(&staged, &format!("{head}{bearer}\r\n"));
        assert_eq!(heard.status(), 200, "{method}: {}", heard.text());
        assert!(
            seen[0].all("transfer-encoding").is_empty(),
            "{}",
            seen[0].head
        );
        let length = seen[0].all("content-length");
        assert!(length.is_empty() || length == ["0"], "{}", seen[0].head);
    }
}

/// A client that waits for `100` gets it from the proxy, once the body is needed.
#[test]
fn an_expectation_is_met_here() {
    let (staged, bearer) = staged();
    let expects = "POST /k8s/api HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
        content-length: 4\r\nexpect: 100-continue\r\n";
    let mut wire = Wire::to(&staged.stack.origin);
    wire.send(format!("{expects}{bearer}\r\n"));
    let first = wire.head();
    assert!(first.starts_with("HTTP/1.1 100 "), "{first}");
    wire.send("body");
    let heard = wire.hear();
    assert_eq!(heard.status(), 200, "{}", heard.text());
    let seen = staged.api.take();
    assert_eq!(&*seen[0].body, b"body");
    assert!(seen[0].all("expect").is_empty(), "{}", seen[0].head);
    // A client that is refused gets the error without it.
    let heard = staged.send(format!("{expects}\r\n"));
    assert_eq!(heard.status(), 401, "{}", heard.text());
}

#[test]
fn ranges_go_on_and_partial_answers_come_back() {
    let part = |_: &Seen, asker: &mut e2e::Asker| {
        asker.write(
            "HTTP/1.1 206 Partial Content\r\ncontent-range: bytes 2-3/9\r\ncontent-length: 2\r\n\r\nab",
        )
    };
    let staged = Staged::with(Builder::default(), ApiServer::start(part));
    let bearer = staged.credential_of("alice");
    let lines =
        format!("authorization: Bearer {bearer}\r\nrange: bytes=2-3\r\nif-range: \"a\"\r\n");
    let heard = staged.get("/k8s/api/v1/namespaces/a/pods/p/proxy/file", &lines);
    assert_eq!(
        (heard.status(), heard.header("content-range")),
        (206, "bytes 2-3/9")
    );
    let seen = &staged.api.seen()[0];
    assert_eq!(
        (seen.all("range"), seen.all("if-range")),
        (vec!["bytes=2-3"], vec!["\"a\""])
    );
}

/// A service behind the API server reads its path in its own way (RabbitMQ, GitLab).
#[test]
fn what_follows_the_part_that_the_api_server_decides_on_goes_on_byte_for_byte() {
    let (staged, bearer) = staged();
    for rest in [
        "api/queues/%2F/a%2fb",
        "a//b;c=d",
        "s%65crets?x=/../",
        "100%25",
    ] {
        let path = format!("/api/v1/namespaces/a/services/s:80/proxy/{rest}");
        let heard = staged.get(&format!("/k8s{path}"), &bearer);
        assert_eq!(heard.status(), 200, "{rest}: {}", heard.text());
        let seen = staged.api.take();
        assert_eq!(seen[0].line(), format!("GET {path} HTTP/1.1"));
    }
    for rest in ["../x", "a/%2e%2e/b", "a%2f..%2fb", "%252e%252e/a"] {
        let path = format!("/k8s/api/v1/namespaces/a/services/s:80/proxy/{rest}");
        assert_eq!(staged.get(&path, &bearer).status(), 400, "{rest}");
    }
    assert!(staged.api.take().is_empty());
}
