//! Lists: the CPU that one takes, and in which process, directly and through the proxy.

use std::fmt;

use anyhow::Result;

use super::site::{Cpu, LARGE, SMALL, Site};
use super::way::{Group, Protocol};
use crate::arguments::Arguments;
use crate::figures::{kilo, mean, quantile};

/// What `serve` may use, as a multiple of the API server itself.
const AIM: f64 = 1.05;
/// How many times less often a large list is requested.
const SELDOM: usize = 10;
/// Fewer rounds by this factor, since the requests are longer.
const ROUNDS: usize = 3;
/// Requests before each measurement.
const WARM_UP: usize = 4;

/// All lists.
pub(super) struct Lists(Vec<List>);

/// A list, and how it is asked for.
struct List {
    protocol: Protocol,
    path: &'static str,
    encoding: &'static str,
    requests: usize,
    bytes: u64,
    direct: Group,
    through: Group,
    rounds: Vec<Round>,
}

/// CPU for each request.
struct Round {
    direct: Cpu,
    through: Cpu,
}

/// Measures all of them in rounds that alternate, there and back.
pub(super) async fn measure(site: &Site, arguments: &Arguments) -> Result<Lists> {
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
        for (protocol, path, encoding) in kinds {
            lists.push(List::new(site, arguments, *protocol, path, encoding).await?);
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
        arguments: &Arguments,
        protocol: Protocol,
        path: &'static str,
        encoding: &'static str,
    ) -> Result<Self> {
        let connections = arguments.connections;
        Ok(Self {
            protocol,
            path,
            encoding,
            requests: match path {
                LARGE => arguments.requests.div_ceil(SELDOM),
                _ => arguments.requests,
            },
            bytes: site
                .direct
                .connect(protocol)
                .await?
                .read(path, encoding)
                .await?,
            direct: Group::connect(&site.direct, protocol, connections).await?,
            through: Group::connect(&site.through, protocol, connections).await?,
            rounds: Vec::new(),
        })
    }

    async fn round(&mut self, site: &Site, direct_first: bool) -> Result<()> {
        let (path, encoding, requests) = (self.path, self.encoding, self.requests);
        let ask = async |group: &mut Group| {
            group.read(path, encoding, WARM_UP).await?;
            let before = site.used()?;
            group.read(path, encoding, requests).await?;
            let used = site.cpu_since(&before)?;
            anyhow::Ok(Cpu {
                serve: used.serve / requests as f64,
                api_server: used.api_server / requests as f64,
            })
        };
        let round = if direct_first {
            let direct = ask(&mut self.direct).await?;
            let through = ask(&mut self.through).await?;
            Round { direct, through }
        } else {
            let through = ask(&mut self.through).await?;
            let direct = ask(&mut self.direct).await?;
            Round { direct, through }
        };
        self.rounds.push(round);
        Ok(())
    }

    fn mean(&self, of: impl Fn(&Round) -> f64) -> f64 {
        mean(self.rounds.iter().map(of))
    }
}

impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let direct = self.mean(|round| round.direct.api_server);
        let api_server = self.mean(|round| round.through.api_server);
        let serve = self.mean(|round| round.through.serve);
        let ratios = || {
            let ratio = |round: &Round| round.through.serve / round.direct.api_server;
            self.rounds.iter().map(ratio)
        };
        let gzip = if self.encoding == "gzip" {
            ", gzip"
        } else {
            ""
        };
        let what = format!("{:.1} kB, {}{gzip}", kilo(self.bytes), self.protocol.name(),);
        writeln!(
            f,
            "  {what:<28}{direct:>10.0}{api_server:>10.0}{serve:>10.0}{:>8.2}   {:.2} {:.2} {:.2}",
            serve / direct,
            quantile(ratios(), 0.25),
            quantile(ratios(), 0.5),
            quantile(ratios(), 0.75),
        )
    }
}

impl fmt::Display for Lists {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Means, since the garbage collector runs now and then for all requests.
        writeln!(
            f,
            "CPU for a list of config maps, µs (means; the ratio is `serve` / API server directly, \
             then the quartiles of \
             rounds; aim {AIM})\n\n  {:<28}{:>10}{:>10}{:>10}{:>8}",
            "", "API", "API via", "serve", "ratio"
        )?;
        self.0.iter().try_for_each(|list| write!(f, "{list}"))
    }
}
