//! Idle streams of events: the memory of each, and their cost.

use std::fmt;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use tokio::time::sleep;

use super::app::{EVENTS, SMALL};
use super::side::Side;
use crate::arguments::Arguments;
use crate::client::{Client, Crowd};
use crate::figures::{kilo, micros};

/// Requests before the measurement, so that one-time costs are paid.
const WARM_UP: usize = 500;
/// How long they are looked at: two looks of the component at each.
const WHILE: Duration = Duration::from_secs(30);

/// What was measured.
pub(super) struct Streams {
    count: usize,
    measured: Vec<Measured>,
}

struct Measured {
    name: &'static str,
    without: u64,
    with: u64,
    /// CPU while they last, of one processor.
    busy: f64,
    /// Until the first event of all of them was there.
    opened: Duration,
}

/// Opens as many as are wanted, through each proxy in turn.
pub(super) async fn measure(sides: &[&Side], arguments: &Arguments) -> Result<Streams> {
    let count = arguments.event_streams;
    let mut measured = Vec::new();
    for side in sides {
        eprintln!("bench: {count} streams of events through {}", side.name);
        let mut crowd = Crowd::connect(&side.origin, arguments.connections).await?;
        crowd.ask(&side.get(SMALL), WARM_UP).await?;
        let without = side.resident()?;
        let start = Instant::now();
        let streams = open(side, count).await?;
        let opened = start.elapsed();
        let (before, start) = (side.threads()?, Instant::now());
        sleep(WHILE).await;
        let busy = micros(side.threads()?.since(&before)) / micros(start.elapsed());
        measured.push(Measured {
            name: side.name,
            without,
            with: side.resident()?,
            busy,
            opened,
        });
        drop(streams);
    }
    Ok(Streams { count, measured })
}

/// A stream stays open as long as its connection is kept.
async fn open(side: &Side, count: usize) -> Result<Vec<(Client, Incoming)>> {
    let get = side.get(EVENTS);
    let mut streams = Vec::new();
    for _ in 0..count {
        let mut client = Client::connect(&side.origin).await?;
        let mut body = client.begin(&get).await?.into_body();
        body.frame().await.context("a stream without an event")??;
        streams.push((client, body));
    }
    Ok(streams)
}

impl fmt::Display for Streams {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} open streams of events, resident memory in MB\n  {:<16}{:>10}{:>10}{:>12}{:>12}{:>12}",
            self.count, "", "without", "with", "kB each", "CPU", "opened in"
        )?;
        for one in &self.measured {
            let more = one.with.saturating_sub(one.without);
            writeln!(
                f,
                "  {:<16}{:>10.1}{:>10.1}{:>12.0}{:>10.2} %{:>10.1} s",
                one.name,
                kilo(one.without) / 1e3,
                kilo(one.with) / 1e3,
                kilo(more) / self.count as f64,
                one.busy * 100.0,
                one.opened.as_secs_f64(),
            )?;
        }
        Ok(())
    }
}
