//! From the start of the process to the first 200.

use std::time::Instant;

use anyhow::Result;

use crate::client::{Ask, Client};
use crate::columns::Section;
use crate::figures::{list, median};
use crate::servers::Servers;

/// Milliseconds.
pub(crate) struct Starts {
    cold: f64,
    warm: Vec<f64>,
}

/// Starts once with an empty compilation cache, and then `count` times with what that left.
pub(crate) async fn measure(servers: &Servers, count: usize) -> Result<Starts> {
    eprintln!("bench: starting once cold and {count} times warm");
    let cold = once(servers).await?;
    let mut warm = Vec::new();
    for _ in 0..count {
        warm.push(once(servers).await?);
    }
    Ok(Starts { cold, warm })
}

async fn once(servers: &Servers) -> Result<f64> {
    let start = Instant::now();
    let running = servers.serve("state").await?;
    let mut client = Client::connect(running.url()?).await?;
    client.ask(&Ask::get("/healthz")).await?;
    let elapsed = start.elapsed().as_secs_f64() * 1e3;
    Ok(elapsed)
}

impl Starts {
    /// As it is shown.
    pub(crate) fn section(&self) -> Section {
        let title = "Start of the host to the first 200 (GET /healthz)";
        let mut section = Section::new(title.to_owned());
        let warm = median(self.warm.iter().copied());
        section.row("warm compilation cache, median", format!("{warm:.0} ms"));
        section.row("cold, once", format!("{:.0} ms", self.cold));
        section.remarks = format!("  warm, ms: {}", list(self.warm.iter().copied()));
        section
    }
}
