//! The cost of observation: `serve` with metrics, and with traces besides, relative to one without either.

use std::fmt;
use std::time::Duration;

use anyhow::{Context, Result};
use e2e::free_port;
use otlp_sim::Collector;
use tokio::process::Command;
use tokio::time::sleep;

use crate::arguments::Arguments;
use crate::client::{Ask, Client, Crowd};
use crate::figures::{kilo, mean, median, micros, quantile};
use crate::kernel::Threads;
use crate::process::Running;
use crate::servers::{Host, Servers};
use crate::sign_in::Browser;

/// What is asked for. A probe has no spans.
const ROUTES: [&str; 2] = ["/healthz", "/whoami"];
/// Requests before each measurement, so that the pool holds instances of what is measured.
const WARM_UP: usize = 50;
/// So often is scraped to know what that costs.
const SCRAPES: usize = 50;
/// The SDK exports spans every five seconds.
const LAST_SPANS: Duration = Duration::from_secs(6);

/// The kinds of observation. The second is the same as the first, to show how much two processes differ
/// anyway.
const WAYS: [&str; 4] = [
    "neither",
    "neither, once more",
    "metrics",
    "metrics and traces",
];

/// One `serve`, with what was measured.
struct Watched {
    way: &'static str,
    running: Running,
    crowd: Crowd,
    gets: Vec<Ask>,
    /// Of each route, CPU in microseconds for each request, round by round.
    cpu: [Vec<f64>; 2],
    metrics: Option<String>,
}

/// What was measured.
pub(crate) struct Watching {
    rounds: usize,
    requests: usize,
    connections: usize,
    /// Way and route, and the CPU of each round in microseconds for each request.
    rows: Vec<(&'static str, &'static str, Vec<f64>)>,
    scrape: Scrape,
    /// The lines about spans in the metrics.
    spans: Vec<String>,
}

/// What a scrape costs.
struct Scrape {
    /// CPU in microseconds.
    cpu: f64,
    bytes: usize,
}

/// Measures all of them in rounds that alternate.
pub(crate) async fn measure(arguments: &Arguments) -> Result<Watching> {
    let (rounds, requests) = (arguments.rounds, arguments.requests);
    eprintln!("bench: metrics and traces, {rounds} rounds of {requests} requests");
    let servers = Servers::new(arguments, Host::Serve).await?;
    let collector = Collector::start();
    let mut all = Vec::new();
    for way in WAYS {
        let one = Watched::start(&servers, way, &collector, arguments.connections).await?;
        all.push(one);
    }
    for _ in 0..rounds {
        for watched in &mut all {
            watched.round(requests).await?;
        }
        // Alternating the order, so that drift affects all alike.
        all.reverse();
    }
    let of = |way| all.iter().find(move |watched| watched.way == way);
    let [_, _, counted, traced] = WAYS.map(of);
    let scrape = counted.context("no metrics")?.scrape().await?;
    sleep(LAST_SPANS).await;
    let text = traced.context("no traces")?.text().await?;
    let spans = text
        .lines()
        .filter(|line| line.starts_with("aks_oauth_proxy_spans_total"));
    let rows = WAYS.into_iter().filter_map(of).flat_map(|watched| {
        let routes = ROUTES.into_iter().zip(&watched.cpu);
        routes.map(move |(route, cpu)| (watched.way, route, cpu.clone()))
    });
    Ok(Watching {
        rounds,
        requests,
        connections: arguments.connections,
        rows: rows.collect(),
        scrape,
        spans: spans.map(str::to_owned).collect(),
    })
}

