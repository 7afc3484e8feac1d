//! Answers to probes.

use crate::projected_volume::{ProjectedVolume, jwt, now};
use crate::server::Sidecar;

/// Status and text at `path`, without a bearer.
async fn ask(sidecar: &Sidecar, path: &str) -> (u16, String) {
    let answer = sidecar.get(path, &[]).await;
    let plain = Some("text/plain; charset=utf-8");
    assert_eq!(answer.header("content-type"), plain);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    (answer.status, answer.text().to_owned())
}

#[tokio::test]
async fn it_is_ready_while_it_has_its_token_and_alive_in_any_case() {
    let mut volume = ProjectedVolume::new(&jwt("one", now() + 3600));
    let sidecar = Sidecar::start(volume.file()).await;
    assert_eq!(ask(&sidecar, "/readyz").await, (200, "ok".to_owned()));
    let (_, verbose) = ask(&sidecar, "/readyz?verbose").await;
    assert_eq!(
        verbose,
        "[+]ping ok\n[+]federated-token ok\nreadyz check passed\n"
    );
    volume.update(&jwt("one", now() - 1));
    let (status, text) = ask(&sidecar, "/readyz").await;
    assert_eq!(status, 503);
    assert!(
        text.contains("[-]federated-token failed: reason withheld"),
        "{text}"
    );
    assert!(!text.contains("expired"), "{text}");
    assert_eq!(ask(&sidecar, "/livez").await, (200, "ok".to_owned()));
    volume.update(&jwt("two", now() + 3600));
    assert_eq!(ask(&sidecar, "/readyz").await.0, 200);
}

#[tokio::test]
async fn only_what_it_hands_out_counts() {
    let sidecar = Sidecar::with_service_account("/nowhere/token").await;
    let (status, text) = ask(&sidecar, "/readyz").await;
    assert_eq!(status, 503);
    assert_eq!(
        text,
        "[+]ping ok\n[-]service-account-token failed: reason withheld\nreadyz check failed\n"
    );
}

#[tokio::test]
async fn while_it_drains_it_is_not_ready_and_hands_out_its_token() {
    let volume = ProjectedVolume::new(&jwt("one", now() + 3600));
    let mut sidecar = Sidecar::start(volume.file()).await;
    sidecar.drain().await;
    let (status, text) = ask(&sidecar, "/readyz").await;
    assert_eq!(status, 503);
    assert!(text.contains("[-]shutdown failed"), "{text}");
    assert_eq!(ask(&sidecar, "/livez").await.0, 200);
    let answer = sidecar.federated_token().await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("connection"), Some("close"));
}
