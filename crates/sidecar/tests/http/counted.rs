//! What is counted.

use crate::projected_volume::{ProjectedVolume, jwt, now};
use crate::server::Sidecar;

#[tokio::test]
async fn tokens_and_refusals_count_by_kind() {
    let mut volume = ProjectedVolume::new(&jwt("one", now() + 3600));
    let sidecar = Sidecar::start(volume.file()).await;
    assert!(sidecar.counts(
        r#"aks_oauth_proxy_sidecar_tokens_total{kind="federated",result="unavailable"} 0"#
    ));
    sidecar.federated_token().await;
    sidecar.federated_token().await;
    volume.update(&jwt("one", now() - 1));
    sidecar.federated_token().await;
    sidecar.get("/v1/federated-token", &[]).await;
    sidecar.get("/nothing", &[]).await;
    sidecar.get("/healthz", &[("host", "evil.example")]).await;
    for line in [
        r#"aks_oauth_proxy_sidecar_tokens_total{kind="federated",result="ok"} 2"#,
        r#"aks_oauth_proxy_sidecar_tokens_total{kind="federated",result="unavailable"} 1"#,
        r#"aks_oauth_proxy_sidecar_refused_total{reason="no-federated-token"} 1"#,
        r#"aks_oauth_proxy_sidecar_refused_total{reason="unauthorized"} 1"#,
        r#"aks_oauth_proxy_sidecar_refused_total{reason="not-found"} 1"#,
        r#"aks_oauth_proxy_sidecar_refused_total{reason="misdirected-request"} 1"#,
    ] {
        assert!(sidecar.counts(line), "{line}");
    }
}
