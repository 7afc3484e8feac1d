#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may")]

use std::collections::BTreeSet;

use http::{Request, Response};
use hyper::body::Bytes;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::sleep;
use traces::Trace;

use super::*;
use crate::counts::Counts;
use crate::desk::bearer;
use crate::{Answered, Component};

const EVERY: Duration = Duration::from_secs(5);
const TIMES: Looks = Looks {
    every: EVERY,
    patience: Duration::from_secs(45),
};

/// Lets all go on except those whose sign-in is over, and records which tickets were in which question.
#[derive(Default)]
struct SignIns {
    over: Mutex<BTreeSet<String>>,
    questions: Mutex<Vec<Vec<String>>>,
    is_away: Mutex<bool>,
    takes: Mutex<Duration>,
}

impl SignIns {
    fn questions(&self) -> Vec<Vec<String>> {
        std::mem::take(&mut self.questions.lock().unwrap())
    }
}

impl Component for SignIns {
    fn ask(&self, request: Request<Bytes>) -> Answered<'_> {
        let message: Value = serde_json::from_slice(request.body()).unwrap();
        let asks = message["look_all"].as_array().unwrap().iter();
        let tickets: Vec<String> = asks
            .map(|ask| ask["ticket"].as_str().unwrap().to_owned())
            .collect();
        let is_away = *self.is_away.lock().unwrap();
        let over = self.over.lock().unwrap();
        let looked = tickets.iter().map(|ticket| match is_away {
            true => Value::Null,
            false => json!({ "go_on": !over.contains(ticket.split(' ').next().unwrap()) }),
        });
        let body = Value::from(looked.collect::<Vec<_>>()).to_string();
        self.questions.lock().unwrap().push(tickets);
        let takes = *self.takes.lock().unwrap();
        Box::pin(async move {
            sleep(takes).await;
            Ok(Response::new(Bytes::from(body)))
        })
    }

    fn write(&self, _: &str, _: &Trace) {}
}

struct Carried {
    sign_ins: Arc<SignIns>,
    rounds: Rounds,
    ended: JoinSet<(String, Option<Looked>)>,
}

impl Carried {
    fn new() -> Self {
        Self {
            sign_ins: Arc::default(),
            rounds: Rounds::default(),
            ended: JoinSet::new(),
        }
    }

    /// Starts carrying a request of this sign-in.
    fn begin(&mut self, sign_in: &str, number: usize) {
        let desk = Desk::new(
            self.sign_ins.clone(),
            bearer("secret").unwrap(),
            Counts::new(1, 1),
        );
        let rounds = self.rounds.clone();
        let text = format!("{sign_in} {number}");
        let ticket = Arc::new(Ticket::new(&text, false, sign_in));
        self.ended.spawn(async move {
            let looked = rounds.look(&desk, &ticket, &TIMES, Stage::Answered).await;
            (ticket.text(), looked)
        });
    }
}

#[tokio::test(start_paused = true)]
async fn one_question_is_about_many_and_those_of_one_sign_in_come_together() {
    let mut carried = Carried::new();
    for number in 0..30 {
        for sign_in in ["alice", "bob", "carol"] {
            carried.begin(sign_in, number);
            sleep(Duration::from_millis(20)).await;
        }
    }
    // By then each has been looked at once, whenever it began.
    sleep(EVERY * 2).await;
    carried.sign_ins.questions();
    sleep(EVERY * 10).await;
    let questions = carried.sign_ins.questions();
    let looks: usize = questions.iter().map(Vec::len).sum();
    assert!((900..=1000).contains(&looks), "{looks}");
    assert!(questions.len() <= 40, "{}", questions.len());
    for question in questions {
        let mut sorted = question.clone();
        sorted.sort_by_key(|ticket| ticket.split(' ').next().unwrap().to_owned());
        assert_eq!(question, sorted);
    }
}

