//! Ambiguous requests reach no component, and their connection ends (RFC 9112, sections 6 and 11.2).

use super::support::Builder;

/// It follows the first request. An answer to it would show a smuggled request.
const SECOND: &str = "GET /one/head HTTP/1.1\r\nhost: a\r\nx-second: yes\r\n\r\n";

async fn answer(head: &str, body: &str) -> String {
    let host = Builder::default().start().await;
    let request = format!("POST /one/echo HTTP/1.1\r\nhost: a\r\n{head}\r\n{body}{SECOND}");
    host.raw(request.as_bytes()).await
}

#[tokio::test]
async fn a_body_has_one_length() {
    for (head, body) in [
        ("content-length: 4\r\ncontent-length: 5\r\n", "body"),
        ("content-length: 4, 5\r\n", "body"),
        ("content-length: +4\r\n", "body"),
        ("content-length: -4\r\n", "body"),
        ("content-length: 0x4\r\n", "body"),
        ("content-length: 4 \r\n 4\r\n", "body"),
        ("content-length: 99999999999999999999\r\n", "body"),
        ("transfer-encoding: identity\r\n", "body"),
        (
            "transfer-encoding: chunked, identity\r\n",
            "4\r\nbody\r\n0\r\n\r\n",
        ),
        ("transfer-encoding: gzip\r\n", "body"),
        ("transfer-encoding: xchunked\r\n", "4\r\nbody\r\n0\r\n\r\n"),
        ("transfer-encoding : chunked\r\n", "4\r\nbody\r\n0\r\n\r\n"),
        ("content-length : 4\r\n", "body"),
        (
            "transfer-encoding:\r\n chunked\r\n",
            "4\r\nbody\r\n0\r\n\r\n",
        ),
        ("x-folded: a\r\n b\r\ncontent-length: 4\r\n", "body"),
        (" x-first: folded\r\n", ""),
        ("no colon\r\n", ""),
        ("x\0y: z\r\n", ""),
    ] {
        let answer = answer(head, body).await;
        assert!(answer.starts_with("HTTP/1.1 400"), "{head:?}: {answer}");
        assert!(!answer.contains("x-second"), "{head:?}: {answer}");
    }
}

#[tokio::test]
async fn chunks_are_what_they_say() {
    for body in [
        "4\r\nbodyX\r\n0\r\n\r\n",
        "g\r\nbody\r\n0\r\n\r\n",
        "-4\r\nbody\r\n0\r\n\r\n",
        "0x4\r\nbody\r\n0\r\n\r\n",
        "fffffffffffffffff\r\nbody\r\n0\r\n\r\n",
        "\r\nbody\r\n0\r\n\r\n",
        "4\nbody\n0\n\n",
        "4;a=\nb\r\nbody\r\n0\r\n\r\n",
    ] {
        let answer = answer("transfer-encoding: chunked\r\n", body).await;
        assert!(!answer.contains("x-second"), "{body:?}: {answer}");
        assert!(!answer.contains("\r\n0\r\n\r\n"), "{body:?}: {answer}");
    }
}

/// The chunks count, the length is dropped, and the connection ends (RFC 9112, section 6.1): a second request
/// that only the length shows does not exist.
#[tokio::test]
async fn of_two_framings_one_counts_and_the_connection_ends() {
    let both = "content-length: 4\r\ntransfer-encoding: chunked\r\n";
    for head in [both, "transfer-encoding: chunked\r\ncontent-length: 4\r\n"] {
        let answer = answer(head, "4\r\nbody\r\n0\r\n\r\n").await;
        assert!(answer.contains("4\r\nbody\r\n"), "{head:?}: {answer}");
        assert!(answer.contains("connection: close"), "{head:?}: {answer}");
        assert!(!answer.contains("x-second"), "{head:?}: {answer}");
    }
}

/// Valid requests are answered one after the other.
#[tokio::test]
async fn what_is_right_is_taken() {
    for (head, body) in [
        ("content-length: 4\r\n", "body"),
        ("transfer-encoding: chunked\r\n", "4\r\nbody\r\n0\r\n\r\n"),
        (
            "transfer-encoding: chunked\r\n",
            "4;a=b\r\nbody\r\n0\r\nx: y\r\n\r\n",
        ),
    ] {
        let closing = SECOND.replace("x-second: yes", "x-second: yes\r\nconnection: close");
        let host = Builder::default().start().await;
        let request = format!("POST /one/echo HTTP/1.1\r\nhost: a\r\n{head}\r\n{body}{closing}");
        let answer = host.raw(request.as_bytes()).await;
        assert!(answer.contains("body"), "{head:?}: {answer}");
        assert!(answer.contains("x-second: yes"), "{head:?}: {answer}");
    }
}

#[tokio::test]
async fn connection_names_nothing_that_a_component_needs() {
    let host = Builder::default().start().await;
    let ask = async |connection: &str| {
        let request = format!(
            "GET /one/head HTTP/1.1\r\nhost: a\r\nauthorization: b\r\nx-a: 1\r\nx-b: 2\r\n\
             connection: close, {connection}\r\n\r\n"
        );
        host.raw(request.as_bytes()).await
    };
    let answer = ask("X-A").await;
    assert!(
        answer.contains("x-b: 2") && !answer.contains("x-a: 1"),
        "{answer}"
    );
    assert!(answer.contains("authorization: b"), "{answer}");
    for refused in ["Authorization", "host", "cookie", "content-length"] {
        let answer = ask(refused).await;
        assert!(answer.starts_with("HTTP/1.1 400"), "{refused}: {answer}");
    }
}
