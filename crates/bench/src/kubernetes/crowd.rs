//! Very many watches of many sign-ins: the memory of each, the cost of looking at them, and how fast those of
//! one sign-in end with it.

use std::fmt;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use e2e::{Browser, Builder, Replica};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::timeout;

use super::carrier::Carrier;
use super::site::{SMALL, Site};
use super::watches::WATCH;
use super::way::{Connection, Protocol, Way};
use crate::arguments::Arguments;
use crate::figures::kilo;

/// Only the measured code limits them.
const SETTINGS: &[(&str, &str)] = &[
    ("KUBERNETES_MAX_STREAMS", "20000"),
    ("TUNNEL_MAX_REQUESTS", "20000"),
];
const LIMITS: [&str; 2] = [
    "--max-connections=20000",
    "--max-connections-per-client=20000",
];
/// Lists before the measurement, so that one-time costs are paid.
const WARM_UP: usize = 50;
/// How long idle watches are measured, and then busy ones.
const TIME: Duration = Duration::from_secs(30);
const SECOND: Duration = Duration::from_secs(1);
/// How many changes there are, one a second.
const CHANGES: usize = 20;
/// How long an expected end may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// What was measured; nothing without a cluster.
pub(crate) struct Crowd(Option<Vec<Measured>>);

struct Measured {
    carrier: Carrier,
    protocol: Protocol,
    sign_ins: usize,
    each: usize,
    without: u64,
    with: u64,
    opened: Duration,
    /// CPU while nothing happens, of one processor: that of the carrier, and of the component behind it.
    idle: f64,
    /// The same while each watch gets an event a second, the number of events, and the memory afterwards.
    busy: f64,
    events: usize,
    busy_with: u64,
    /// From a sign-out at another replica until the last of its watches had ended.
    ended: Duration,
}

/// One sign-in, and what it watches by.
struct Member {
    browser: Browser,
    way: Way,
}

/// What a watch reports.
enum News {
    Event,
    Ended(usize),
}

/// Measures it all: watches on connections of their own over HTTP/1.1, and those of a sign-in together over
/// HTTP/2.
pub(crate) async fn measure(arguments: &Arguments) -> Result<Crowd> {
    let builder = LIMITS
        .iter()
        .fold(Builder::default(), |builder, limit| builder.argument(limit));
    let Some(site) = Site::with(builder, SETTINGS)? else {
        return Ok(Crowd(None));
    };
    let mut measured = Vec::new();
    for carrier in [Carrier::Serve, Carrier::Tunnel] {
        for protocol in [Protocol::Http1, Protocol::Http2] {
            measured.push(of(&site, arguments, carrier, protocol).await?);
        }
    }
    Ok(Crowd(Some(measured)))
}

async fn of(
    site: &Site,
    arguments: &Arguments,
    carrier: Carrier,
    protocol: Protocol,
) -> Result<Measured> {
    let (sign_ins, each) = (arguments.crowd_sign_ins, arguments.crowd_watches);
    let (by, over) = (carrier.name(), protocol.name());
    eprintln!("bench: {each} watches of each of {sign_ins} sign-ins, {by}, {over}");
    let running = carrier.start(site, &LIMITS)?;
    let mut members = Vec::new();
    for _ in 0..sign_ins {
        members.push(member(site, &running.front)?);
    }
    warm_up(&members, protocol).await?;
    let without = running.resident()?;
    let start = Instant::now();
    let (tell, mut told) = unbounded_channel();
    for (number, member) in members.iter().enumerate() {
        open(&member.way, protocol, each, number, &tell).await?;
    }
    let opened = start.elapsed();
    // Each watch first reports the existing objects.
    nothing().await?;
    events(&mut told)?;
    let (idle, ()) = running.busy_while(nothing()).await?;
    let with = running.resident()?;
    let (busy, ()) = running.busy_while(change(site)).await?;
    let busy_with = running.resident()?;
    nothing().await?;
    Ok(Measured {
        carrier,
        protocol,
        sign_ins,
        each,
        without,
        with,
        opened,
        idle,
        busy,
        events: events(&mut told)?,
        busy_with,
        ended: sign_out(&mut members, each, &mut told).await?,
    })
}

async fn warm_up(members: &[Member], protocol: Protocol) -> Result<()> {
    let member = members.first().context("nobody is there")?;
    let mut lister = member.way.connect(protocol).await?;
    for _ in 0..WARM_UP {
        lister.read(SMALL, "identity").await?;
    }
    Ok(())
}

