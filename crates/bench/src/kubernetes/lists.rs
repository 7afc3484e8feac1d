//! Lists: the CPU that one takes, and in which process, directly and through each proxy.

use std::fmt;

use anyhow::{Context, Result};

use super::site::{Cpu, LARGE, SMALL, Site};
use super::way::{Group, Protocol, Way};
use crate::arguments::Arguments;
use crate::figures::{kilo, mean, quantile};

/// What `serve` may use for a small list and for a large one, as a multiple of the API server itself.
const AIMS: (f64, f64) = (0.5, 0.3);
/// How many times less often a large list is requested.
const SELDOM: usize = 10;
/// Fewer rounds by this factor, since the requests are longer.
const ROUNDS: usize = 3;
/// Requests before each measurement.
const WARM_UP: usize = 4;

/// A proxy that is measured.
#[derive(Clone, Copy)]
pub(super) struct Side<'a> {
    pub(super) name: &'static str,
    pub(super) process: u32,
    /// The way through it.
    pub(super) way: &'a Way,
}

/// All lists.
pub(super) struct Lists(Vec<List>);

/// A list, and how it is asked for.
struct List {
    protocol: Protocol,
    path: &'static str,
    encoding: &'static str,
    requests: usize,
    bytes: u64,
    direct: Turns,
    through: Vec<(&'static str, Turns)>,
}

/// The requests on one way, and the CPU for each of them, round by round.
struct Turns {
    /// Whose CPU is measured beside the API server's.
    process: u32,
    group: Group,
    rounds: Vec<Cpu>,
}

/// Measures all of them in rounds that alternate, there and back.
pub(super) async fn measure(
    site: &Site,
    sides: &[Side<'_>],
    arguments: &Arguments,
) -> Result<Lists> {
    let rounds = arguments.rounds.div_ceil(ROUNDS);
    eprintln!("bench: lists, {rounds} rounds");
    let small = [
        (Protocol::Http1, SMALL, "identity"),
        (Protocol::Http2, SMALL, "identity"),
    ];
    let large = [
        (Protocol::Http1, LARGE, "identity"),
        (Protocol::Http2, LARGE, "identity"),
        (Protocol::Http2, LARGE, "gzip"),
    ];
    let mut measured = Vec::new();
    // In sequence, so that small lists do not pay for the garbage of large ones.
    for kinds in [small.as_slice(), &large] {
        // A connection without a request ends after half a minute, so it is opened only here.
        let mut lists = Vec::new();
        for kind in kinds {
            lists.push(List::new(site, sides, arguments, *kind).await?);
        }
        for number in 0..rounds {
            for list in &mut lists {
                list.round(site, number % 2 == 0).await?;
            }
        }
        measured.append(&mut lists);
    }
    Ok(Lists(measured))
}

impl List {
    async fn new(
        site: &Site,
        sides: &[Side<'_>],
        arguments: &Arguments,
        (protocol, path, encoding): (Protocol, &'static str, &'static str),
    ) -> Result<Self> {
        let turns = async |process, way| {
            anyhow::Ok(Turns {
                process,
                group: Group::connect(way, protocol, arguments.connections).await?,
                rounds: Vec::new(),
            })
        };
        let mut through = Vec::new();
        for side in sides {
            let turns = turns(side.process, side.way).await;
            through.push((side.name, turns.context(side.name)?));
        }
        let mut connection = site.direct.connect(protocol).await?;
        Ok(Self {
            protocol,
            path,
            encoding,
            requests: match path {
                LARGE => arguments.requests.div_ceil(SELDOM),
                _ => arguments.requests,
            },
            bytes: connection.read(path, encoding).await?,
            direct: turns(site.serve(), &site.direct).await?,
            through,
        })
    }

    async fn round(&mut self, site: &Site, direct_first: bool) -> Result<()> {
        let (path, encoding, requests) = (self.path, self.encoding, self.requests);
        let through = self.through.iter_mut().map(|(_, turns)| turns);
        let mut all: Vec<&mut Turns> = [&mut self.direct].into_iter().chain(through).collect();
        if !direct_first {
            all.reverse();
        }
        for turns in all {
            turns.group.read(path, encoding, WARM_UP).await?;
            let before = site.used(turns.process)?;
            turns.group.read(path, encoding, requests).await?;
            let used = site.cpu_since(&before)?;
            turns.rounds.push(Cpu {
                proxy: used.proxy / requests as f64,
                api_server: used.api_server / requests as f64,
            });
        }
        Ok(())
    }
}

impl Turns {
    fn mean(&self, of: impl Fn(&Cpu) -> f64) -> f64 {
        mean(self.rounds.iter().map(of))
    }
}

impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let gzip = if self.encoding == "gzip" {
            ", gzip"
        } else {
            ""
        };
        let what = format!("{:.1} kB, {}{gzip}", kilo(self.bytes), self.protocol.name(),);
        let direct = self.direct.mean(|cpu| cpu.api_server);
        for (name, through) in &self.through {
            let api_server = through.mean(|cpu| cpu.api_server);
            let proxy = through.mean(|cpu| cpu.proxy);
            let ratios = || {
                let rounds = through.rounds.iter().zip(&self.direct.rounds);
                rounds.map(|(through, direct)| through.proxy / direct.api_server)
            };
            writeln!(
                f,
                "  {what:<26}{name:<16}{direct:>8.0}{api_server:>10.0}{proxy:>10.0}{:>8.2}   \
                 {:.2} {:.2} {:.2}",
                proxy / direct,
                quantile(ratios(), 0.25),
                quantile(ratios(), 0.5),
                quantile(ratios(), 0.75),
            )?;
        }
        Ok(())
    }
}

impl fmt::Display for Lists {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (small, large) = AIMS;
        // Means, since the garbage collector runs now and then for all requests.
        writeln!(
            f,
            "CPU for a list of config maps, µs (means; the ratio is proxy / API server directly, \
             then the quartiles of \
             rounds; the aims of serve are {small} and {large})\n\n  {:<42}{:>8}{:>10}{:>10}{:>8}",
            "", "API", "API via", "proxy", "ratio"
        )?;
        self.0.iter().try_for_each(|list| write!(f, "{list}"))
    }
}
