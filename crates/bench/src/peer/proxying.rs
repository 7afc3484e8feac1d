//! Files of an app, through each proxy.

use std::fmt;

use anyhow::Result;

use super::app::LENGTHS;
use super::rounds::{self, Measured, Plan};
use super::side::Side;
use crate::arguments::Arguments;

/// How many times fewer requests there are for a large file.
const FEWER: usize = 20;
/// Over so many connections.
const LARGE_CONNECTIONS: usize = 4;
/// What is a large file, in bytes.
const MUCH: usize = 1_000_000;

/// What was measured: the length of each file, and what each proxy did.
pub(super) struct Proxying(Vec<(usize, Plan, Vec<Measured>)>);

/// Measures all of them.
pub(super) async fn measure(sides: &[&Side], arguments: &Arguments) -> Result<Proxying> {
    let mut rows = Vec::new();
    for (path, length) in LENGTHS {
        eprintln!("bench: {length} bytes through each proxy");
        let small = Plan {
            rounds: arguments.rounds,
            requests: arguments.requests,
            connections: arguments.connections,
        };
        let plan = match length >= MUCH {
            true => Plan {
                rounds: small.rounds.div_ceil(FEWER),
                requests: small.requests.div_ceil(FEWER),
                connections: LARGE_CONNECTIONS,
            },
            false => small,
        };
        let asked: Vec<_> = sides.iter().map(|side| (*side, side.get(path))).collect();
        rows.push((length, plan, rounds::measure(&asked, plan).await?));
    }
    Ok(Proxying(rows))
}

impl fmt::Display for Proxying {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "An app's files through each proxy: µs of CPU for each, medians\n  {:<14}{:<16}{:>8}{:>10}\
             {:>12}{:>10}{:>12}",
            "bytes", "", "CPU", "of Redis", "requests/s", "MB/s", "of nginx's"
        )?;
        for (length, plan, measured) in &self.0 {
            for one in measured {
                let [cpu, store, rate] = one.medians();
                let ratio = measured.first().map_or(f64::NAN, |first| one.ratio(first));
                writeln!(
                    f,
                    "  {length:<14}{:<16}{cpu:>8.0}{store:>10.0}{rate:>12.0}{:>10.0}{ratio:>12.2}",
                    one.name,
                    rate * *length as f64 / 1e6,
                )?;
            }
            writeln!(
                f,
                "  ({} rounds of {} requests over {} connections)",
                plan.rounds, plan.requests, plan.connections
            )?;
        }
        Ok(())
    }
}
