//! `/oauth2/auth`, and cheaper requests: a probe, and a check without a session.

use std::collections::BTreeMap;
use std::fmt;

use anyhow::Result;
use http::StatusCode;

use super::rounds::{self, Measured, Plan};
use super::side::Side;
use crate::arguments::Arguments;
use crate::client::{Ask, Client};

/// The limit for a check, as a multiple of oauth2-proxy's.
const AIM: f64 = 1.2;
/// The check.
const CHECK: &str = "/oauth2/auth";
/// The commands by which a request reads and writes; each is a round trip, however many keys it has.
const TRIPS: [&str; 10] = [
    "get", "mget", "exists", "set", "mset", "incrby", "del", "setnx", "expire", "pttl",
];

/// What was measured.
pub(super) struct Checks {
    plan: Plan,
    rows: Vec<(&'static str, Vec<Measured>)>,
    /// The commands of one check to each proxy's Redis.
    trips: Vec<(&'static str, BTreeMap<String, u64>)>,
}

/// Measures both.
pub(super) async fn measure(sides: [&Side; 2], arguments: &Arguments) -> Result<Checks> {
    eprintln!("bench: checks");
    let plan = Plan {
        rounds: arguments.rounds,
        requests: arguments.requests,
        connections: arguments.connections,
    };
    let answered = |get, status| Ask { status, ..get };
    let mut trips = Vec::new();
    for side in sides {
        let get = answered(side.get(CHECK), StatusCode::ACCEPTED);
        trips.push((side.name, trips_of(side, &get).await?));
    }
    let mut rows = Vec::new();
    for what in ["/ping", "/oauth2/auth, nobody", "/oauth2/auth"] {
        let asked = sides.map(|side| {
            let get = match what {
                "/ping" => side.nobody(what),
                CHECK => answered(side.get(CHECK), StatusCode::ACCEPTED),
                _ => answered(side.nobody(CHECK), StatusCode::UNAUTHORIZED),
            };
            (side, get)
        });
        rows.push((what, rounds::measure(&asked, plan).await?));
    }
    Ok(Checks { plan, rows, trips })
}

/// The commands of one request, as Redis counts them.
async fn trips_of(side: &Side, get: &Ask) -> Result<BTreeMap<String, u64>> {
    let Some(redis) = &side.redis else {
        return Ok(BTreeMap::new());
    };
    let mut client = Client::connect(&side.origin).await?;
    client.ask(get).await?;
    redis.commands();
    client.ask(get).await?;
    let mut commands = redis.commands();
    commands.retain(|name, _| TRIPS.contains(&name.as_str()));
    Ok(commands)
}

impl fmt::Display for Checks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "Checks, sessions in Redis: µs of CPU for each, medians of {} rounds of {} requests over {} \
             connections\n  {:<26}{:<16}{:>8}{:>10}{:>12}{:>8}",
            self.plan.rounds,
            self.plan.requests,
            self.plan.connections,
            "",
            "",
            "CPU",
            "of Redis",
            "requests/s",
            "ratio"
        )?;
        for (what, measured) in &self.rows {
            for one in measured {
                let [cpu, store, rate] = one.medians();
                let ratio = measured.first().map_or(f64::NAN, |first| one.ratio(first));
                writeln!(
                    f,
                    "  {what:<26}{:<16}{cpu:>8.0}{store:>10.0}{rate:>12.0}{ratio:>8.2}",
                    one.name
                )?;
            }
        }
        writeln!(f, "  the aim for /oauth2/auth{:>58.2}", AIM)?;
        for (name, trips) in &self.trips {
            writeln!(
                f,
                "  round trips of a check to the store, {name}: {trips:?}"
            )?;
        }
        Ok(())
    }
}
