//! The carriers of watches: `serve`, or a tunnel with the component behind it.

use std::time::Instant;

use anyhow::Result;
use e2e::Replica;

use super::site::Site;
use crate::figures::micros;
use crate::kernel::{Threads, resident_of};

/// The carrier of watches.
#[derive(Clone, Copy)]
pub(super) enum Carrier {
    Serve,
    Tunnel,
}

impl Carrier {
    /// The subcommand.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Serve => "serve",
            Self::Tunnel => "tunnel",
        }
    }

    /// A new carrier. `limits` are the arguments of a tunnel; a `serve` has those of the site.
    pub(super) fn start(self, site: &Site, limits: &[&str]) -> Result<Running> {
        Ok(match self {
            Self::Serve => Running {
                front: site.replica()?,
                component: None,
            },
            Self::Tunnel => {
                let (front, component) = site.tunnel(limits);
                let component = Some(component);
                Running { front, component }
            }
        })
    }
}

/// A carrier, and the component behind it if that is another process.
pub(super) struct Running {
    pub(super) front: Replica,
    component: Option<Replica>,
}

impl Running {
    /// Its memory, without that of the component.
    pub(super) fn resident(&self) -> Result<u64> {
        resident_of(self.front.process.id())
    }

    /// The CPU of both, as a share of one processor, while `this` runs, and its result.
    pub(super) async fn busy_while<T>(
        &self,
        this: impl Future<Output = Result<T>>,
    ) -> Result<(f64, T)> {
        let processes = [Some(&self.front), self.component.as_ref()];
        let processes: Vec<u32> = processes
            .into_iter()
            .flatten()
            .map(|it| it.process.id())
            .collect();
        let threads = || {
            processes
                .iter()
                .map(|id| Threads::of(*id))
                .collect::<Result<Vec<_>>>()
        };
        let (before, start) = (threads()?, Instant::now());
        let done = this.await?;
        let (after, time) = (threads()?, start.elapsed());
        let used = after
            .iter()
            .zip(&before)
            .map(|(after, before)| micros(after.since(before)));
        Ok((used.sum::<f64>() / micros(time), done))
    }
}
