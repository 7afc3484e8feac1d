//! Many requests come at once, just after the token has expired.

use std::fmt;
use std::time::{Duration, Instant};

use anyhow::Result;
use e2e::{Builder, Redis};
use tokio::task::JoinSet;

use crate::client::{Ask, Client};
use crate::figures::{micros, quantile};
use crate::stack::{origin, whoami};

/// What came of the storms.
pub(crate) struct Storm {
    connections: usize,
    rows: Vec<(&'static str, Burst)>,
}

struct Burst {
    token_requests: u64,
    failures: usize,
    /// Of each request, in milliseconds.
    latencies: Vec<f64>,
}

/// Two replicas on one Redis; half of the connections go to each.
pub(crate) async fn measure(connections: usize) -> Result<Storm> {
    eprintln!("bench: {connections} connections when a token expires");
    let redis = Redis::start();
    let stack = Builder::default().clock().redis(&redis).start();
    let replica = stack.replica();
    let origins = [origin(&stack), replica.origin().to_owned()];
    let mut rows = Vec::new();
    let mut now = 0;
    for (what, later) in [
        ("instances are made", 0),
        ("a fresh token, for comparison", 0),
        ("within the margin: the old token lives", 4300),
        ("expired: everybody waits for the new one", 4600),
    ] {
        let alice = stack.signed_in("alice");
        now += later;
        stack.at(now);
        let before = stack.count("token");
        let mut burst = burst(&origins, connections, &whoami(&alice)).await?;
        burst.token_requests = stack.count("token") - before;
        rows.push((what, burst));
    }
    Ok(Storm { connections, rows })
}

/// Sends all requests at once, over existing connections.
async fn burst(origins: &[String], connections: usize, ask: &Ask) -> Result<Burst> {
    let mut clients = Vec::new();
    for origin in origins.iter().cycle().take(connections) {
        clients.push(Client::connect(origin).await?);
    }
    let mut asked = JoinSet::new();
    for mut client in clients {
        let ask = ask.clone();
        asked.spawn(async move {
            let start = Instant::now();
            let good = client.ask(&ask).await.is_ok();
            (good, start.elapsed())
        });
    }
    let answers: Vec<(bool, Duration)> = asked.join_all().await;
    Ok(Burst {
        token_requests: 0,
        failures: answers.iter().filter(|(good, _)| !good).count(),
        latencies: answers
            .iter()
            .map(|(_, took)| micros(*took) / 1e3)
            .collect(),
    })
}

impl fmt::Display for Storm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} connections at once, two replicas on one Redis",
            self.connections
        )?;
        writeln!(
            f,
            "  {:<44}{:>8}{:>10}{:>10}{:>10}",
            "", "asked", "failed", "median", "p99"
        )?;
        for (what, burst) in &self.rows {
            let at = |share| quantile(burst.latencies.iter().copied(), share);
            writeln!(
                f,
                "  {what:<44}{:>8}{:>10}{:>7.0} ms{:>7.0} ms",
                burst.token_requests,
                burst.failures,
                at(0.5),
                at(0.99)
            )?;
        }
        Ok(())
    }
}
