//! Leases: one request at a time changes a grant's tokens, across all replicas.
//!
//! A lease is a claim on (grant, generation, try). The winner notes its start beside the claim, and
//! reads the tokens again. It gives up if they have changed. The next try opens when the time of a
//! lease has passed since the start. A holder that crashed blocks nobody for longer.

use std::time::Duration;

use super::claim::claim;
use super::grant_id::{GrantId, GrantName};
use super::live::Holder;
use super::tokens::Tokens;
use crate::platform::{Platform, UnixTime};
use crate::store::{Records, StoreFailure, store_key};

const LEASE: &str = "lease";
const START: &str = "start";

/// How long a holder may ask and write, in seconds.
const HOLD: u64 = 40;
/// The time for all outbound calls of one request. The holder of a lease has its answers, or has
/// given up, before the lease ends.
pub const BUDGET: Duration = Duration::from_secs(HOLD - 4);
/// How many tries of one generation may crash in a row.
const TRIES: u64 = 20;
/// How long a request waits for another one's lease.
const WAIT: Duration = Duration::from_secs(10);
/// How often it looks while it waits.
const LOOK: Duration = Duration::from_millis(100);

/// The right to change a grant's tokens, once.
pub struct Lease {
    grant: GrantId,
    generation: u64,
    number: u64,
    start: UnixTime,
    /// The tokens as they are.
    pub tokens: Tokens,
}

/// Whose turn it is.
pub enum Turn {
    /// Ours.
    Mine(Box<Lease>),
    /// Another request's.
    Another,
    /// The tokens have changed meanwhile: look again.
    Moved,
    /// The grant has ended.
    Ended,
}

/// Asks for the lease on the tokens of `holder`, which were read as `seen`.
///
/// # Errors
/// When the store fails.
pub async fn take<P: Platform>(
    records: &Records<'_, P>,
    clock_tolerance: u64,
    holder: &Holder<'_>,
    seen: &Tokens,
) -> Result<Turn, StoreFailure> {
    let (grant, end) = (holder.grant, holder.end);
    let name = grant.name();
    for number in seen.next_try..seen.next_try.saturating_add(TRIES) {
        let id = id(&name, seen.generation, number);
        if !records.exists(LEASE, &id).await? {
            let start = records.platform.now();
            let beside = vec![store_key(START, &id)];
            if claim(records, LEASE, &id, end, beside).await? {
                records.write(START, &id, &[], &start).await?;
                return mine(records, grant, seen, number, start).await;
            }
        }
        if !is_over(records, clock_tolerance, &id).await? {
            return Ok(Turn::Another);
        }
    }
    Ok(Turn::Another)
}

async fn mine<P: Platform>(
    records: &Records<'_, P>,
    grant: &GrantId,
    seen: &Tokens,
    number: u64,
    start: UnixTime,
) -> Result<Turn, StoreFailure> {
    let Some(tokens) = grant.tokens(records).await? else {
        return Ok(Turn::Ended);
    };
    if tokens.generation != seen.generation || tokens.next_try > number {
        return Ok(Turn::Moved);
    }
    Ok(Turn::Mine(Box::new(Lease {
        grant: grant.clone(),
        generation: seen.generation,
        number,
        start,
        tokens,
    })))
}

/// Whether the time of this claimed try is over. A try whose winner noted no start begins now. A
/// start that lies far ahead is over too: it is from a clock that has been set back.
async fn is_over<P: Platform>(
    records: &Records<'_, P>,
    clock_tolerance: u64,
    id: &[u8],
) -> Result<bool, StoreFailure> {
    let lease = HOLD + clock_tolerance;
    let now = records.platform.now();
    let Some(start) = records.read::<UnixTime>(START, id, &[]).await? else {
        records.write(START, id, &[], &now).await?;
        return Ok(false);
    };
    Ok(now.since(start) >= lease || start.since(now) > lease)
}

impl Lease {
    /// Writes `tokens` and gives the lease back, so that others may change them next. False, if the
    /// time of the lease is over: nothing was written then.
    ///
    /// # Errors
    /// When the store fails; the next try then opens when the time of the lease is over.
    pub async fn write<P: Platform>(
        self,
        records: &Records<'_, P>,
        tokens: &mut Tokens,
    ) -> Result<bool, StoreFailure> {
        if records.platform.now().since(self.start) >= HOLD {
            return Ok(false);
        }
        tokens.next_try = if tokens.generation == self.generation {
            self.number + 1
        } else {
            0
        };
        self.grant.write_tokens(records, tokens).await?;
        Ok(true)
    }
}

/// Changes the tokens of `holder`. If another request changes them, this waits for it. Returns the
/// changed tokens; nothing if the grant has ended.
///
/// # Errors
/// When the store fails, or another request goes on changing them for too long.
pub async fn change<P: Platform>(
    records: &Records<'_, P>,
    clock_tolerance: u64,
    holder: &Holder<'_>,
    change: impl Fn(&mut Tokens),
) -> Result<Option<Tokens>, StoreFailure> {
    let mut patience = Patience::begin(records);
    loop {
        let Some(seen) = holder.grant.tokens(records).await? else {
            return Ok(None);
        };
        match take(records, clock_tolerance, holder, &seen).await? {
            Turn::Mine(lease) => {
                let mut tokens = lease.tokens.clone();
                change(&mut tokens);
                if lease.write(records, &mut tokens).await? {
                    return Ok(Some(tokens));
                }
            }
            Turn::Moved => {}
            Turn::Ended => return Ok(None),
            Turn::Another => patience.wait().await?,
        }
    }
}

/// How long a request still waits for another one.
pub struct Patience<'a, P> {
    platform: &'a P,
    end: Duration,
}

impl<'a, P: Platform> Patience<'a, P> {
    /// Begins to wait.
    pub fn begin(records: &Records<'a, P>) -> Self {
        Self {
            platform: records.platform,
            end: records.platform.monotonic() + WAIT,
        }
    }

    /// Waits a moment.
    ///
    /// # Errors
    /// When it has waited for too long.
    pub async fn wait(&mut self) -> Result<(), StoreFailure> {
        if self.platform.monotonic() >= self.end {
            return Err(StoreFailure::Busy);
        }
        self.platform.pause(LOOK).await;
        Ok(())
    }
}

fn id(grant: &GrantName, generation: u64, number: u64) -> Vec<u8> {
    let name = String::from(grant.clone());
    format!("{name}/{generation}/{number}").into_bytes()
}
