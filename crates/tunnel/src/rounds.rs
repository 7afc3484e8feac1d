//! Asks repeatedly whether all that is carried may go on, many in one question.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, oneshot};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout_at};
use verdict::{Ask, Looked, Looks, Stage};

use crate::desk::Desk;
use crate::ticket::Ticket;

/// A question may take a third of the patience, so that a slow store is not taken for one that is away.
const TAKES: u32 = 3;
/// How many questions are asked at once.
const AT_ONCE: usize = 4;
/// After a question without an answer, the next comes in a tenth of the interval. It includes all that is due
/// by then.
const AGAIN: u32 = 10;
/// The requests of one sign-in are asked about together, if they are due within half of the interval.
const TOGETHER: u32 = 2;
/// The shortest time between two looks, however many users sign out.
const HURRY: Duration = Duration::from_millis(500);
/// The most entries in one question.
const MOST: usize = 100;
/// The most bytes of tickets in one question: half of what the component accepts.
const LONGEST: usize = 256 * 1024;

/// Everything that is looked at.
#[derive(Clone, Default)]
pub(crate) struct Rounds(Arc<Inner>);

#[derive(Default)]
struct Inner {
    seen: Mutex<Seen>,
    changed: Notify,
    hurried: Notify,
}

#[derive(Default)]
struct Seen {
    entries: BTreeMap<u64, Entry>,
    next_key: u64,
    is_running: bool,
}

/// One connection or request that is carried.
struct Entry {
    ticket: Arc<Ticket>,
    stage: Stage,
    times: Looks,
    /// The group, if it is known: entries of one group are asked about together.
    group: String,
    next: Instant,
    ended: Option<oneshot::Sender<Option<Looked>>>,
}

impl Entry {
    /// When it ends for want of consent.
    fn patience(&self) -> Instant {
        self.ticket.consent() + self.times.patience
    }

    fn wakes(&self) -> Instant {
        self.next.min(self.patience())
    }
}

/// Keeps an entry in the rounds until this is dropped.
struct Watched<'a> {
    rounds: &'a Rounds,
    key: u64,
}

impl Drop for Watched<'_> {
    fn drop(&mut self) {
        self.rounds.seen().entries.remove(&self.key);
    }
}

impl Rounds {
    /// Looks at the entry with this `ticket` and `stage` until it must end. `None`: the component has not
    /// consented for too long. `desk` asks the component.
    pub(crate) async fn look(
        &self,
        desk: &Desk,
        ticket: &Arc<Ticket>,
        times: &Looks,
        stage: Stage,
    ) -> Option<Looked> {
        // Short requests are never looked at, and cost nothing here.
        let hurried = self.0.hurried.notified();
        tokio::select! {
            () = sleep_until(ticket.consent() + times.every) => {}
            () = hurried => {}
        }
        let (ended, end) = oneshot::channel();
        let entry = Entry {
            ticket: ticket.clone(),
            stage,
            times: times.clone(),
            group: ticket.group().to_owned(),
            next: Instant::now(),
            ended: Some(ended),
        };
        let _watched = self.watch(desk, entry);
        // The result is sent before the entry is removed.
        end.await.ok().flatten()
    }

    /// Looks at everything soon, since somebody may have signed out. A recent look delays the next, so that
    /// many sign-outs cost no more than one.
    pub(crate) fn hurry(&self) {
        let now = Instant::now();
        for entry in self.seen().entries.values_mut() {
            let soon = now.max(entry.ticket.consent() + HURRY);
            entry.next = entry.next.min(soon);
        }
        self.0.hurried.notify_waiters();
        self.0.changed.notify_one();
    }

