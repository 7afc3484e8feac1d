//! The memory while much streams to a slow reader.

use std::fmt;
use std::time::{Duration, Instant};

use anyhow::Result;

use super::pods::Printer;
use super::site::{SMALL, Site};
use super::way::Protocol;
use crate::figures::kilo;
use crate::kernel::resident_of;

/// How many bytes the reader takes in a second: far fewer than could come.
const RATE: f64 = 40e6;
/// How long it takes nothing at first, so that all buffers fill.
const PAUSE: Duration = Duration::from_secs(2);
/// The memory is read whenever this many bytes have come.
const LOOK: u64 = 1_000_000;

/// Resident memory of `serve`, in bytes.
pub(super) struct Slow {
    length: u64,
    before: u64,
    /// When the first tenth had come, and at most until then and until the end.
    tenth: u64,
    most: u64,
}

/// Reads what `printer` has printed.
pub(super) async fn measure(site: &Site, printer: &Printer) -> Result<Slow> {
    eprintln!(
        "bench: {:.0} MB to a slow reader",
        kilo(printer.length) / 1e3
    );
    let (proxy, way) = site.fresh_proxy()?;
    let serve = proxy.process.id();
    way.connect(Protocol::Http2)
        .await?
        .read(SMALL, "identity")
        .await?;
    let before = resident_of(serve)?;
    let mut log = printer.follow(&way, Protocol::Http2).await?;
    tokio::time::sleep(PAUSE).await;
    let mut most = resident_of(serve)?;
    let mut tenth = most;
    let (mut read, mut looked, start) = (0, 0, Instant::now());
    while read < printer.length {
        read += log.piece().await?.len() as u64;
        if read - looked >= LOOK {
            looked = read;
            most = most.max(resident_of(serve)?);
            if read <= printer.length / 10 {
                tenth = most;
            }
            let due = Duration::from_secs_f64(read as f64 / RATE);
            tokio::time::sleep(due.saturating_sub(start.elapsed())).await;
        }
    }
    Ok(Slow {
        length: printer.length,
        before,
        tenth,
        most,
    })
}

impl fmt::Display for Slow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let megabytes = |bytes| kilo(bytes) / 1e3;
        let length = megabytes(self.length);
        writeln!(
            f,
            "Resident memory of `serve` while {length:.0} MB go to a reader who takes {:.0} MB/s",
            RATE / 1e6
        )?;
        for (when, bytes) in [
            ("before".to_owned(), self.before),
            (
                format!("at most in the first {:.0} MB", length / 10.0),
                self.tenth,
            ),
            ("at most in all".to_owned(), self.most),
        ] {
            writeln!(f, "  {when:<38}{:>10.1} MB", megabytes(bytes))?;
        }
        Ok(())
    }
}
