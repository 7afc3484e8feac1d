//! Requests that are refused.

use crate::client;
use crate::projected_volume::{ProjectedVolume, jwt, now};
use crate::server::{BEARER, Sidecar};

async fn with_a_token() -> (Sidecar, ProjectedVolume) {
    let volume = ProjectedVolume::new(&jwt("one", now() + 3600));
    (Sidecar::start(volume.file()).await, volume)
}

#[tokio::test]
async fn without_the_right_bearer_there_is_no_token() {
    let (sidecar, _volume) = with_a_token().await;
    let right = format!("Bearer {BEARER}");
    let shorter = right.get(..right.len() - 1).unwrap();
    let longer = format!("{right}x");
    let wrong = format!("{shorter}X");
    let basic = format!("Basic {BEARER}");
    let cases: [&[(&str, &str)]; 11] = [
        &[],
        &[("authorization", "")],
        &[("authorization", "Bearer")],
        &[("authorization", "Bearer ")],
        &[("authorization", BEARER)],
        &[("authorization", shorter)],
        &[("authorization", &longer)],
        &[("authorization", &wrong)],
        &[("authorization", &basic)],
        &[("authorization", &right), ("authorization", &right)],
        &[("authorization", &right), ("authorization", "Bearer other")],
    ];
    for headers in cases {
        let answer = sidecar.get("/v1/federated-token", headers).await;
        assert_eq!(answer.status, 401, "{headers:?}");
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
        assert!(!answer.problem().contains(BEARER));
    }
}

#[tokio::test]
async fn the_scheme_may_be_in_any_case() {
    let (sidecar, _volume) = with_a_token().await;
    let bearer = format!("bearer {BEARER}");
    assert_eq!(
        sidecar
            .get("/v1/federated-token", &[("authorization", &bearer)])
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn a_name_that_was_rebound_to_this_machine_is_refused() {
    let (sidecar, _volume) = with_a_token().await;
    let bearer = format!("Bearer {BEARER}");
    for host in [
        "evil.example",
        "127.0.0.1.evil.example:80",
        "10.0.0.7",
        "localhost.",
        "@",
        "",
    ] {
        for path in ["/v1/federated-token", "/healthz", "/unknown"] {
            let headers = [("host", host), ("authorization", bearer.as_str())];
            let answer = sidecar.get(path, &headers).await;
            assert_eq!(answer.status, 421, "{host:?}");
            answer.problem();
        }
    }
    for host in ["localhost", "127.0.0.1:1234", "[::1]:80"] {
        let headers = [("host", host), ("authorization", bearer.as_str())];
        assert_eq!(
            sidecar.get("/v1/federated-token", &headers).await.status,
            200,
            "{host:?}"
        );
    }
}

#[tokio::test]
async fn a_request_without_one_host_is_refused() {
    let (sidecar, _volume) = with_a_token().await;
    for head in [
        "GET /healthz HTTP/1.1\r\n",
        "GET /healthz HTTP/1.0\r\n",
        "GET /healthz HTTP/1.1\r\nhost: localhost\r\nhost: localhost\r\n",
        "GET http://evil.example/healthz HTTP/1.1\r\nhost: localhost\r\n",
    ] {
        let request = format!("{head}connection: close\r\n\r\n");
        assert_eq!(
            client::exchange(sidecar.address, &request).await.status,
            421,
            "{head:?}"
        );
    }
}

#[tokio::test]
async fn unknown_paths_and_methods_get_problems() {
    let (sidecar, _volume) = with_a_token().await;
    let bearer = format!("Bearer {BEARER}");
    let headers = [("authorization", bearer.as_str())];
    for path in [
        "/",
        "/v1",
        "/v1/",
        "/v2/federated-token",
        "/v1/federated-token/",
        "//healthz",
    ] {
        let answer = sidecar.get(path, &headers).await;
        assert_eq!(answer.status, 404, "{path}");
        answer.problem();
    }
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "TRACE"] {
        for path in ["/v1/federated-token", "/healthz"] {
            let answer = client::send(sidecar.address, method, path, &headers).await;
            assert_eq!(answer.status, 405, "{method} {path}");
            assert_eq!(answer.header("allow"), Some("GET,HEAD"));
            answer.problem();
        }
    }
}
