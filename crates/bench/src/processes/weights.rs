//! The memory of the processes: at rest, after many requests, and some time later.

use std::fmt;
use std::time::Duration;

use anyhow::Result;
use tokio::time::sleep;

use super::program::{Program, Site};
use crate::arguments::Arguments;
use crate::client::Crowd;
use crate::figures::kilo;
use crate::kernel::Weight;

/// So many requests of each kind in turn.
const IN_TURN: usize = 100;
/// How long a process rests after its requests.
const REST: Duration = Duration::from_secs(10);

/// A row for each program.
pub(super) struct Weights {
    count: usize,
    rows: Vec<(Program, [Weight; 3])>,
}

/// Measures each program alone, so that no others' requests affect it.
pub(super) async fn measure(site: &Site, arguments: &Arguments) -> Result<Weights> {
    let count = arguments.memory_requests;
    let mut rows = Vec::new();
    for program in Program::ALL {
        eprintln!("bench: memory of {program} before and after {count} requests");
        rows.push((program, weigh(site, program, arguments).await?));
    }
    Ok(Weights { count, rows })
}

async fn weigh(site: &Site, program: Program, arguments: &Arguments) -> Result<[Weight; 3]> {
    let started = site.start(program, "weights").await?;
    let (pid, origin) = (started.running.id(), started.running.said("url")?);
    let rest = Weight::of(pid)?;
    let requests = site.requests(program, origin).await?;
    let mut crowd = Crowd::connect(origin, arguments.connections).await?;
    let mut left = arguments.memory_requests;
    for get in requests.iter().cycle() {
        let now = left.min(IN_TURN);
        crowd.ask(get, now).await?;
        left -= now;
        if left == 0 {
            break;
        }
    }
    let after = Weight::of(pid)?;
    sleep(REST).await;
    Ok([rest, after, Weight::of(pid)?])
}

impl fmt::Display for Weights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let after = format!("after {} requests", self.count);
        let later = format!("{} s later", REST.as_secs());
        writeln!(
            f,
            "Memory of a process in MB: resident (RSS), and what is its own of that (PSS)\n  \
             {:<20}{:>20}{after:>24}{later:>20}",
            "", "at rest"
        )?;
        for (program, [rest, after, later]) in &self.rows {
            let megabytes = |bytes| kilo(bytes) / 1e3;
            let text = |weight: &Weight| {
                let (resident, own) = (weight.resident, weight.proportional);
                format!("{:.1} {:>7.1}", megabytes(resident), megabytes(own))
            };
            let (rest, after, later) = (text(rest), text(after), text(later));
            writeln!(f, "  {program:<20}{rest:>20}{after:>24}{later:>20}")?;
        }
        Ok(())
    }
}
