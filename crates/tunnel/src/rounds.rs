//! Asks repeatedly whether all that is carried may go on, many in one question.

mod entry;
mod questions;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, oneshot};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout_at};
use verdict::{Ask, Looked, Looks, Stage};

use self::entry::Entry;
use self::questions::{Question, questions};
use crate::desk::Desk;
use crate::ticket::Ticket;

/// A question may take a third of the patience, so that a slow store is not taken for one that is away.
const TAKES: u32 = 3;
/// How many questions are asked at once.
const AT_ONCE: usize = 4;
/// There is at least so much time between two looks, however many sign out.
const HURRY: Duration = Duration::from_millis(500);

/// All that is looked at, again and again, while there is anything.
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
            together: ticket.together(),
            is_alone: false,
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
            for at_once in self.due().chunks(AT_ONCE) {
                let mut asking = JoinSet::new();
                for about in at_once {
                    asking.spawn(self.clone().ask(desk.clone(), about.clone()));
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
                entry.end(None);
            }
        }
    }

    /// The questions about the entries that are due.
    fn due(&self) -> Vec<Vec<Question>> {
        questions(&self.seen().entries, Instant::now())
    }

    async fn ask(self, desk: Desk, questions: Vec<Question>) {
        let asked = Instant::now();
        let (questions, asks, limit) = self.asks(questions, asked);
        if asks.is_empty() {
            return;
        }
        let answers = timeout_at(limit, desk.look_all(asks)).await;
        let mut answers = answers.ok().flatten().unwrap_or_default().into_iter();
        let mut seen = self.seen();
        for question in questions {
            let answer = answers.next().flatten();
            let go_on = answer.as_ref().map(|looked| looked.go_on);
            for key in &question.also {
                if go_on != Some(false) {
                    desk.counts.looked(go_on);
                }
                if let Some(entry) = seen.entries.get_mut(key) {
                    entry.hears_of_another(go_on, asked);
                }
            }
            desk.counts.looked(go_on);
            if let Some(entry) = seen.entries.get_mut(&question.key) {
                entry.hears(answer, asked);
            }
        }
    }

    /// The messages for those of `questions` whose entries are still carried, and their deadline.
    fn asks(&self, questions: Vec<Question>, asked: Instant) -> (Vec<Question>, Vec<Ask>, Instant) {
        let seen = self.seen();
        let open = |key: &u64| {
            let entry = seen.entries.get(key);
            entry.filter(|entry| entry.ended.is_some())
        };
        let mut limit = asked + Duration::from_secs(3600);
        let (mut kept, mut asks) = (Vec::new(), Vec::new());
        for mut question in questions {
            question.also.retain(|key| open(key).is_some());
            let Some(entry) = open(&question.key) else {
                continue;
            };
            let others = || question.also.iter().filter_map(open);
            for entry in others().chain([entry]) {
                limit = limit
                    .min(asked + entry.times.patience / TAKES)
                    .min(entry.patience());
            }
            let places = others().filter_map(|other| Some(other.together.as_ref()?.place.clone()));
            asks.push(Ask {
                ticket: entry.ticket.text(),
                stage: entry.stage,
                also: places.collect(),
            });
            kept.push(question);
        }
        (kept, asks, limit)
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
