//! `GET /v1/service-account-token`: like the other token, if a file is configured.

use crate::projected_volume::{ProjectedVolume, jwt, now};
use crate::server::{BEARER, Sidecar};

const PATH: &str = "/v1/service-account-token";

#[tokio::test]
async fn it_is_read_for_each_request_by_whoever_has_the_bearer() {
    let mut volume = ProjectedVolume::new(&jwt("one", now() + 3600));
    let sidecar = Sidecar::with_service_account(volume.file()).await;
    let bearer = format!("Bearer {BEARER}");
    let headers = [("authorization", bearer.as_str())];
    for subject in ["two", "three"] {
        let token = jwt(subject, now() + 3600);
        volume.update(&token);
        let answer = sidecar.get(PATH, &headers).await;
        assert_eq!(
            (answer.status, answer.json()["token"].as_str()),
            (200, Some(token.as_str()))
        );
    }
    assert_eq!(sidecar.get(PATH, &[]).await.status, 401);
}

#[tokio::test]
async fn what_is_wrong_with_its_file_is_said_by_its_own_setting() {
    let sidecar = Sidecar::with_service_account("/nowhere/token").await;
    let bearer = format!("Bearer {BEARER}");
    let answer = sidecar.get(PATH, &[("authorization", &bearer)]).await;
    assert_eq!(answer.status, 503);
    let detail = answer.problem();
    assert!(detail.contains("KUBERNETES_TOKEN_FILE"), "{detail}");
}

#[tokio::test]
async fn a_sidecar_that_was_told_of_none_has_nothing_there() {
    let volume = ProjectedVolume::new(&jwt("one", now() + 3600));
    let sidecar = Sidecar::start(volume.file()).await;
    let bearer = format!("Bearer {BEARER}");
    let answer = sidecar.get(PATH, &[("authorization", &bearer)]).await;
    assert_eq!(answer.status, 404);
}
