//! The throughput of followed logs and a forwarded port, and whose CPU they take.

use std::fmt;
use std::time::Instant;

use anyhow::{Context, Result};
use e2e::{Kubectl, Process};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::pods::{POD, Printer};
use super::site::{NAMESPACE, Site};
use super::way::{Protocol, Way};
use crate::figures::median;

/// How often each is read, directly and through the proxy in turn.
const TIMES: usize = 7;
/// What goes through the forwarded port, in bytes.
const FORWARDED: u64 = 100_000_000;
/// What is written and read at once.
const PIECE: usize = 64 * 1024;

/// All streams.
pub(super) struct Streams(Vec<Stream>);

struct Stream {
    what: String,
    direct: Vec<Read>,
    through: Vec<Read>,
}

/// One time.
struct Read {
    /// In MB a second.
    rate: f64,
    /// CPU in milliseconds for each MB.
    serve: f64,
    api_server: f64,
}

/// Measures the logs of `printers`, each with words for its lines, and a forwarded port.
pub(super) async fn measure(site: &Site, printers: &[(&str, Printer, u64)]) -> Result<Streams> {
    let mut streams = Vec::new();
    for (what, printer, length) in printers {
        eprintln!("bench: logs -f, {what}");
        let mut stream = Stream::new(format!("logs -f, {what}"));
        for _ in 0..TIMES {
            let direct = log(site, &site.direct, printer, *length).await?;
            stream.direct.push(direct);
            let through = log(site, &site.through, printer, *length).await?;
            stream.through.push(through);
        }
        streams.push(stream);
    }
    eprintln!("bench: port-forward");
    streams.push(forwarded(site).await?);
    Ok(Streams(streams))
}

async fn log(site: &Site, way: &Way, printer: &Printer, length: u64) -> Result<Read> {
    let mut log = printer.follow(way, Protocol::Http2).await?;
    Read::measure(site, length, log.read(length)).await
}

async fn forwarded(site: &Site) -> Result<Stream> {
    let (direct, through) = (site.kubectl(), site.kubectl_through());
    let pod = [
        "get",
        "pod",
        POD,
        NAMESPACE,
        "--output=jsonpath={.status.podIP}",
    ];
    // A pod's address belongs to this machine: this listener is the end of the forwarded port.
    let listener = TcpListener::bind((direct.succeed(&pod).as_str(), 0)).await?;
    let port = listener.local_addr()?.port();
    let server = tokio::spawn(pour(listener));
    let (direct, through) = (
        Forward::start(&direct, port),
        Forward::start(&through, port),
    );
    let mut stream = Stream::new("port-forward, by kubectl".to_owned());
    for _ in 0..TIMES {
        let read = drain(direct.connect().await?);
        stream
            .direct
            .push(Read::measure(site, FORWARDED, read).await?);
        let read = drain(through.connect().await?);
        stream
            .through
            .push(Read::measure(site, FORWARDED, read).await?);
    }
    server.abort();
    Ok(stream)
}

/// Sends everybody who connects what is forwarded.
async fn pour(listener: TcpListener) -> Result<()> {
    loop {
        let (mut stream, _) = listener.accept().await?;
        tokio::spawn(async move {
            let piece = vec![b'x'; PIECE];
            let mut left = FORWARDED;
            while left > 0 {
                let length = left.min(PIECE as u64);
                let piece = piece.get(..length as usize).unwrap_or_default();
                stream.write_all(piece).await?;
                left -= length;
            }
            stream.shutdown().await
        });
    }
}

async fn drain(mut stream: TcpStream) -> Result<()> {
    let (mut piece, mut left) = (vec![0; PIECE], FORWARDED);
    while left > 0 {
        let read = stream.read(&mut piece).await? as u64;
        anyhow::ensure!(read > 0, "{left} bytes did not come");
        left -= read;
    }
    Ok(())
}

/// A kubectl that forwards a port.
struct Forward {
    _kubectl: Process,
    address: String,
}

impl Forward {
    fn start(kubectl: &Kubectl, port: u16) -> Self {
        let pod = format!("pod/{}", POD);
        let process = kubectl.start(&[NAMESPACE, "port-forward", &pod, &format!(":{port}")]);
        let line = process.line("Forwarding from 127.0.0.1:");
        let address = line.split_whitespace().nth(2).unwrap_or_default();
        Self {
            address: address.to_owned(),
            _kubectl: process,
        }
    }

    async fn connect(&self) -> Result<TcpStream> {
        let address = &self.address;
        let stream = TcpStream::connect(address).await;
        stream.with_context(|| format!("kubectl does not listen at {address}"))
    }
}

impl Stream {
    fn new(what: String) -> Self {
        Self {
            what,
            direct: Vec::new(),
            through: Vec::new(),
        }
    }
}

impl Read {
    async fn measure(
        site: &Site,
        length: u64,
        read: impl Future<Output = Result<()>>,
    ) -> Result<Self> {
        let (before, start) = (site.used(site.serve())?, Instant::now());
        read.await?;
        let (elapsed, used) = (start.elapsed(), site.cpu_since(&before)?);
        let megabytes = length as f64 / 1e6;
        Ok(Self {
            rate: megabytes / elapsed.as_secs_f64(),
            serve: used.proxy / 1e3 / megabytes,
            api_server: used.api_server / 1e3 / megabytes,
        })
    }
}

impl fmt::Display for Streams {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "Streams: MB/s, and CPU in ms for each MB (medians of {TIMES})\n\n  \
             {:<32}{:>8}{:>8}{:>8}{:>8}{:>10}{:>8}{:>8}",
            "", "direct", "via", "ratio", "API", "API via", "serve", "ratio"
        )?;
        for stream in &self.0 {
            let at = |reads: &[Read], of: fn(&Read) -> f64| median(reads.iter().map(of));
            let rates = (
                at(&stream.direct, |r| r.rate),
                at(&stream.through, |r| r.rate),
            );
            let api_server = at(&stream.direct, |r| r.api_server);
            let serve = at(&stream.through, |r| r.serve);
            writeln!(
                f,
                "  {:<32}{:>8.0}{:>8.0}{:>8.2}{api_server:>8.2}{:>10.2}{serve:>8.2}{:>8.2}",
                stream.what,
                rates.0,
                rates.1,
                rates.1 / rates.0,
                at(&stream.through, |r| r.api_server),
                serve / api_server,
            )?;
        }
        Ok(())
    }
}
