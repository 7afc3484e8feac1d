//! The sweep deletes what has expired, a little at a time, in requests that can spare the time.
//!
//! A component has no background task. A sign-in, a sign-out and a refresh each take one step: at
//! most [`STEP`] entries of one hour that is over. A crash or a second sweeper only repeats work.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::expiry::{self, Entry, entries, hour};
use crate::call::Call;
use crate::log::Event;
use crate::platform::{Platform, UnixTime};
use crate::problem::Tell;
use crate::store::{List, Records, StoreFailure};

const POSITION: &str = "sweep";
/// An hour is swept once this many hours have passed since it began. Requests that began in it have
/// long ended, and clocks may differ.
const AFTER: u64 = 2;
/// How many hours back the sweep begins without a position. No session is longer than 30 days.
const BACK: u64 = 31 * 24;
/// The most entries of a step.
const STEP: i64 = 50;
/// The most empty hours of a step.
const HOURS: u64 = 50;
/// How long others leave the sweep to the current sweeper, in seconds.
const BUSY: u64 = 30;

/// How far the sweep has come.
#[derive(Clone, Deserialize, Serialize)]
struct Position {
    hour: u64,
    /// The last slot of that hour that was swept.
    slot: i64,
    /// Whether an entry of that hour was left because it does not open.
    #[serde(default)]
    left: bool,
    busy_until: UnixTime,
}

/// What a step did.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Swept {
    /// How many entries it took.
    pub entries: usize,
    /// How many keys it deleted, including those that were already gone.
    pub keys: usize,
    /// How many entries were left: another replica, with another secret, may be able to open them.
    pub left: usize,
}

impl fmt::Display for Swept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} entries, {} keys", self.entries, self.keys)
    }
}

/// Takes one step.
///
/// # Errors
/// When the store fails; the next step repeats what is left.
pub async fn sweep<P: Platform>(records: &Records<'_, P>) -> Result<Swept, StoreFailure> {
    let now = records.platform.now();
    let mut position = position(records, now).await?;
    if position.busy_until > now || !is_over(position.hour, now) {
        return Ok(Swept::default());
    }
    position.busy_until = now.plus(BUSY);
    write(records, &position).await?;
    let mut swept = Swept::default();
    for _ in 0..HOURS {
        if swept.entries + swept.left > 0 || !is_over(position.hour, now) {
            break;
        }
        swept = step(records, &mut position, now).await?;
    }
    position.busy_until = UnixTime::default();
    write(records, &position).await?;
    Ok(swept)
}

/// Takes one step beside the request `call`. A failure is only logged.
pub async fn sweep_beside<P: Platform>(call: &Call<'_, P>, records: &Records<'_, P>) {
    let (outcome, detail) = match sweep(records).await {
        Ok(swept) if swept.entries == 0 => return,
        Ok(swept) => ("ok", swept.to_string()),
        Err(failure) => (failure.problem().kind(), failure.to_string()),
    };
    Event {
        outcome,
        detail: Some(&detail),
        ..call.event("sweep")
    }
    .log(call.platform);
}

/// Works on one hour, and moves the position.
async fn step<P: Platform>(
    records: &Records<'_, P>,
    position: &mut Position,
    now: UnixTime,
) -> Result<Swept, StoreFailure> {
    let list = entries(position.hour);
    let mut swept = Swept::default();
    if list.exists(records).await? {
        // Reading a counter that another sweeper just deleted creates it anew, so it needs this
        // entry.
        let counter = vec![list.counter_key()];
        expiry::note(records, now, &Entry::Keys(counter.clone())).await?;
        let length = list.length(records).await?;
        let last = length.min(position.slot + STEP);
        swept = take(records, &list, position.slot + 1..=last, now).await?;
        position.slot = last;
        position.left |= swept.left > 0;
        if last < length {
            return Ok(swept);
        }
        if !position.left {
            records.delete_keys(&counter).await?;
        }
    }
    position.hour += 1;
    position.slot = 0;
    position.left = false;
    Ok(swept)
}

/// Deletes what the entries in `slots` name, and then the slots.
async fn take<P: Platform>(
    records: &Records<'_, P>,
    list: &List,
    slots: impl Iterator<Item = i64>,
    now: UnixTime,
) -> Result<Swept, StoreFailure> {
    let (mut keys, mut done) = (Vec::new(), Vec::new());
    let mut left = 0;
    for slot in slots {
        match list.get(records, slot).await? {
            Some(Entry::Keys(named)) => keys.extend(named),
            Some(Entry::Grant(grant)) => match grant.end(records).await? {
                // The grant has a later entry too.
                Some(end) if end > now => {}
                _ => keys.extend(grant.all_keys()),
            },
            None if list.is_filled(records, slot).await? => {
                left += 1;
                continue;
            }
            None => {}
        }
        done.push(list.slot_key(slot));
    }
    records.delete_keys(&keys).await?;
    records.delete_keys(&done).await?;
    Ok(Swept {
        entries: done.len(),
        keys: keys.len(),
        left,
    })
}

fn is_over(hour: u64, now: UnixTime) -> bool {
    hour + AFTER <= self::hour(now)
}

/// Where to go on. A position that lies ahead is from a clock that has been set back.
async fn position<P: Platform>(
    records: &Records<'_, P>,
    now: UnixTime,
) -> Result<Position, StoreFailure> {
    let known = records.read::<Position>(POSITION, &[], &[]).await?;
    Ok(known
        .filter(|position| position.hour <= hour(now))
        .unwrap_or(Position {
            hour: hour(now).saturating_sub(BACK),
            slot: 0,
            left: false,
            busy_until: UnixTime::default(),
        }))
}

async fn write<P: Platform>(
    records: &Records<'_, P>,
    position: &Position,
) -> Result<(), StoreFailure> {
    records.write(POSITION, &[], &[], position).await
}