    fn watch(&self, desk: &Desk, entry: Entry) -> Watched<'_> {
        let mut seen = self.seen();
        let key = seen.next_key;
        seen.next_key += 1;
        seen.entries.insert(key, entry);
        if !std::mem::replace(&mut seen.is_running, true) {
            tokio::spawn(self.clone().run(desk.own()));
        }
        drop(seen);
        self.0.changed.notify_one();
        Watched { rounds: self, key }
    }

    async fn run(self, desk: Desk) {
        while let Some(wakes) = self.wakes() {
            tokio::select! {
                () = sleep_until(wakes) => {}
                () = self.0.changed.notified() => continue,
            }
            self.end_unanswered();
            for questions in self.due().chunks(AT_ONCE) {
                let mut asking = JoinSet::new();
                for keys in questions {
                    asking.spawn(self.clone().ask(desk.clone(), keys.clone()));
                }
                while asking.join_next().await.is_some() {}
                self.end_unanswered();
            }
        }
    }

    /// When the next look is due; `None` if nothing is carried.
    fn wakes(&self) -> Option<Instant> {
        let mut seen = self.seen();
        let all = seen.entries.values();
        let open = all.filter(|entry| entry.ended.is_some());
        let first = open.map(Entry::wakes).min();
        seen.is_running = first.is_some();
        first
    }

    /// Ends entries without consent for too long.
    fn end_unanswered(&self) {
        let now = Instant::now();
        for entry in self.seen().entries.values_mut() {
            if entry.patience() <= now {
                end(entry, None);
            }
        }
    }

    /// The entries that are due, grouped into questions.
    fn due(&self) -> Vec<Vec<u64>> {
        let now = Instant::now();
        let seen = self.seen();
        let is_due = |entry: &Entry, part: u32| {
            entry.ended.is_some() && entry.next <= now + entry.times.every / part
        };
        let all = seen.entries.values();
        let groups: BTreeSet<&str> = all
            .filter(|entry| !entry.group.is_empty() && is_due(entry, AGAIN))
            .map(|entry| entry.group.as_str())
            .collect();
        let mut due: Vec<(&str, u64, usize)> = seen
            .entries
            .iter()
            .filter(|(_, entry)| {
                let together = groups.contains(entry.group.as_str());
                is_due(entry, if together { TOGETHER } else { AGAIN })
            })
            .map(|(key, entry)| (entry.group.as_str(), *key, entry.ticket.length()))
            .collect();
        due.sort_unstable();
        let mut questions: Vec<Vec<u64>> = Vec::new();
        let mut bytes = usize::MAX;
        for (_, key, length) in due {
            match questions.last_mut() {
                Some(last) if last.len() < MOST && bytes + length <= LONGEST => {
                    last.push(key);
                    bytes += length;
                }
                _ => {
                    questions.push(vec![key]);
                    bytes = length;
                }
            }
        }
        questions
    }

    async fn ask(self, desk: Desk, keys: Vec<u64>) {
        let asked = Instant::now();
        let (asks, limit) = self.asks(&keys, asked);
        if asks.is_empty() {
            return;
        }
        let (keys, asks): (Vec<u64>, Vec<Ask>) = asks.into_iter().unzip();
        let answers = timeout_at(limit, desk.look_all(asks)).await;
        let mut answers = answers.ok().flatten().unwrap_or_default().into_iter();
        let mut seen = self.seen();
        for key in keys {
            let answer = answers.next().flatten();
            desk.counts
                .looked(answer.as_ref().map(|looked| looked.go_on));
            let Some(entry) = seen.entries.get_mut(&key) else {
                continue;
            };
            match answer {
                Some(looked) if looked.go_on => {
                    entry.ticket.goes_on(looked.ticket, asked);
                    entry.next = asked + entry.times.every;
                }
                Some(looked) => end(entry, Some(looked)),
                None => entry.next = Instant::now() + entry.times.every / AGAIN,
            }
        }
    }

    /// The question about those of `keys` that are still carried, and its deadline.
    fn asks(&self, keys: &[u64], asked: Instant) -> (Vec<(u64, Ask)>, Instant) {
        let seen = self.seen();
        let mut limit = asked + Duration::from_secs(3600);
        let mut asks = Vec::with_capacity(keys.len());
        for key in keys {
            let Some(entry) = seen.entries.get(key).filter(|entry| entry.ended.is_some()) else {
                continue;
            };
            limit = limit
                .min(asked + entry.times.patience / TAKES)
                .min(entry.patience());
            let ask = Ask {
                ticket: entry.ticket.text(),
                stage: entry.stage,
            };
            asks.push((*key, ask));
        }
        (asks, limit)
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends the entry, which is looked at no more.
fn end(entry: &mut Entry, looked: Option<Looked>) {
    if let Some(ended) = entry.ended.take() {
        // This fails if the entry is no longer carried.
        let _ = ended.send(looked);
    }
}

#[cfg(test)]
mod tests;
