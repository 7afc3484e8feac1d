//! Idle watches: the memory of each, and their cost.

use std::fmt;
use std::time::{Duration, Instant};

use anyhow::Result;
use hyper::body::Incoming;

use super::site::{SMALL, Site};
use super::way::{Connection, Protocol, Way};
use crate::arguments::Arguments;
use crate::figures::{kilo, micros};
use crate::kernel::{Threads, resident_of};

/// How a watch is asked for.
pub(super) const WATCH: &str =
    "/api/v1/namespaces/bench-small/configmaps?watch=true&resourceVersion=0";
/// Lists before the measurement, so that one-time costs are paid.
const WARM_UP: usize = 50;
/// The time of two looks at each stream.
const LOOKS: Duration = Duration::from_secs(30);

/// The same watches in two ways.
pub(super) struct Watches {
    count: usize,
    measured: Vec<Measured>,
}

struct Measured {
    /// How many of them share a connection.
    shared: usize,
    without: u64,
    with: u64,
    after: u64,
    /// CPU of `serve` while they last, of one processor.
    busy: f64,
    /// Until all of them had begun.
    opened: Duration,
}

/// Opens the watches in two ways: each on a connection of its own, like many kubectls, and a hundred on each
/// connection, like a program's informers.
pub(super) async fn measure(site: &Site, arguments: &Arguments) -> Result<Watches> {
    let count = arguments.watches;
    let mut measured = Vec::new();
    for shared in [1, 100] {
        eprintln!("bench: {count} idle watches, {shared} on a connection");
        let (proxy, way) = site.fresh_proxy()?;
        measured.push(with(proxy.process.id(), &way, count, shared).await?);
    }
    Ok(Watches { count, measured })
}

async fn with(serve: u32, way: &Way, count: usize, shared: usize) -> Result<Measured> {
    let mut lister = way.connect(Protocol::Http2).await?;
    for _ in 0..WARM_UP {
        lister.read(SMALL, "identity").await?;
    }
    let without = resident_of(serve)?;
    let start = Instant::now();
    let watches = open(way, count, shared).await?;
    let opened = start.elapsed();
    let (before, start) = (Threads::of(serve)?, Instant::now());
    tokio::time::sleep(LOOKS).await;
    let busy = micros(Threads::of(serve)?.since(&before)) / micros(start.elapsed());
    let with = resident_of(serve)?;
    drop(watches);
    tokio::time::sleep(LOOKS).await;
    Ok(Measured {
        shared,
        without,
        with,
        after: resident_of(serve)?,
        busy,
        opened,
    })
}

/// A watch stays open as long as its connection is kept.
async fn open(way: &Way, count: usize, shared: usize) -> Result<Vec<(Connection, Incoming)>> {
    let mut watches: Vec<(Connection, Incoming)> = Vec::new();
    while watches.len() < count {
        let last = watches.last().and_then(|(last, _)| last.share());
        let mut connection = match last {
            Some(last) if !watches.len().is_multiple_of(shared) => last,
            _ => way.connect(Protocol::Http2).await?,
        };
        let watch = connection.open(WATCH, "identity").await?;
        watches.push((connection, watch));
    }
    Ok(watches)
}

impl fmt::Display for Watches {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} idle watches over HTTP/2, resident memory of `serve` in MB\n\n  \
             {:<28}{:>10}{:>10}{:>12}{:>10}{:>12}{:>12}",
            self.count, "", "without", "with", "kB each", "after", "CPU", "opened in"
        )?;
        for measured in &self.measured {
            let more = measured.with.saturating_sub(measured.without);
            writeln!(
                f,
                "  {:<28}{:>10.1}{:>10.1}{:>12.0}{:>10.1}{:>10.2} %{:>10.1} s",
                format!("{} on each connection", measured.shared),
                kilo(measured.without) / 1e3,
                kilo(measured.with) / 1e3,
                kilo(more) / self.count as f64,
                kilo(measured.after) / 1e3,
                measured.busy * 100.0,
                measured.opened.as_secs_f64(),
            )?;
        }
        Ok(())
    }
}
