//! The cost of the way to the API server, relative to kube-apiserver itself in the same run.
//!
//! With the cluster of the end-to-end tests, if Go can build it: entra-sim, kube-apiserver with etcd and a
//! kubelet, and `serve` over TLS.

mod beside;
mod carrier;
mod crowd;
mod latency;
mod lists;
mod pods;
mod site;
mod slow;
mod streams;
mod watches;
mod way;

use std::fmt;

use anyhow::Result;

pub(crate) use self::beside::measure as beside;
pub(crate) use self::crowd::measure as crowd;
use self::latency::Latencies;
use self::lists::{Lists, Side};
use self::pods::{POD, Printer};
use self::site::Site;
use self::slow::Slow;
use self::streams::Streams;
use self::watches::Watches;
use crate::arguments::Arguments;

/// The bytes in a line as programs print them, and how many of such a log are read.
const SHORT: (usize, u64) = (128, 20_000_000);
/// The same of long lines, which cost a kubelet less.
const LONG: (usize, u64) = (8_000, 200_000_000);

/// What was measured; nothing without a cluster.
pub(crate) struct Kubernetes(Option<Figures>);

struct Figures {
    lists: Lists,
    latencies: Latencies,
    streams: Streams,
    slow: Slow,
    watches: Watches,
}

/// Measures it all.
pub(crate) async fn measure(arguments: &Arguments) -> Result<Kubernetes> {
    eprintln!("bench: starting a cluster");
    let Some(site) = Site::start()? else {
        return Ok(Kubernetes(None));
    };
    let serve = Side {
        name: "serve",
        process: site.serve(),
        way: &site.through,
    };
    let lists = lists::measure(&site, &[serve], arguments).await?;
    let latencies = latency::measure(&site, arguments).await?;
    let (kubectl, way) = (site.kubectl(), &site.direct);
    let (line, read) = LONG;
    let length = read.max(arguments.slow_megabytes * 1_000_000);
    let long = Printer::start(&kubectl, way, POD, line, length).await?;
    let slow = slow::measure(&site, &long).await?;
    let (short_line, short_read) = SHORT;
    let short = Printer::start(&kubectl, way, "lines", short_line, short_read).await?;
    let printers = [
        ("lines of 128 bytes", short, short_read),
        ("lines of 8 kB", long, read),
    ];
    Ok(Kubernetes(Some(Figures {
        lists,
        latencies,
        streams: streams::measure(&site, &printers).await?,
        slow,
        watches: watches::measure(&site, arguments).await?,
    })))
}

impl fmt::Display for Kubernetes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(figures) = &self.0 else {
            return writeln!(
                f,
                "Kubernetes\n  not measured: there is no Go to build it with"
            );
        };
        writeln!(f, "Kubernetes, with the real API server\n")?;
        writeln!(f, "{}\n{}", figures.lists, figures.latencies)?;
        writeln!(f, "{}\n{}", figures.streams, figures.slow)?;
        write!(f, "{}", figures.watches)
    }
}
