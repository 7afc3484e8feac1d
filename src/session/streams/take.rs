//! Takes places.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;

use super::holder::Holder;
use super::place::{Note, Place, is_fresh, short};
use super::renewals::{Renewals, TOGETHER};
use crate::platform::{Platform, UnixTime};
use crate::store::{Records, StoreFailure};

/// The most notes that are asked for in one question.
const AT_ONCE: usize = 32;

/// Takes one of the `most` places of `holder`; nothing if all are taken. Those with the same `near` get places
/// that are renewed in the same note, as far as there is room: whatever is looked at together.
///
/// # Errors
/// When the store fails.
pub async fn take<P: Platform>(
    records: &Records<'_, P>,
    holder: &Holder,
    near: &str,
    most: u64,
) -> Result<Option<Place>, StoreFailure> {
    let mut random = [0; 16];
    records.platform.fill(&mut random);
    let (ticket, first) = halves(&random);
    for numbers in blocks(near, most) {
        if let Some((number, note)) = free(records, holder, numbers, first).await? {
            let place = Place::take(records, holder, number, ticket, note.as_ref());
            return place.await.map(Some);
        }
    }
    Ok(None)
}

/// The numbers of `most` places, by the notes in which they are renewed. The one of `near` is the first.
fn blocks(near: &str, most: u64) -> impl Iterator<Item = Range<u64>> {
    let count = most.div_ceil(TOGETHER);
    let mut hasher = DefaultHasher::new();
    near.hash(&mut hasher);
    let first = hasher.finish().checked_rem(count).unwrap_or_default();
    (0..count).map(move |offset| {
        let start = (first + offset) % count * TOGETHER;
        start..most.min(start + TOGETHER)
    })
}

/// A free place among `numbers`, and its note; nothing if all are taken. Each question asks about twice as many
/// as the one before.
async fn free<P: Platform>(
    records: &Records<'_, P>,
    holder: &Holder,
    numbers: Range<u64>,
    first: u64,
) -> Result<Option<(u64, Option<Note>)>, StoreFailure> {
    let (block, count) = (numbers.start / TOGETHER, numbers.end - numbers.start);
    let offsets: Vec<u64> = (0..count).collect();
    let (mut rest, mut many) = (offsets.as_slice(), 1);
    while !rest.is_empty() {
        let (offsets, later) = rest.split_at(rest.len().min(many));
        let asked: Vec<u64> = offsets
            .iter()
            .map(|offset| numbers.start + (first % count + offset) % count)
            .collect();
        if let Some(free) = free_of(records, holder, block, &asked).await? {
            return Ok(Some(free));
        }
        (rest, many) = (later, AT_ONCE.min(many * 2));
    }
    Ok(None)
}

/// A free place among these `numbers` of one `block`, and its note. One question.
async fn free_of<P: Platform>(
    records: &Records<'_, P>,
    holder: &Holder,
    block: u64,
    numbers: &[u64],
) -> Result<Option<(u64, Option<Note>)>, StoreFailure> {
    let now = records.platform.now();
    let notes = numbers.iter().map(|number| Note::key(holder, *number));
    let mut keys: Vec<String> = notes.collect();
    keys.push(Renewals::key(holder, block));
    let mut sealed = records.sealed_all(&keys).await?;
    let renewals = sealed.pop().flatten();
    let key = keys.pop().unwrap_or_default();
    let renewals = Renewals::opened(records, &key, renewals.as_deref());
    for (number, (key, sealed)) in numbers.iter().zip(keys.iter().zip(sealed)) {
        let note = Note::opened(records, key, sealed.as_deref());
        if !is_held(*number, note.as_ref(), &renewals, now) {
            return Ok(Some((*number, note)));
        }
    }
    Ok(None)
}

/// Whether somebody holds the place `number`, by its own `note` and by what was renewed together. What is held
/// for long has no note of its own any more.
fn is_held(number: u64, note: Option<&Note>, renewals: &Renewals, now: UnixTime) -> bool {
    let mut lately = renewals.lately(number, now);
    let Some(note) = note else {
        return lately.next().is_some();
    };
    let is_theirs = |ticket| ticket == short(note.ticket);
    // Two may have taken it at once. The other one counts as long as it is renewed.
    match note.given_back {
        Some(then) => lately.any(|(ticket, time)| !is_theirs(ticket) && time > then),
        // By an older release.
        None if note.time == UnixTime::default() => false,
        None if is_fresh(note.time, now) => true,
        None => lately.any(|(ticket, time)| is_theirs(ticket) || time > note.time),
    }
}

fn halves(bytes: &[u8; 16]) -> (u64, u64) {
    let both = u128::from_be_bytes(*bytes);
    ((both >> 64) as u64, both as u64)
}
