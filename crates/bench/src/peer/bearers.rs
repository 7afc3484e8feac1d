//! Signed tokens in place of a session: each new, and one repeatedly. Ours are access tokens, oauth2-proxy's
//! ID tokens; both are signed with a key of 2048 bits.

use std::fmt;
use std::sync::Arc;

use anyhow::{Context, Result};
use http::StatusCode;

use super::rounds::{self, Measured, Plan};
use super::side::Side;
use crate::arguments::Arguments;
use crate::client::{Ask, Crowd};

/// What was measured.
pub(super) struct Bearers {
    tokens: usize,
    first: Vec<Measured>,
    again: Vec<Measured>,
}

/// Measures both.
pub(super) async fn measure(sides: [&Side; 2], arguments: &Arguments) -> Result<Bearers> {
    eprintln!("bench: bearers");
    let mut first = Vec::new();
    for side in sides {
        let (once, others) = side.tokens.split_first().context("no tokens")?;
        let mut crowd = Crowd::connect(&side.origin, arguments.connections).await?;
        // The first one fetches Entra's keys.
        crowd.ask(&check(side, once), 1).await?;
        let gets: Arc<[Ask]> = others.iter().map(|token| check(side, token)).collect();
        let (mut measured, count) = (Measured::new(side), gets.len());
        measured.round(side, &mut crowd, gets, count).await?;
        first.push(measured);
    }
    let plan = Plan {
        rounds: arguments.rounds,
        requests: arguments.requests,
        connections: arguments.connections,
    };
    let mut asked = Vec::new();
    for side in sides {
        let token = side.tokens.first().context("no tokens")?;
        asked.push((side, check(side, token)));
    }
    Ok(Bearers {
        tokens: arguments.access_tokens,
        first,
        again: rounds::measure(&asked, plan).await?,
    })
}

fn check(side: &Side, token: &str) -> Ask {
    Ask {
        bearer: Some(token.to_owned()),
        status: StatusCode::ACCEPTED,
        ..side.nobody("/oauth2/auth")
    }
}

impl fmt::Display for Bearers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "Signed tokens at /oauth2/auth: µs of CPU for each\n  {:<36}{:<16}{:>8}{:>10}{:>12}{:>8}",
            "", "", "CPU", "of Redis", "requests/s", "ratio"
        )?;
        let first = format!("{} different ones, once each", self.tokens);
        for (what, measured) in [
            (first.as_str(), &self.first),
            ("the same again", &self.again),
        ] {
            for one in measured {
                let [cpu, store, rate] = one.medians();
                let ratio = measured.first().map_or(f64::NAN, |first| one.ratio(first));
                writeln!(
                    f,
                    "  {what:<36}{:<16}{cpu:>8.0}{store:>10.0}{rate:>12.0}{ratio:>8.2}",
                    one.name
                )?;
            }
        }
        Ok(())
    }
}
