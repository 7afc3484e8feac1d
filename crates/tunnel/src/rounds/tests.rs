#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may")]

use std::collections::BTreeSet;

use http::{Request, Response};
use hyper::body::Bytes;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::sleep;
use traces::Trace;
use verdict::Together;

use super::questions::MOST;
use super::*;
use crate::counts::Counts;
use crate::desk::bearer;
use crate::{Answered, Component};

const EVERY: Duration = Duration::from_secs(5);
const TIMES: Looks = Looks {
    every: EVERY,
    patience: Duration::from_secs(45),
};

/// Lets all go on except those whose sign-in is over, and those whose own ticket is over. Records the messages:
/// for each question the ticket, and the names of the other places.
#[derive(Default)]
struct SignIns {
    over: Mutex<BTreeSet<String>>,
    messages: Mutex<Vec<Vec<Asked>>>,
    is_away: Mutex<bool>,
    takes: Mutex<Duration>,
}

type Asked = (String, Vec<String>);

impl SignIns {
    fn messages(&self) -> Vec<Vec<Asked>> {
        std::mem::take(&mut self.messages.lock().unwrap())
    }

    fn questions(&self) -> Vec<Asked> {
        self.messages().concat()
    }

    fn is_over(&self, what: &str) {
        self.over.lock().unwrap().insert(what.to_owned());
    }
}

impl Component for SignIns {
    fn ask(&self, request: Request<Bytes>) -> Answered<'_> {
        let message: Value = serde_json::from_slice(request.body()).unwrap();
        let asks = message["look_all"].as_array().unwrap().iter();
        let asked: Vec<Asked> = asks
            .map(|ask| {
                let text = |value: &Value| value.as_str().unwrap().to_owned();
                let also = ask["also"].as_array().into_iter().flatten();
                (text(&ask["ticket"]), also.map(text).collect())
            })
            .collect();
        let is_away = *self.is_away.lock().unwrap();
        let over = self.over.lock().unwrap();
        let looked = asked.iter().map(|(ticket, _)| match is_away {
            true => Value::Null,
            false => {
                let (sign_in, _) = ticket.split_once(' ').unwrap();
                let mut looked =
                    json!({ "go_on": !over.contains(sign_in) && !over.contains(ticket) });
                if ticket.ends_with("without a place") {
                    looked["ticket"] = json!(format!("{sign_in} 0"));
                    looked["together"] = json!({ "whose": sign_in, "place": "0" });
                }
                looked
            }
        });
        let body = Value::from(looked.collect::<Vec<_>>()).to_string();
        self.messages.lock().unwrap().push(asked);
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

    /// Starts carrying a request of this sign-in, which has the place `number`.
    fn begin(&mut self, sign_in: &str, number: usize) {
        let together = Together {
            whose: sign_in.to_owned(),
            place: number.to_string(),
        };
        let text = format!("{sign_in} {number}");
        self.begin_at(Stage::Answered, &text, Some(together));
    }

    fn begin_at(&mut self, stage: Stage, text: &str, together: Option<Together>) {
        let desk = Desk::new(
            self.sign_ins.clone(),
            bearer("secret").unwrap(),
            Counts::new(1, 1),
        );
        let rounds = self.rounds.clone();
        let ticket = Arc::new(Ticket::new(text, together.is_some(), together));
        self.ended.spawn(async move {
            let looked = rounds.look(&desk, &ticket, &TIMES, stage).await;
            (ticket.text(), looked)
        });
    }
}

#[tokio::test(start_paused = true)]
async fn one_question_is_about_all_of_a_sign_in() {
    let mut carried = Carried::new();
    for number in 0..30 {
        for sign_in in ["alice", "bob", "carol"] {
            carried.begin(sign_in, number);
            sleep(Duration::from_millis(20)).await;
        }
    }
    // By then each has been looked at once, whenever it began.
    sleep(EVERY * 2).await;
    carried.sign_ins.messages();
    sleep(EVERY * 10).await;
    let messages = carried.sign_ins.messages();
    assert!(messages.len() <= 40, "{}", messages.len());
    let questions = messages.concat();
    assert!(questions.len() <= 3 * 14, "{}", questions.len());
    let looks: usize = questions.iter().map(|(_, also)| 1 + also.len()).sum();
    assert!((900..=1000).contains(&looks), "{looks}");
}

