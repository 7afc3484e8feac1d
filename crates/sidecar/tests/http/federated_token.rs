//! `GET /v1/federated-token`, with any content of the file.

use std::fs;

use serde_json::json;
use tempfile::TempDir;

use crate::projected_volume::{ProjectedVolume, jwt, now};
use crate::server::Sidecar;

#[tokio::test]
async fn the_token_is_given_with_its_expiry() {
    let (expires_at, token) = (now() + 3600, jwt("one", now() + 3600));
    let volume = ProjectedVolume::new(&format!("{token}\n"));
    let sidecar = Sidecar::start(volume.file()).await;
    let answer = sidecar.federated_token().await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(
        answer.json(),
        json!({ "token": token, "expires_at": expires_at })
    );
}

#[tokio::test]
async fn a_token_that_the_kubelet_rotates_is_seen_at_the_next_request() {
    let mut volume = ProjectedVolume::new(&jwt("before", now() + 60));
    let sidecar = Sidecar::start(volume.file()).await;
    for subject in ["one", "two", "three"] {
        let token = jwt(subject, now() + 3600);
        volume.update(&token);
        assert_eq!(sidecar.federated_token().await.json()["token"], token);
    }
}

#[tokio::test]
async fn no_request_fails_while_the_kubelet_rotates() {
    let mut volume = ProjectedVolume::new(&jwt("0", now() + 3600));
    let sidecar = Sidecar::start(volume.file()).await;
    let rotation = tokio::task::spawn_blocking(move || {
        for update in 1..=200 {
            volume.update(&jwt(&update.to_string(), now() + 3600));
        }
        volume
    });
    while !rotation.is_finished() {
        assert_eq!(sidecar.federated_token().await.status, 200);
    }
    rotation.await.unwrap();
}

#[tokio::test]
async fn an_expired_token_is_not_given_and_the_next_one_is() {
    let expired = jwt("one", 1_700_000_000);
    let mut volume = ProjectedVolume::new(&expired);
    let sidecar = Sidecar::start(volume.file()).await;
    let answer = sidecar.federated_token().await;
    let detail = answer.problem();
    assert_eq!(
        (answer.status, answer.header("retry-after")),
        (503, Some("10"))
    );
    assert!(detail.contains("expired at 2023-11-14T22:13:20Z: is the projected volume still"));
    assert!(detail.contains(volume.file().to_str().unwrap()), "{detail}");
    assert!(detail.contains("AZURE_FEDERATED_TOKEN_FILE"), "{detail}");
    assert!(!detail.contains(&expired), "{detail}");

    volume.update(&jwt("two", now() + 3600));
    assert_eq!(sidecar.federated_token().await.status, 200);
}

#[tokio::test]
async fn a_file_that_appears_later_is_found() {
    let directory = TempDir::new().unwrap();
    let file = directory.path().join("token");
    let sidecar = Sidecar::start(file.clone()).await;
    let answer = sidecar.federated_token().await;
    assert_eq!(answer.status, 503);
    assert!(answer.problem().contains("does not exist"));

    fs::write(&file, jwt("one", now() + 3600)).unwrap();
    assert_eq!(sidecar.federated_token().await.status, 200);
}

#[tokio::test]
async fn what_is_no_token_is_not_given() {
    let huge = format!("{}{}", jwt("one", now() + 3600), "\n".repeat(64 * 1024));
    let cases = [
        ("", "no workload-identity token"),
        ("garbage", "no workload-identity token"),
        (
            "-----BEGIN PRIVATE KEY-----\nsecret\n",
            "no workload-identity token",
        ),
        ("a.b.c", "no workload-identity token"),
        ("\0\0\0", "no workload-identity token"),
        (&huge, "longer than 64 kB"),
    ];
    let mut volume = ProjectedVolume::new("");
    let sidecar = Sidecar::start(volume.file()).await;
    for (content, expected) in cases {
        volume.update(content);
        let answer = sidecar.federated_token().await;
        let detail = answer.problem();
        assert_eq!(answer.status, 503);
        assert!(detail.contains(expected), "{detail}");
        assert!(detail.contains("AZURE_FEDERATED_TOKEN_FILE"), "{detail}");
        assert!(!detail.contains("secret"), "{detail}");
    }
}

#[tokio::test]
async fn a_file_without_end_is_given_up() {
    let sidecar = Sidecar::start("/dev/zero").await;
    let answer = sidecar.federated_token().await;
    assert_eq!(answer.status, 503);
    assert!(answer.problem().contains("longer than 64 kB"));
}

#[tokio::test]
async fn a_directory_is_no_file() {
    let directory = TempDir::new().unwrap();
    let sidecar = Sidecar::start(directory.path().to_owned()).await;
    let answer = sidecar.federated_token().await;
    assert_eq!(answer.status, 503);
    assert!(answer.problem().contains("cannot be read"));
}
