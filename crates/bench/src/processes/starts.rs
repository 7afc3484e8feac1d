//! From the start of a process to its first line, and to the moment at which it is ready.

use std::fmt;

use anyhow::Result;

use super::program::{Program, Site};
use crate::figures::{list, median};

/// A row for each kind of start.
pub(super) struct Starts(Vec<Row>);

struct Row {
    what: String,
    /// Milliseconds, of each start.
    listening: Vec<f64>,
    ready: Vec<f64>,
}

/// Starts `serve` once with an empty compilation cache, and then each program `count` times.
pub(super) async fn measure(site: &Site, count: usize) -> Result<Starts> {
    eprintln!("bench: starting serve once cold, and each program {count} times");
    let cold = row(site, Program::Serve, ", cold", 1).await?;
    let mut rows = vec![cold];
    for program in Program::ALL {
        let how = match program {
            Program::Serve => ", warm",
            _ => "",
        };
        rows.push(row(site, program, how, count).await?);
    }
    Ok(Starts(rows))
}

async fn row(site: &Site, program: Program, how: &str, count: usize) -> Result<Row> {
    let mut row = Row {
        what: format!("{program}{how}"),
        listening: Vec::new(),
        ready: Vec::new(),
    };
    for _ in 0..count {
        // What the cold one has compiled is there for the warm ones.
        let started = site.start(program, "starts").await?;
        row.listening.push(started.listening);
        row.ready.push(started.ready);
    }
    Ok(row)
}

impl fmt::Display for Starts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "Start of a process, medians\n  {:<20}{:>20}{:>20}",
            "", "says it listens", "/readyz is 200"
        )?;
        for row in &self.0 {
            let of = |values: &[f64]| median(values.iter().copied());
            let (listening, ready) = (of(&row.listening), of(&row.ready));
            writeln!(f, "  {:<20}{listening:>17.0} ms{ready:>17.0} ms", row.what)?;
        }
        for row in &self.0 {
            let ready = list(row.ready.iter().copied());
            writeln!(f, "  {}, ready, ms: {ready}", row.what)?;
        }
        Ok(())
    }
}
