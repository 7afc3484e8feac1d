//! The sweep deletes what has expired, a little at a time, in requests that can spare the time.
//!
//! A component has no background task. Each request that writes expiry entries takes some that are
//! over: at least [`STEP`] with a session, at least [`LITTLE`] without one, which is more than any of
//! them writes. So what is left never grows while requests come. Where an hour has left more, a
//! request with a session takes more, in proportion, until it has taken [`MOST`] entries or
//! [`LONGEST`] is over. The longer nobody came, the more hours it goes through. A crash or a second
//! sweeper only repeats work.

use std::fmt;
use std::time::Duration;

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
/// The entries that a request takes if little is left, and that it takes at once.
const STEP: i64 = 50;
/// The part of what an hour has left that a request takes, if that is more.
const SHARE: i64 = 20;
/// The most entries that a request takes.
const MOST: i64 = 10 * STEP;
/// The least and the most hours that a request goes through. Between these it is half of those that
/// are over: each hour in which nobody came costs a question some time.
const HOURS: (u64, u64) = (50, BACK);
/// A request that has swept for so long takes no more than [`STEP`].
const LONGEST: Duration = Duration::from_millis(25);
/// The entries that a request without a session takes: more than it writes.
const LITTLE: i64 = 10;
/// The hours that it goes through.
const FEW_HOURS: u64 = 2;
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

/// What a request did.
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

/// How much a request does.
struct Effort {
    /// The entries that it takes if little is left.
    least: i64,
    /// The entries that it takes if much is left.
    most: i64,
    /// The least and the most hours that it goes through.
    hours: (u64, u64),
    /// Whether others wait until it is done. Whoever may be cut off at will must not make them wait.
    alone: bool,
}

/// Takes at most `MOST` entries.
///
/// # Errors
/// When the store fails; the next sweep repeats what is left.
pub async fn sweep<P: Platform>(records: &Records<'_, P>) -> Result<Swept, StoreFailure> {
    let effort = Effort {
        least: STEP,
        most: MOST,
        hours: HOURS,
        alone: true,
    };
    work(records, &effort).await
}

/// Takes at most `LITTLE` entries, for a request without a session.
///
/// # Errors
/// As [`sweep`].
pub async fn sweep_a_little<P: Platform>(records: &Records<'_, P>) -> Result<Swept, StoreFailure> {
    let effort = Effort {
        least: LITTLE,
        most: LITTLE,
        hours: (FEW_HOURS, FEW_HOURS),
        alone: false,
    };
    work(records, &effort).await
}

/// Sweeps beside the request `call`. A failure is only logged.
pub async fn sweep_beside<P: Platform>(call: &Call<'_, P>, records: &Records<'_, P>) {
    match sweep(records).await {
        Ok(swept) if swept.entries == 0 => {}
        Ok(swept) => log(call, "ok", &swept.to_string()),
        Err(failure) => log(call, failure.problem().kind(), &failure.to_string()),
    }
}

/// As [`sweep_beside`], with [`sweep_a_little`]. Only a failure is logged: anybody can come here, as
/// often as they like.
pub async fn sweep_a_little_beside<P: Platform>(call: &Call<'_, P>, records: &Records<'_, P>) {
    if let Err(failure) = sweep_a_little(records).await {
        log(call, failure.problem().kind(), &failure.to_string());
    }
}

fn log<P: Platform>(call: &Call<'_, P>, outcome: &str, detail: &str) {
    Event {
        outcome,
        detail: Some(detail),
        ..call.event("sweep")
    }
    .log(call.platform);
}

/// Takes steps, until as much is done as the effort allows.
async fn work<P: Platform>(
    records: &Records<'_, P>,
    effort: &Effort,
) -> Result<Swept, StoreFailure> {
    let (now, begun) = (records.platform.now(), records.platform.monotonic());
    let mut position = position(records, now).await?;
    if position.busy_until > now || !is_over(position.hour, now) {
        return Ok(Swept::default());
    }
    if effort.alone {
        position.busy_until = now.plus(BUSY);
        write(records, &position).await?;
    }
    let over = hour(now).saturating_sub(AFTER + position.hour);
    let last = position.hour + (over / 2).clamp(effort.hours.0, effort.hours.1);
    let mut swept = Swept::default();
    let mut wanted = effort.least;
    loop {
        let looked_at = looked_at(&swept);
        let most = STEP.min(wanted - looked_at);
        let late = records.platform.monotonic().saturating_sub(begun) >= LONGEST;
        let enough = most <= 0 || (late && looked_at >= effort.least);
        if enough || position.hour >= last || !is_over(position.hour, now) {
            break;
        }
        let backlog = step(records, &mut position, now, most, &mut swept).await?;
        wanted = wanted.max((backlog / SHARE).min(effort.most));
    }
    position.busy_until = UnixTime::default();
    if effort.alone || !is_overtaken(records, &position, now).await? {
        write(records, &position).await?;
    }
    Ok(swept)
}

/// Whether another sweeper is at work, or has come as far as `position`. Its work would be done again.
async fn is_overtaken<P: Platform>(
    records: &Records<'_, P>,
    position: &Position,
    now: UnixTime,
) -> Result<bool, StoreFailure> {
    let known = self::position(records, now).await?;
    let farther = (known.hour, known.slot) >= (position.hour, position.slot);
    Ok(farther || known.busy_until > now)
}

/// How many entries cost a read. What did not open did so as well.
fn looked_at(swept: &Swept) -> i64 {
    i64::try_from(swept.entries + swept.left).unwrap_or(i64::MAX)
}

/// Takes at most `most` entries of one hour, and moves the position. Returns how many that hour had left.
async fn step<P: Platform>(
    records: &Records<'_, P>,
    position: &mut Position,
    now: UnixTime,
    most: i64,
    swept: &mut Swept,
) -> Result<i64, StoreFailure> {
    let list = entries(position.hour);
    let mut backlog = 0;
    if list.exists(records).await? {
        // Reading a counter that another sweeper just deleted creates it anew, so it needs this
        // entry.
        let counter = vec![list.counter_key()];
        expiry::note(records, now, &Entry::Keys(counter.clone())).await?;
        let length = list.length(records).await?;
        let last = length.min(position.slot + most);
        backlog = length - position.slot;
        let taken = take(records, &list, position.slot + 1..=last, now).await?;
        swept.entries += taken.entries;
        swept.keys += taken.keys;
        swept.left += taken.left;
        position.slot = last;
        position.left |= taken.left > 0;
        if last < length {
            return Ok(backlog);
        }
        if !position.left {
            records.delete_keys(&counter).await?;
        }
    }
    position.hour += 1;
    position.slot = 0;
    position.left = false;
    Ok(backlog)
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
