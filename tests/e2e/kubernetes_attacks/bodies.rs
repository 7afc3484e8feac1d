//! Bodies with ambiguous framing, and incomplete ones.

use std::path::PathBuf;

use e2e::{
    ApiServer, Builder, Certificates, Heard, Redis, Replica, Staged, Wire, free_port, request,
};

/// A smuggled request would show itself by this.
const HIDDEN: &str = "GET /k8s/hidden HTTP/1.1\r\nhost: localhost\r\n";

/// The two ways to one proxy: in the clear, and over TLS.
struct Ways {
    staged: Staged,
    bearer: String,
    replica: Replica,
    authority: PathBuf,
    _certificates: Certificates,
    _redis: Redis,
}

impl Ways {
    fn open() -> Self {
        // Two proxies: with one SQLite file for two Spins, one answers 503 while the other writes.
        let redis = Redis::start();
        let api = ApiServer::start(|_, asker| asker.json("200 OK", "{}"));
        let staged = Staged::with(Builder::default().redis(&redis), api);
        let certificates = Certificates::make();
        let authority = certificates.authority();
        let (port, none) = (free_port(), []);
        let replica = staged
            .stack
            .replica_over_tls(port, &none, &certificates, &authority);
        Self {
            bearer: staged.credential_of("alice"),
            staged,
            replica,
            authority,
            _certificates: certificates,
            _redis: redis,
        }
    }

    /// The answers to `request` on both ways.
    fn send(&self, request: &str) -> [Heard; 2] {
        let mut secure = Wire::over_tls(self.replica.origin(), &self.authority);
        secure.send(request);
        [self.staged.send(request), secure.hear()]
    }

    /// The same for a POST with these header lines and this body, followed by a hidden request.
    fn post(&self, lines: &str, body: &str) -> [Heard; 2] {
        let bearer = format!("authorization: Bearer {}\r\n", self.bearer);
        self.send(&format!(
            "POST /k8s/api HTTP/1.1\r\nhost: localhost\r\n{bearer}{lines}\r\n{body}{HIDDEN}{bearer}\r\n"
        ))
    }
}

#[test]
fn a_body_with_two_lengths_goes_nowhere() {
    let ways = Ways::open();
    for (lines, body) in [
        ("content-length: 4\r\ncontent-length: 5\r\n", "body"),
        ("content-length: 4, 5\r\n", "body"),
        ("content-length: +4\r\n", "body"),
        ("content-length: 0x4\r\n", "body"),
        ("content-length : 4\r\n", "body"),
        ("transfer-encoding: identity\r\n", "body"),
        ("transfer-encoding: chunked, identity\r\n", "0\r\n\r\n"),
        ("transfer-encoding: xchunked\r\n", "0\r\n\r\n"),
        ("transfer-encoding : chunked\r\n", "0\r\n\r\n"),
        ("transfer-encoding:\r\n chunked\r\n", "0\r\n\r\n"),
        ("x-folded: a\r\n b\r\n", ""),
        ("x-folded: a\r\n\tcontent-length: 4\r\n", ""),
        ("x\0y: z\r\n", ""),
        ("x-null: \0\r\n", ""),
        ("x-carriage: a\rcontent-length: 4\r\n", ""),
        ("no colon\r\n", ""),
    ] {
        for heard in ways.post(lines, body) {
            assert_eq!(heard.status(), 400, "{lines:?}: {}", heard.text());
            let answers = heard.text().matches("HTTP/1.1").count();
            assert_eq!(answers, 1, "{lines:?}: {}", heard.text());
        }
        assert!(ways.staged.api.take().is_empty(), "{lines:?}");
    }
}

#[test]
fn of_two_framings_the_api_server_sees_one_and_no_hidden_request() {
    let ways = Ways::open();
    let (length, chunked) = ("content-length: 4\r\n", "transfer-encoding: chunked\r\n");
    for lines in [format!("{length}{chunked}"), format!("{chunked}{length}")] {
        for heard in ways.post(&lines, "4\r\nbody\r\n0\r\n\r\n") {
            assert_eq!(heard.status(), 200, "{}", heard.text());
            let answers = heard.text().matches("HTTP/1.1").count();
            assert_eq!(answers, 1, "{}", heard.text());
        }
        let seen = ways.staged.api.take();
        assert_eq!(seen.len(), 2, "{seen:?}");
        for seen in seen {
            assert_eq!(
                (seen.line(), &*seen.body),
                ("POST /api HTTP/1.1", &b"body"[..])
            );
            assert!(seen.all("content-length").is_empty(), "{}", seen.head);
        }
    }
}

