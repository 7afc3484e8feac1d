//! The additional latency of a list through the proxy.

use std::fmt;
use std::time::Instant;

use anyhow::Result;

use super::site::{LARGE, SMALL, Site};
use super::way::{Connection, Protocol};
use crate::arguments::Arguments;
use crate::figures::{micros, quantile};

/// How many times as often as in a round the small list is requested.
const MANY: usize = 10;

/// The latencies of requests in sequence, in milliseconds.
pub(super) struct Latencies(Vec<Latency>);

struct Latency {
    what: String,
    direct: Vec<f64>,
    through: Vec<f64>,
}

/// Sends requests in sequence, directly and through the proxy in turn.
pub(super) async fn measure(site: &Site, arguments: &Arguments) -> Result<Latencies> {
    eprintln!("bench: latency of lists");
    let mut latencies = Vec::new();
    for (what, path, count) in [
        ("small list", SMALL, arguments.requests * MANY),
        ("large list", LARGE, arguments.requests),
    ] {
        for protocol in [Protocol::Http1, Protocol::Http2] {
            let mut latency = Latency {
                what: format!("{what}, {}", protocol.name()),
                direct: Vec::new(),
                through: Vec::new(),
            };
            let mut direct = site.direct.connect(protocol).await?;
            let mut through = site.through.connect(protocol).await?;
            for _ in 0..count {
                latency.direct.push(one(&mut direct, path).await?);
                latency.through.push(one(&mut through, path).await?);
            }
            latencies.push(latency);
        }
    }
    Ok(Latencies(latencies))
}

async fn one(connection: &mut Connection, path: &str) -> Result<f64> {
    let start = Instant::now();
    connection.read(path, "identity").await?;
    Ok(micros(start.elapsed()) / 1e3)
}

impl fmt::Display for Latencies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "Latency of a list, one at a time, ms\n\n  {:<28}{:>10}{:>10}{:>10}{:>10}{:>12}{:>10}",
            "", "p50", "via", "p99", "via", "added p50", "p99"
        )?;
        for latency in &self.0 {
            let at = |times: &[f64], share| quantile(times.iter().copied(), share);
            let [(half, half_via), (most, most_via)] =
                [0.5, 0.99].map(|share| (at(&latency.direct, share), at(&latency.through, share)));
            writeln!(
                f,
                "  {:<28}{half:>10.2}{half_via:>10.2}{most:>10.2}{most_via:>10.2}{:>12.2}{:>10.2}",
                latency.what,
                half_via - half,
                most_via - most,
            )?;
        }
        Ok(())
    }
}
