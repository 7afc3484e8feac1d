//! The limits of instances, in number and time.

use std::sync::Arc;
use std::time::Duration;

use http::{Request, StatusCode};
use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::sync::Semaphore;

use super::support::{Builder, Host, request, text};
use crate::leash::Patience;

const NOT_AT_ALL: Duration = Duration::ZERO;
const FOR_EVER: Duration = Duration::from_secs(86_400);

/// A host for one request at a time.
async fn host_for_one(abandoned: Duration, answered: Duration) -> Host {
    let patience = Patience {
        abandoned,
        answered,
        ..Patience::default()
    };
    let builder = Builder {
        max_instances: Some(1),
        patience,
        ..Builder::default()
    };
    builder.start().await
}

/// Returns when no instance is left.
async fn free(instances: &Arc<Semaphore>) {
    drop(instances.acquire().await.unwrap());
}

#[tokio::test]
async fn one_too_many_is_told_to_come_again() {
    let host = host_for_one(NOT_AT_ALL, FOR_EVER).await;
    let watch = host.get("/one/watch").await;
    let refused = host.get("/one/head").await;
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(refused.headers()["retry-after"], "1");
    assert_eq!(text(refused).await, "too many requests in flight\n");
    // A path without a route, or one of the host's own, needs no instance.
    assert_eq!(host.get("/other").await.status(), StatusCode::NOT_FOUND);
    let health = host.get("/.well-known/spin/health").await;
    assert_eq!(health.status(), StatusCode::OK);
    // A component without grants has reserved places.
    assert_eq!(host.get("/probe/head").await.status(), StatusCode::OK);
    drop(watch);
    free(&host.instances).await;
    assert_eq!(host.get("/one/head").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn who_goes_before_the_head_ends_the_instance() {
    let host = host_for_one(NOT_AT_ALL, FOR_EVER).await;
    let mut client = host.http1().await;
    let answered = client.send_request(request("/one/silent"));
    let taken = async {
        while host.instances.available_permits() == 1 {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        _ = answered => panic!("it is silent"),
        () = taken => {}
    }
    drop(client);
    free(&host.instances).await;
}

#[tokio::test]
async fn who_goes_in_the_middle_ends_the_instance() {
    let host = host_for_one(NOT_AT_ALL, FOR_EVER).await;
    for path in ["/one/watch", "/one/endless"] {
        let mut answer = host.get(path).await;
        answer.body_mut().frame().await.unwrap().unwrap();
        assert_eq!(host.instances.available_permits(), 0, "{path}");
        drop(answer);
        free(&host.instances).await;
    }
}

#[tokio::test]
async fn an_instance_may_end_by_itself() {
    let host = host_for_one(FOR_EVER, FOR_EVER).await;
    let mut answer = host.get("/one/endless").await;
    answer.body_mut().frame().await.unwrap().unwrap();
    // It writes, and so notices that nobody reads.
    drop(answer);
    free(&host.instances).await;
}

#[tokio::test]
async fn after_its_answer_an_instance_may_go_on_for_a_while() {
    let host = host_for_one(NOT_AT_ALL, FOR_EVER).await;
    assert_eq!(text(host.get("/one/late").await).await, "done\n");
    assert_eq!(host.instances.available_permits(), 0);
    let host = host_for_one(FOR_EVER, NOT_AT_ALL).await;
    assert_eq!(text(host.get("/one/late").await).await, "done\n");
    free(&host.instances).await;
}

/// The status for a request that a proxy says is from `client`.
async fn by(host: &Host, client: &str, path: &str) -> StatusCode {
    let mut connection = host.http1().await;
    let mut request = request(path);
    let client = client.parse().unwrap();
    request.headers_mut().insert("x-forwarded-for", client);
    connection.send_request(request).await.unwrap().status()
}

#[tokio::test]
async fn one_client_leaves_places_to_the_others() {
    let builder = Builder {
        max_instances: Some(3),
        max_per_client: Some(2),
        ..Builder::default()
    };
    let host = builder.start().await;
    let watches = (host.get("/one/watch").await, host.get("/one/watch").await);
    assert_eq!(
        host.get("/one/head").await.status(),
        StatusCode::SERVICE_UNAVAILABLE
    );
    assert_eq!(by(&host, "192.0.2.1", "/one/head").await, StatusCode::OK);
    assert_eq!(
        by(&host, "192.0.2.2, 127.0.0.1", "/one/head").await,
        StatusCode::OK
    );
    let refused = by(&host, "127.0.0.1", "/one/head").await;
    assert_eq!(refused, StatusCode::SERVICE_UNAVAILABLE);
    drop(watches);
}

/// A client that does not read a short answer holds its instance for a moment.
#[tokio::test]
async fn a_short_answer_that_nobody_reads_is_cut() {
    let patience = Patience {
        unread: Duration::from_millis(50),
        ..Patience::default()
    };
    let builder = Builder {
        max_instances: Some(1),
        patience,
        ..Builder::default()
    };
    let host = builder.start().await;
    let io = TokioIo::new(host.connect().await);
    let (mut client, connection) = http2::Builder::new(TokioExecutor::new())
        .initial_stream_window_size(1)
        .handshake(io)
        .await
        .unwrap();
    tokio::spawn(connection);
    let uri = format!("http://{}/one/short", host.address);
    let request = Request::get(uri).body(Empty::<Bytes>::new()).unwrap();
    let unread = client.send_request(request).await.unwrap();
    assert_eq!(unread.headers()["content-length"], "61440");
    free(&host.instances).await;
    // The missing rest is an error, not an end.
    assert!(unread.into_body().collect().await.is_err());
}