#[tokio::test(start_paused = true)]
async fn a_place_is_named_once_and_is_of_the_same_sign_in() {
    let mut carried = Carried::new();
    for number in 0..5 {
        carried.begin("alice", number);
        carried.begin("bob", number + 5);
    }
    sleep(EVERY + Duration::from_secs(1)).await;
    for (ticket, also) in carried.sign_ins.questions() {
        let (sign_in, place) = ticket.split_once(' ').unwrap();
        let mut places: Vec<usize> = also.iter().map(|place| place.parse().unwrap()).collect();
        places.push(place.parse().unwrap());
        places.sort_unstable();
        let first = if sign_in == "alice" { 0 } else { 5 };
        assert_eq!(places, (first..first + 5).collect::<Vec<_>>(), "{sign_in}");
    }
}

/// Of a client without an answer the component may have to say more, and what holds no place may take one.
#[tokio::test(start_paused = true)]
async fn what_waits_or_has_no_place_is_asked_about_by_itself() {
    let mut carried = Carried::new();
    let together = |place: &str| {
        Some(Together {
            whose: "alice".to_owned(),
            place: place.to_owned(),
        })
    };
    carried.begin_at(Stage::Waiting, "alice 1", together("1"));
    carried.begin_at(Stage::Waiting, "alice 2", together("2"));
    carried.begin_at(Stage::Answered, "alice without a place", None);
    carried.begin("alice", 3);
    sleep(EVERY + Duration::from_secs(1)).await;
    let mut questions = carried.sign_ins.questions();
    questions.sort();
    let alone = |ticket: &str| (ticket.to_owned(), Vec::new());
    let all = ["alice 1", "alice 2", "alice 3", "alice without a place"].map(alone);
    assert_eq!(questions, all);
    // By then it has one.
    sleep(EVERY).await;
    let questions = carried.sign_ins.questions();
    assert!(
        questions.contains(&("alice 0".to_owned(), vec!["3".to_owned()])),
        "{questions:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn no_message_is_about_more_than_the_component_takes() {
    let mut carried = Carried::new();
    for number in 0..MOST * 2 + 1 {
        carried.begin_at(Stage::Answered, &format!("alice {number}"), None);
    }
    sleep(EVERY + Duration::from_secs(1)).await;
    let messages = carried.sign_ins.messages();
    assert_eq!(messages.iter().map(Vec::len).max(), Some(MOST));
    assert_eq!(messages.concat().len(), MOST * 2 + 1);
    for number in 0..2500 {
        carried.begin("bob", number);
    }
    sleep(EVERY + Duration::from_secs(1)).await;
    let questions = carried.sign_ins.questions().into_iter();
    let of_bob = questions.filter(|(ticket, _)| ticket.starts_with("bob"));
    let lengths: Vec<usize> = of_bob.map(|(_, also)| also.len()).collect();
    assert_eq!(lengths, [1000, 1000, 497]);
}

/// Each of ten questions takes two seconds.
#[tokio::test(start_paused = true)]
async fn a_slow_store_is_not_taken_for_one_that_is_away() {
    let mut carried = Carried::new();
    *carried.sign_ins.takes.lock().unwrap() = Duration::from_secs(2);
    for number in 0..MOST * 10 {
        carried.begin_at(Stage::Answered, &format!("alice {number}"), None);
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
    carried.sign_ins.is_over("alice");
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
async fn one_that_may_not_go_on_says_nothing_of_the_others() {
    let mut carried = Carried::new();
    for number in 0..10 {
        carried.begin("alice", number);
    }
    sleep(EVERY * 3).await;
    carried.sign_ins.is_over("alice 0");
    sleep(EVERY * 20).await;
    let (ticket, _) = carried.ended.try_join_next().unwrap().unwrap();
    assert_eq!(ticket, "alice 0");
    assert!(carried.ended.try_join_next().is_none());
}

#[tokio::test(start_paused = true)]
async fn where_the_sign_out_is_known_it_counts_at_once_also_for_what_has_just_begun() {
    let mut carried = Carried::new();
    carried.begin("alice", 0);
    sleep(EVERY * 3).await;
    carried.begin("alice", 1);
    tokio::task::yield_now().await;
    carried.sign_ins.is_over("alice");
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
    carried.sign_ins.messages();
    for _ in 0..100 {
        carried.rounds.hurry();
        sleep(Duration::from_millis(10)).await;
    }
    assert!(carried.sign_ins.messages().len() <= 3);
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
    let alone = ("alice 1".to_owned(), Vec::new());
    assert_eq!(carried.sign_ins.questions(), [alone]);
}