#[test]
fn odd_chunks_are_no_body() {
    let ways = Ways::open();
    for body in [
        "4\r\nbodyX\r\n0\r\n\r\n",
        "g\r\nbody\r\n0\r\n\r\n",
        "-4\r\nbody\r\n0\r\n\r\n",
        "0x4\r\nbody\r\n0\r\n\r\n",
        "fffffffffffffffff\r\nbody\r\n0\r\n\r\n",
        "4\nbody\n0\n\n",
        "4;a=\nb\r\nbody\r\n0\r\n\r\n",
    ] {
        for heard in ways.post("transfer-encoding: chunked\r\n", body) {
            assert_ne!(heard.status(), 200, "{body:?}: {}", heard.text());
        }
        // A request may have begun; but no body is complete, and no hidden request got through.
        assert!(ways.staged.api.take().is_empty(), "{body:?}");
    }
}

/// A partial upload never becomes a complete one, whether it is read first or streamed.
#[test]
fn half_an_upload_goes_nowhere() {
    let staged = Staged::start();
    let bearer = staged.credential_of("alice");
    for (number, lines, half) in [
        (1, "content-length: 100\r\n", "half".to_owned()),
        (2, "content-length: 1000000\r\n", "half".to_owned()),
        (
            3,
            "transfer-encoding: chunked\r\n",
            "4\r\nhalf\r\n".to_owned(),
        ),
        (
            4,
            "transfer-encoding: chunked\r\n",
            "ffffff\r\nhalf".to_owned(),
        ),
        (5, "content-length: 1000000\r\n", "x".repeat(500_000)),
    ] {
        let mut wire = Wire::to(&staged.stack.origin);
        wire.send(format!(
            "POST /k8s/upload/{number} HTTP/1.1\r\nhost: localhost\r\n\
             authorization: Bearer {bearer}\r\n{lines}\r\n{half}"
        ));
        drop(wire);
        let line = staged.stack.proxy.line(&format!("/upload/{number}"));
        assert!(line.contains("body-cut-off"), "{line}");
    }
    let (seen, whole) = (staged.api.seen(), staged.get_as(&bearer, "/k8s/api"));
    assert!(seen.is_empty(), "{seen:?}");
    assert_eq!(whole.status(), 200, "{}", whole.text());
}

#[test]
fn bodies_have_a_limit_whether_they_say_their_length_or_not() {
    let api = ApiServer::start(|_, asker| asker.json("200 OK", "{}"));
    let builder = Builder::default().setting("KUBERNETES_MAX_BODY_BYTES", "100000");
    let staged = Staged::with(builder, api);
    let bearer = staged.credential_of("alice");
    let post = |lines: &str, body: &str| {
        let lines = format!("authorization: Bearer {bearer}\r\n{lines}");
        staged.send(request("POST", "/k8s/api", &lines) + body)
    };
    let chunks = |length: usize| format!("{length:x}\r\n{}\r\n0\r\n\r\n", "x".repeat(length));
    let chunked = "transfer-encoding: chunked\r\n";
    for (lines, body) in [
        ("content-length: 100001\r\n", String::new()),
        (chunked, chunks(100_001)),
        (chunked, chunks(10_000_000)),
    ] {
        let heard = post(lines, &body);
        let expected = (413, "body-too-large".to_owned());
        // A client that is still writing when the host closes may see only that.
        let refused = heard.status() == 0 || heard.problem() == expected;
        assert!(refused, "{lines}: {}", heard.text());
    }
    let absurd = post("content-length: 18446744073709551614\r\n", "");
    assert!([413, 431].contains(&absurd.status()), "{}", absurd.text());
    assert!(staged.api.seen().is_empty(), "none was a whole one");
    let sized = "content-length: 100000\r\n";
    for (lines, body) in [(chunked, chunks(100_000)), (sized, "x".repeat(100_000))] {
        assert_eq!(post(lines, &body).status(), 200, "{lines}");
        assert_eq!(staged.api.take()[0].body.len(), 100_000);
    }
}
