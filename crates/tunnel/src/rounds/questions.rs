//! The questions about the entries that are due.

use std::collections::{BTreeMap, BTreeSet};

use tokio::time::Instant;
use verdict::Stage;

use super::entry::{AGAIN, Entry};

/// The entries of a group are asked about together if they are due within half of the interval.
const TOGETHER: u32 = 2;
/// The most questions in one message.
pub(super) const MOST: usize = 100;
/// The most bytes of tickets and names in a message: half of what the component takes.
const LONGEST: usize = 256 * 1024;
/// The most other entries to which one answer applies.
const ALSO: usize = 1000;

/// A question about one entry. If it may go on, so may the others.
#[derive(Clone, Debug, Default)]
pub(super) struct Question {
    pub(super) key: u64,
    pub(super) also: Vec<u64>,
}

/// The questions about those of `entries` that are due, divided into messages.
pub(super) fn questions(entries: &BTreeMap<u64, Entry>, now: Instant) -> Vec<Vec<Question>> {
    let is_due = |entry: &Entry, part: u32| {
        entry.ended.is_some() && entry.next <= now + entry.times.every / part
    };
    let groups: BTreeSet<&str> = entries
        .values()
        .filter(|entry| is_due(entry, AGAIN))
        .filter_map(whose)
        .collect();
    let mut together: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    let mut all = Vec::new();
    for (key, entry) in entries {
        match whose(entry).filter(|of| groups.contains(of)) {
            Some(of) if is_due(entry, TOGETHER) => together.entry(of).or_default().push(*key),
            None if is_due(entry, AGAIN) => all.push(Question {
                key: *key,
                also: Vec::new(),
            }),
            _ => {}
        }
    }
    for keys in together.values() {
        all.extend(keys.chunks(ALSO + 1).filter_map(|keys| {
            let (key, also) = keys.split_first()?;
            Some(Question {
                key: *key,
                also: also.to_vec(),
            })
        }));
    }
    in_messages(all, |question| length(entries, question))
}

/// The group of an entry, if it is asked about with its group. A request without a response is asked about by
/// itself: the component may have to write the response.
fn whose(entry: &Entry) -> Option<&str> {
    let has_answer = matches!(entry.stage, Stage::Answered | Stage::Events(_));
    let together = entry.together.as_ref();
    let together = together.filter(|_| has_answer && !entry.is_alone)?;
    Some(&together.whose)
}

/// How long a question is, in bytes.
fn length(entries: &BTreeMap<u64, Entry>, question: &Question) -> usize {
    let asked = entries.get(&question.key);
    let asked = asked.map_or(0, |entry| entry.ticket.length());
    let places = question.also.iter().filter_map(|key| {
        let together = entries.get(key)?.together.as_ref()?;
        Some(together.place.len())
    });
    asked + places.sum::<usize>()
}

fn in_messages(all: Vec<Question>, length: impl Fn(&Question) -> usize) -> Vec<Vec<Question>> {
    let mut messages: Vec<Vec<Question>> = Vec::new();
    let mut bytes = 0;
    for question in all {
        let length = length(&question);
        match messages.last_mut() {
            Some(last) if last.len() < MOST && bytes + length <= LONGEST => {
                last.push(question);
                bytes += length;
            }
            _ => {
                messages.push(vec![question]);
                bytes = length;
            }
        }
    }
    messages
}
