//! The doctor of a whole installation with a running proxy, a real API server and a real kubelogin. Each of
//! its checks is tested beside the binary (`native/tests/process/doctor`).

use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use e2e::{Proxied, kubelogin};
use serde_json::Value;
use url::Url;

#[test]
fn all_is_well_until_the_api_server_goes() {
    let Some(kubelogin) = kubelogin() else {
        return;
    };
    let Some(mut proxied) = Proxied::start() else {
        return;
    };
    let settings = [
        ("KUBELOGIN_ENABLED", "true"),
        ("KUBELOGIN_BINARY", kubelogin.to_str().unwrap()),
    ];
    let report = proxied.examined(&settings);
    assert_eq!(report["ok"], true, "{report:#}");
    let not_ok: Vec<_> = statuses(&report)
        .into_iter()
        .filter(|(_, status)| *status != "ok")
        .collect();
    let skipped = [("workload-identity", "skipped"), ("sidecar", "skipped")];
    assert_eq!(not_ok, skipped, "{report:#}");

    let url: Url = proxied.kubernetes.url().parse().unwrap();
    let address = (url.host_str().unwrap(), url.port().unwrap());
    proxied.kubernetes.kill();
    // Its child process ends after it.
    let begun = Instant::now();
    while TcpStream::connect(address).is_ok() {
        assert!(
            begun.elapsed() < Duration::from_secs(20),
            "it is still there"
        );
        thread::yield_now();
    }
    let report = proxied.examined(&settings);
    assert_eq!(report["ok"], false, "{report:#}");
    let failed: Vec<_> = statuses(&report)
        .into_iter()
        .filter(|(_, status)| *status == "failed")
        .map(|(name, _)| name)
        .collect();
    assert_eq!(failed, ["api-server", "tunnel"], "{report:#}");
}

fn statuses(report: &Value) -> Vec<(&str, &str)> {
    let rows = report["checks"].as_array().unwrap().iter();
    rows.map(|row| {
        (
            row["name"].as_str().unwrap(),
            row["status"].as_str().unwrap(),
        )
    })
    .collect()
}
