//! What is counted of requests, instances and calls.

use std::time::Duration;

use tokio::task::yield_now;

use super::support::{Builder, Host, request, text};
use super::upstream::Upstream;
use crate::leash::Patience;

/// Whether the metrics have this line.
fn has(host: &Host, line: &str) -> bool {
    let mut registry = metrics::Registry::new("test", "0");
    host.counts.register(&mut registry);
    registry.text().lines().any(|have| have == line)
}

#[track_caller]
fn assert_has(host: &Host, lines: &[&str]) {
    for line in lines {
        assert!(has(host, line), "{line}");
    }
}

/// Returns when the metrics have this line.
async fn comes(host: &Host, line: &str) {
    while !has(host, line) {
        yield_now().await;
    }
}

#[tokio::test]
async fn requests_count_by_function_and_class_and_never_by_path() {
    let host = Builder::default().start().await;
    for path in [
        "/one/head",
        "/one/head?secret",
        "/one/nothing",
        "/other",
        "/two/head",
    ] {
        host.get(path).await;
    }
    host.get("/.well-known/spin/health").await;
    assert_has(
        &host,
        &[
            r#"aks_oauth_proxy_requests_total{function="one",status="2xx"} 2"#,
            r#"aks_oauth_proxy_requests_total{function="one",status="4xx"} 1"#,
            r#"aks_oauth_proxy_requests_total{function="two",status="2xx"} 1"#,
            r#"aks_oauth_proxy_requests_total{function="none",status="4xx"} 1"#,
            r#"aks_oauth_proxy_requests_total{function="none",status="2xx"} 1"#,
            r#"aks_oauth_proxy_request_duration_seconds_count{function="one"} 3"#,
        ],
    );
}

#[tokio::test]
async fn instances_count_as_long_as_they_live_and_so_do_those_that_were_not_there() {
    let builder = Builder {
        max_instances: Some(2),
        max_per_client: Some(1),
        patience: Patience {
            abandoned: Duration::ZERO,
            ..Patience::default()
        },
        ..Builder::default()
    };
    let host = builder.start().await;
    let watch = host.get("/one/watch").await;
    assert_has(
        &host,
        &[
            "aks_oauth_proxy_instances 1",
            "aks_oauth_proxy_instances_limit 2",
            r#"aks_oauth_proxy_instances_refused_total{limit="client"} 0"#,
        ],
    );
    assert_eq!(host.get("/one/head").await.status(), 503);
    assert_has(
        &host,
        &[
            r#"aks_oauth_proxy_instances_refused_total{limit="client"} 1"#,
            r#"aks_oauth_proxy_requests_total{function="one",status="5xx"} 1"#,
        ],
    );
    drop(watch);
    comes(&host, "aks_oauth_proxy_instances 0").await;
    assert_has(
        &host,
        &[r#"aks_oauth_proxy_instances_failed_total{reason="overdue"} 1"#],
    );
}

#[tokio::test]
async fn an_instance_that_fails_counts_by_how() {
    let host = Builder::default().start().await;
    let _ = text_of(&host, "/one/trap").await;
    comes(
        &host,
        r#"aks_oauth_proxy_instances_failed_total{reason="late_trap"} 1"#,
    )
    .await;
}

/// The text of an answer that may be cut.
async fn text_of(host: &Host, path: &str) -> String {
    let request = format!("GET {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
    host.raw(request.as_bytes()).await
}

#[tokio::test]
async fn a_client_that_goes_before_its_answer_is_counted_as_gone() {
    let host = Builder::default().start().await;
    let mut client = host.http1().await;
    let asked = client.send_request(request("/one/silent"));
    tokio::select! {
        _ = asked => panic!("it is silent"),
        () = comes(&host, "aks_oauth_proxy_instances 1") => {}
    }
    drop(client);
    comes(
        &host,
        r#"aks_oauth_proxy_requests_total{function="one",status="gone"} 1"#,
    )
    .await;
}

#[tokio::test]
async fn calls_count_by_what_came_of_them() {
    let upstream = Upstream::start();
    let origin = format!("http://{}", upstream.address);
    let builder = Builder {
        outbound: vec![origin.clone()],
        ..Builder::default()
    };
    let host = builder.start().await;
    for path in ["/", "/drop"] {
        text(host.get(&format!("/one/call?{origin}{path}")).await).await;
    }
    text(host.get("/one/call?http://127.0.0.1:9/").await).await;
    assert_has(
        &host,
        &[
            r#"aks_oauth_proxy_outbound_requests_total{target="other",result="2xx"} 1"#,
            r#"aks_oauth_proxy_outbound_requests_total{target="other",result="failed"} 1"#,
            r#"aks_oauth_proxy_outbound_requests_total{target="other",result="not_granted"} 1"#,
            r#"aks_oauth_proxy_outbound_request_duration_seconds_count{target="other"} 2"#,
        ],
    );
}