fn member(site: &Site, replica: &Replica) -> Result<Member> {
    let (browser, way) = site.sign_in(replica)?;
    Ok(Member { browser, way })
}

/// Opens `count` watches of the sign-in with this `number`.
async fn open(
    way: &Way,
    protocol: Protocol,
    count: usize,
    number: usize,
    tell: &UnboundedSender<News>,
) -> Result<()> {
    let mut shared: Option<Connection> = None;
    for _ in 0..count {
        let mut connection = match shared.take() {
            Some(shared) => shared,
            None => way.connect(protocol).await?,
        };
        let watch = connection.open(WATCH, "identity").await?;
        shared = connection.share();
        tokio::spawn(follow(connection, watch, number, tell.clone()));
    }
    Ok(())
}

/// Reports the events of a watch until its connection ends.
async fn follow(
    connection: Connection,
    mut watch: Incoming,
    number: usize,
    tell: UnboundedSender<News>,
) {
    while let Some(Ok(_)) = watch.frame().await {
        // The measurement may be over.
        let _ = tell.send(News::Event);
    }
    drop(connection);
    let _ = tell.send(News::Ended(number));
}

async fn nothing() -> Result<()> {
    tokio::time::sleep(TIME).await;
    Ok(())
}

/// Changes a watched object once a second.
async fn change(site: &Site) -> Result<()> {
    let mut second = tokio::time::interval(SECOND);
    for number in 0..CHANGES {
        second.tick().await;
        site.change(number)?;
    }
    second.tick().await;
    Ok(())
}

/// How many events have come by now.
fn events(told: &mut UnboundedReceiver<News>) -> Result<usize> {
    let mut events = 0;
    while let Ok(news) = told.try_recv() {
        match news {
            News::Event => events += 1,
            News::Ended(_) => bail!("a watch has ended by itself"),
        }
    }
    Ok(events)
}

/// Signs the last member out at another replica; returns the time until all its watches had ended. No other
/// watch may end.
async fn sign_out(
    members: &mut Vec<Member>,
    count: usize,
    told: &mut UnboundedReceiver<News>,
) -> Result<Duration> {
    let mut member = members.pop().context("nobody is there")?;
    let start = Instant::now();
    let answer = member.browser.send("POST", "/logout", &[], "");
    ensure!(answer.status < 400, "{answer:?}");
    let mut ended = 0;
    while ended < count {
        let news = timeout(PATIENCE, told.recv()).await;
        match news.context("they go on")?.context("nobody tells")? {
            News::Event => {}
            News::Ended(number) => {
                ensure!(
                    number == members.len(),
                    "a watch of somebody else has ended"
                );
                ended += 1;
            }
        }
    }
    Ok(start.elapsed())
}

impl fmt::Display for Crowd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(measured) = &self.0 else {
            return writeln!(
                f,
                "A crowd\n  not measured: there is no Go to build a Kubernetes with"
            );
        };
        writeln!(
            f,
            "A crowd of watches, resident memory of `serve` or `tunnel` in MB, CPU of one processor (with \
             the component's)\n\n  {:<32}{:>10}{:>10}{:>10}{:>12}{:>10}{:>10}{:>10}{:>12}{:>12}",
            "",
            "without",
            "with",
            "kB each",
            "opened in",
            "idle",
            "busy",
            "then",
            "events",
            "ended in"
        )?;
        for measured in measured {
            let more = measured.with.saturating_sub(measured.without);
            writeln!(
                f,
                "  {:<32}{:>10.1}{:>10.1}{:>10.1}{:>10.1} s{:>8.1} %{:>8.1} %{:>10.1}{:>12}{:>10.1} s",
                format!(
                    "{} x {}, {}, {}",
                    measured.sign_ins,
                    measured.each,
                    measured.carrier.name(),
                    measured.protocol.name()
                ),
                kilo(measured.without) / 1e3,
                kilo(measured.with) / 1e3,
                kilo(more) / (measured.sign_ins * measured.each) as f64,
                measured.opened.as_secs_f64(),
                measured.idle * 100.0,
                measured.busy * 100.0,
                kilo(measured.busy_with) / 1e3,
                measured.events,
                measured.ended.as_secs_f64(),
            )?;
        }
        writeln!(
            f,
            "  busy: each watch gets an event a second for {CHANGES} seconds; ended: from a sign-out \
             at another replica"
        )
    }
}
