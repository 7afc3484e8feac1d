//! When and how to stop.

use std::io::{self, Write};
use std::process;
use std::time::Duration;

use listener::{Ending, Times};
use serde_json::json;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::exit::Failure;

/// The exit code of a process that a signal has killed is this plus the signal's number, as in shells.
const KILLED: i32 = 128;

/// The end that begins with SIGTERM or SIGINT. They no longer kill the process from this call on, but the
/// second signal ends it at once.
///
/// Kubernetes sends SIGTERM: load balancers need time to notice. SIGINT comes from a terminal, where a user
/// waits: no connections are accepted from then on.
pub(crate) fn requested(times: Times) -> Result<Ending, Failure> {
    let mut signals = Signals {
        terminate: install(SignalKind::terminate())?,
        interrupt: install(SignalKind::interrupt())?,
    };
    Ok(Ending::after(async move {
        let first = signals.next().await;
        let times = match first == SignalKind::terminate() {
            true => times,
            false => Times {
                draining: Duration::ZERO,
                ..times
            },
        };
        log(times);
        tokio::spawn(async move {
            let second = signals.next().await;
            process::exit(KILLED + second.as_raw_value());
        });
        times
    }))
}

struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    async fn next(&mut self) -> SignalKind {
        tokio::select! {
            _ = self.terminate.recv() => SignalKind::terminate(),
            _ = self.interrupt.recv() => SignalKind::interrupt(),
        }
    }
}

fn install(kind: SignalKind) -> Result<Signal, Failure> {
    signal(kind).map_err(Failure::internal)
}

fn log(times: Times) {
    let time = OffsetDateTime::now_utc().format(&Rfc3339);
    let line = json!({
        "time": time.unwrap_or_default(),
        "event": "draining",
        "drain_seconds": times.draining.as_secs(),
        "grace_seconds": times.closing.as_secs(),
    });
    // One write: nothing else gets into the line. A closed stderr must not stop the service.
    let _ = io::stderr().write_all(format!("{line}\n").as_bytes());
}
