//! A truncated answer never ends like a complete one.

use http_body_util::BodyExt;
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};

use super::support::{Builder, Host, request};
use super::upstream::Upstream;

/// The end of a chunked answer (RFC 9112, section 7.1).
const LAST_CHUNK: &str = "\r\n0\r\n\r\n";

async fn raw(host: &Host, path: &str) -> String {
    let request = format!("GET {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
    host.raw(request.as_bytes()).await
}

#[tokio::test]
async fn over_http1_the_last_chunk_is_missing() {
    let host = Builder::default().start().await;
    for path in ["/one/cut", "/one/trap", "/one/leak"] {
        let answer = raw(&host, path).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{path}");
        assert!(answer.contains("xxxx"), "{path}");
        assert!(!answer.ends_with(LAST_CHUNK), "{path}");
    }
    let whole = raw(&host, "/one/head").await;
    assert!(whole.ends_with(LAST_CHUNK), "{whole}");
}

#[tokio::test]
async fn over_http2_the_stream_is_reset() {
    let host = Builder::default().start().await;
    let io = TokioIo::new(host.connect().await);
    let (mut client, connection) = http2::handshake(TokioExecutor::new(), io).await.unwrap();
    tokio::spawn(connection);
    for (path, whole) in [
        ("/one/cut", false),
        ("/one/trap", false),
        ("/one/leak", false),
        ("/one/head", true),
    ] {
        let mut request = request("/");
        *request.uri_mut() = format!("http://localhost{path}").parse().unwrap();
        request.headers_mut().clear();
        let response = client.send_request(request).await.unwrap();
        let body = response.into_body().collect().await;
        assert_eq!(body.is_ok(), whole, "{path}");
    }
}

#[tokio::test]
async fn what_an_upstream_cuts_off_stays_so() {
    let upstream = Upstream::start();
    let origin = format!("http://{}", upstream.address);
    let host = Builder {
        outbound: vec![origin.clone()],
        ..Builder::default()
    };
    let host = host.start().await;
    let cut = raw(&host, &format!("/one/call?{origin}/half")).await;
    assert!(cut.contains("half") && !cut.ends_with(LAST_CHUNK), "{cut}");
    let whole = raw(&host, &format!("/one/call?{origin}/")).await;
    assert!(
        whole.contains("ok") && whole.ends_with(LAST_CHUNK),
        "{whole}"
    );
}