#[tokio::test(start_paused = true)]
async fn no_question_is_about_more_than_the_component_takes() {
    let mut carried = Carried::new();
    for number in 0..MOST * 2 + 1 {
        carried.begin("alice", number);
    }
    sleep(EVERY + Duration::from_secs(1)).await;
    let questions = carried.sign_ins.questions();
    assert_eq!(questions.iter().map(Vec::len).max(), Some(MOST));
    assert_eq!(questions.iter().map(Vec::len).sum::<usize>(), MOST * 2 + 1);
}

/// Each of ten questions takes two seconds.
#[tokio::test(start_paused = true)]
async fn a_slow_store_is_not_taken_for_one_that_is_away() {
    let mut carried = Carried::new();
    *carried.sign_ins.takes.lock().unwrap() = Duration::from_secs(2);
    for number in 0..MOST * 10 {
        carried.begin("alice", number);
    }
    sleep(TIMES.patience * 4).await;
    assert!(carried.ended.try_join_next().is_none());
}

#[tokio::test(start_paused = true)]
async fn who_signs_out_loses_all_within_the_interval_and_nobody_else_anything() {
    let mut carried = Carried::new();
    for number in 0..10 {
        carried.begin("alice", number);
        carried.begin("bob", number);
    }
    sleep(EVERY * 3).await;
    carried
        .sign_ins
        .over
        .lock()
        .unwrap()
        .insert("alice".to_owned());
    let begun = Instant::now();
    for _ in 0..10 {
        let (ticket, looked) = carried.ended.join_next().await.unwrap().unwrap();
        assert!(ticket.starts_with("alice"));
        assert!(!looked.unwrap().go_on);
    }
    assert!(begun.elapsed() <= EVERY);
    sleep(EVERY * 20).await;
    assert!(carried.ended.try_join_next().is_none());
}

#[tokio::test(start_paused = true)]
async fn where_the_sign_out_is_known_it_counts_at_once_also_for_what_has_just_begun() {
    let mut carried = Carried::new();
    carried.begin("alice", 0);
    sleep(EVERY * 3).await;
    carried.begin("alice", 1);
    tokio::task::yield_now().await;
    carried
        .sign_ins
        .over
        .lock()
        .unwrap()
        .insert("alice".to_owned());
    let begun = Instant::now();
    carried.rounds.hurry();
    for _ in 0..2 {
        carried.ended.join_next().await.unwrap().unwrap();
    }
    assert!(begun.elapsed() <= Duration::from_secs(1));
}

#[tokio::test(start_paused = true)]
async fn many_who_sign_out_cost_no_more_looks_than_one() {
    let mut carried = Carried::new();
    carried.begin("alice", 0);
    sleep(EVERY * 2).await;
    carried.sign_ins.questions();
    for _ in 0..100 {
        carried.rounds.hurry();
        sleep(Duration::from_millis(10)).await;
    }
    assert!(carried.sign_ins.questions().len() <= 3);
}

#[tokio::test(start_paused = true)]
async fn a_store_that_is_away_is_survived_for_as_long_as_there_is_patience() {
    let mut carried = Carried::new();
    carried.begin("alice", 0);
    sleep(EVERY * 2).await;
    *carried.sign_ins.is_away.lock().unwrap() = true;
    sleep(TIMES.patience - EVERY * 2).await;
    assert!(carried.ended.try_join_next().is_none());
    *carried.sign_ins.is_away.lock().unwrap() = false;
    sleep(EVERY * 20).await;
    assert!(carried.ended.try_join_next().is_none());
    *carried.sign_ins.is_away.lock().unwrap() = true;
    let (_, looked) = carried.ended.join_next().await.unwrap().unwrap();
    assert_eq!(looked, None);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_carried_any_more_is_not_looked_at() {
    let mut carried = Carried::new();
    carried.begin("alice", 0);
    sleep(EVERY * 2).await;
    carried.ended.shutdown().await;
    carried.sign_ins.questions();
    sleep(EVERY * 3).await;
    assert!(carried.sign_ins.questions().is_empty());
    carried.begin("alice", 1);
    sleep(EVERY + Duration::from_secs(1)).await;
    assert_eq!(carried.sign_ins.questions(), [["alice 1"]]);
}