impl Watched {
    async fn start(
        servers: &Servers,
        way: &'static str,
        collector: &Collector,
        connections: usize,
    ) -> Result<Self> {
        let mut command = servers.serve_command(way)?;
        let metrics = way.contains("metrics").then(|| with_metrics(&mut command));
        if way.contains("traces") {
            command.env("OTEL_EXPORTER_OTLP_ENDPOINT", collector.endpoint());
            command.env("OTEL_TRACES_SAMPLER", "parentbased_traceidratio");
            command.env("OTEL_TRACES_SAMPLER_ARG", "1");
        }
        let running = Running::start(&mut command).await?;
        let origin = running.said("url")?;
        let session = Browser::at(origin, servers.entra())
            .await?
            .sign_in()
            .await?;
        Ok(Self {
            way,
            crowd: Crowd::connect(origin, connections).await?,
            gets: ROUTES.map(|route| session.get(route)).into(),
            cpu: Default::default(),
            metrics,
            running,
        })
    }

    async fn round(&mut self, requests: usize) -> Result<()> {
        for (get, cpu) in self.gets.iter().zip(&mut self.cpu) {
            self.crowd.ask(get, WARM_UP).await?;
            let before = Threads::of(self.running.id())?;
            self.crowd.ask(get, requests).await?;
            let used = Threads::of(self.running.id())?.since(&before);
            cpu.push(micros(used) / requests as f64);
        }
        Ok(())
    }

    /// What its metrics say.
    async fn text(&self) -> Result<String> {
        let origin = self.metrics.as_ref().context("it has no metrics")?;
        let mut client = Client::connect(origin).await?;
        let answer = client.ask(&Ask::get("/metrics")).await?;
        Ok(String::from_utf8_lossy(answer.body()).into_owned())
    }

    /// What it costs to be asked for them.
    async fn scrape(&self) -> Result<Scrape> {
        let bytes = self.text().await?.len();
        let before = Threads::of(self.running.id())?;
        for _ in 0..SCRAPES {
            self.text().await?;
        }
        let used = Threads::of(self.running.id())?.since(&before);
        Ok(Scrape {
            cpu: micros(used) / SCRAPES as f64,
            bytes,
        })
    }
}

/// Their address: the line with it is not the first.
fn with_metrics(command: &mut Command) -> String {
    let address = format!("127.0.0.1:{}", free_port());
    command.args(["--metrics-listen", &address]);
    format!("http://{address}")
}

impl Watching {
    /// Those with neither, at `route`.
    fn plain(&self, route: &str) -> &[f64] {
        let [neither, ..] = WAYS;
        let mut rows = self.rows.iter();
        let found = rows.find(|(way, at, _)| *way == neither && *at == route);
        found.map(|(_, _, cpu)| cpu.as_slice()).unwrap_or_default()
    }
}

impl fmt::Display for Watching {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "Metrics and traces: CPU of `serve` for each request, and multiples of one without ({} rounds of \
             {} requests, {} connections)\n  {:<32}{:>10}{:>10}   in single rounds: 25 %, median, 75 %",
            self.rounds, self.requests, self.connections, "", "mean", "ratio"
        )?;
        for route in ROUTES {
            let plain = self.plain(route);
            let rows = self.rows.iter().filter(|(_, at, _)| *at == route);
            for (way, _, cpu) in rows {
                let of = |cpu: &[f64]| mean(cpu.iter().copied());
                let ratio = of(cpu) / of(plain);
                let at = |share| quantile(cpu.iter().zip(plain).map(|(a, b)| a / b), share);
                writeln!(
                    f,
                    "  {:<32}{:>7.0} µs{ratio:>10.2}   {:>18.2}{:>8.2}{:>8.2}",
                    format!("{route}, {way}"),
                    of(cpu),
                    at(0.25),
                    median(cpu.iter().zip(plain).map(|(a, b)| a / b)),
                    at(0.75)
                )?;
            }
        }
        let Scrape { cpu, bytes } = self.scrape;
        let size = kilo(bytes as u64);
        writeln!(f, "  {:<32}{cpu:>7.0} µs   {size:.1} kB", "a scrape")?;
        for line in &self.spans {
            writeln!(f, "  {line}")?;
        }
        Ok(())
    }
}
