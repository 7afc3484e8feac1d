//! How many instances there may be, and how long.

use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;
use http_body_util::BodyExt;
use serde_json::Value;
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
    };
    let builder = Builder {
        max_instances: Some(1),
        patience,
        ..Builder::default()
    };
    builder.start().await
}

/// Ready when no instance lives any more.
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
    let refused = host.get("/k8s/api/v1/pods").await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.headers()["retry-after"], "1");
    assert_eq!(refused.headers()["content-type"], "application/json");
    let status: Value = serde_json::from_str(&text(refused).await).unwrap();
    assert_eq!(status["kind"], "Status");
    assert_eq!(status["reason"], "TooManyRequests");
    assert_eq!(status["code"], 429);
    // Neither a route that does not exist nor the host's own needs an instance.
    assert_eq!(host.get("/other").await.status(), StatusCode::NOT_FOUND);
    let health = host.get("/.well-known/spin/health").await;
    assert_eq!(health.status(), StatusCode::OK);
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
    // It writes, and so sees that nobody reads.
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
