//! An instance that computes for ever is ended, and no other notices. There is one thread for all.

use std::time::Duration;

use http::StatusCode;
use http_body_util::BodyExt;

use super::support::{Builder, Host, request, text};
use crate::leash::Patience;

const INSTANCES: u32 = 2;
const SHORT: Duration = Duration::from_millis(100);
const FOR_EVER: Duration = Duration::from_secs(86_400);

async fn start(computing: Duration) -> Host {
    let builder = Builder {
        max_instances: Some(INSTANCES),
        patience: Patience {
            abandoned: Duration::ZERO,
            computing,
            ..Patience::default()
        },
        ..Builder::default()
    };
    builder.start().await
}

/// Returns when no instance is left.
async fn free(host: &Host) {
    drop(host.instances.acquire_many(INSTANCES).await.unwrap());
}

#[tokio::test]
async fn it_is_answered_with_an_error_and_its_place_is_free() {
    let host = start(SHORT).await;
    let answer = host.get("/one/busy").await;
    assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(text(answer).await, "internal error\n");
    free(&host).await;
}

#[tokio::test]
async fn an_answer_that_has_begun_is_cut_off() {
    let host = start(SHORT).await;
    let answer = host.get("/one/busy-late").await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert!(answer.into_body().collect().await.is_err());
    free(&host).await;
}

#[tokio::test]
async fn others_are_answered_meanwhile_and_it_ends_with_its_client() {
    let host = start(FOR_EVER).await;
    let mut client = host.http1().await;
    let answered = client.send_request(request("/one/busy"));
    let others = async {
        while host.instances.available_permits() == INSTANCES as usize {
            tokio::task::yield_now().await;
        }
        for _ in 0..10 {
            assert_eq!(host.get("/one/head").await.status(), StatusCode::OK);
        }
    };
    tokio::select! {
        _ = answered => panic!("it computes"),
        () = others => {}
    }
    assert_eq!(host.instances.available_permits(), INSTANCES as usize - 1);
    drop(client);
    free(&host).await;
}

#[tokio::test]
async fn who_computes_for_a_moment_goes_on() {
    let host = start(Patience::default().computing).await;
    assert_eq!(text(host.get("/one/slow").await).await, "done\n");
}
