//! The table of conversations (`crates/verdict/conversations.json`): what is decided on each for a native
//! carrier, and what the component carries by itself. A carrier that is given the same verdict and the
//! same answers gives its client the same.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use base64ct::{Base64, Encoding};
use serde::Deserialize;

use super::*;
use crate::carrier::conversations::{comparable, merged, pairs, served, sorted};
use crate::platform::Progress;

const TABLE: &str = include_str!("../../../crates/verdict/conversations.json");
/// The longest body that is kept, in bytes.
const KEPT: u64 = 64 * 1024;
/// The seconds between two looks.
const LOOK: u64 = 15;

/// One row.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Conversation {
    name: String,
    /// What is set besides what all tests have.
    #[serde(default)]
    settings: BTreeMap<String, String>,
    /// How many places the user has taken already, of one.
    #[serde(default)]
    places_taken: usize,
    request: Asked,
    /// What is decided on it. What is not said is as in `usual`; null is nothing.
    verdict: Value,
    /// What the API server answers, one after the other.
    #[serde(default)]
    answers: Vec<Value>,
    /// What is decided on an answer that comes back.
    second: Option<Value>,
    /// What happens before each look.
    #[serde(default)]
    meanwhile: Vec<String>,
    /// What the last look says.
    looked: Option<Value>,
    /// How the answer ends, if nobody ends it before.
    #[serde(default)]
    end: Option<String>,
    /// What the client gets.
    client: Value,
    /// What its line in the log says, among other things.
    audit: Value,
}

/// What a client sends.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    #[serde(default)]
    host: String,
    #[serde(default)]
    body: String,
    #[serde(default)]
    body_is_cut_off: bool,
}

impl Asked {
    /// Whether its body is kept.
    fn is_kept(&self) -> bool {
        let mut headers = self.headers.iter();
        match headers.find(|(name, _)| name == "content-length") {
            Some((_, length)) => length.parse::<u64>().unwrap() <= KEPT,
            None => self.body.is_empty(),
        }
    }

    fn open(&self) -> Value {
        let mut headers = self.headers.clone();
        headers.push(("host".to_owned(), self.host.clone()));
        json!({ "method": self.method, "target": self.target, "headers": headers, "plain": true })
    }
}

/// All rows, each with a proxy of its own, to which nothing has happened yet.
fn each(check: impl Fn(&Conversation, &Proxy)) {
    let table: Value = serde_json::from_str(TABLE).unwrap();
    for row in table["conversations"].as_array().unwrap() {
        let unfilled: Conversation = serde_json::from_value(row.clone()).unwrap();
        let settings: Vec<_> = unfilled
            .settings
            .iter()
            .map(|(name, value)| (&**name, &**value))
            .collect();
        let proxy = Proxy::with(&settings);
        let mut text = row.to_string();
        for (place, value) in [
            ("$CREDENTIAL", proxy.bearer.clone()),
            ("$TOKEN", jwt(0)),
            ("$OTHER", jwt(1)),
            ("$OWN", jwt(7)),
        ] {
            text = text.replace(place, &value);
        }
        let mut row: Conversation = serde_json::from_str(&text).unwrap();
        let usual = table["usual"].to_string().replace("$TOKEN", &jwt(0));
        let usual: Value = serde_json::from_str(&usual).unwrap();
        for verdict in [Some(&mut row.verdict), row.second.as_mut()]
            .into_iter()
            .flatten()
        {
            if verdict.get("connect").is_some() {
                *verdict = merged(&usual, verdict);
            }
        }
        proxy.world.answers(|request| {
            let body = match request.uri().path() {
                // To the API server the token is good.
                "/api" => json!({}),
                "/v1/federated-token" => json!({ "token": "a.b.c", "expires_at": 0 }),
                _ => json!({ "access_token": jwt(1), "expires_in": 3600, "scope": "x" }),
            };
            Ok(Response::new(body.to_string().into_bytes()))
        });
        // A token that has just been issued is not renewed.
        proxy.world.pass(100);
        for _ in 0..row.places_taken {
            assert!(proxy.take_place(1).is_some());
        }
        let request = &row.request;
        let body = (!request.body_is_cut_off).then(|| request.body.clone().into_bytes());
        proxy.world.body.replace(body);
        check(&row, &proxy);
    }
}

/// Compares a verdict with the one that is expected. Headers may come in any order.
fn expect(name: &str, told: &Value, expected: &Value) {
    if let Some(answer) = expected.get("answer") {
        let status: Value = serde_json::from_str(told["answer"]["body"].as_str().unwrap()).unwrap();
        assert_eq!(told["answer"]["status"], answer["status"], "{name}");
        assert_eq!(kind(&status), &answer["kind"], "{name}");
        return;
    }
    let mut told = told.clone();
    if let Some(connect) = told.get_mut("connect").and_then(Value::as_object_mut) {
        assert!(
            connect
                .remove("ticket")
                .is_some_and(|ticket| ticket.is_string())
        );
        let together = connect.remove("together");
        assert_eq!(together.is_some(), connect["plain"]["holds_place"] == true);
        let audit = connect["plain"]["audit"].as_object_mut().unwrap();
        assert!(audit.remove("request_id").is_some());
        audit.remove("session");
    }
    let (told, expected) = (comparable(&told), comparable(expected));
    assert_eq!(told, expected, "{name}");
}

/// The kind of the problem that a `Status` tells of.
fn kind(status: &Value) -> &Value {
    assert_eq!(status["kind"], "Status");
    &status["details"]["causes"][0]["reason"]
}

/// Whether the line in the log says what is expected.
fn expect_audit(row: &Conversation, proxy: &Proxy) {
    let line = proxy.audit();
    for (name, value) in row.audit.as_object().unwrap() {
        assert_eq!(&line[name], value, "{}: {line}", row.name);
    }
    assert_eq!(audit_lines(proxy), 1, "{}", row.name);
}

/// How many audit lines there are. A renewal has a line of its own.
fn audit_lines(proxy: &Proxy) -> usize {
    let lines = proxy.world.lines.borrow();
    let audit = |line: &&String| line.contains(r#""event":"kubernetes""#);
    lines.iter().filter(audit).count()
}

fn happens(world: &World, what: &str) {
    match what {
        "goes_on" => {}
        "signed_out" => world.store.borrow_mut().clear(),
        "store_away" => world.store_is_down.set(true),
        other => unreachable!("{other}"),
    }
}

#[test]
fn what_is_decided_for_a_native_carrier_is_what_the_table_says() {
    each(|row, proxy| {
        let name = &row.name;
        let open = row.request.open();
        let mut told = proxy.tunnel(&json!({ "open": open }));
        expect(name, &told, &row.verdict);
        for answer in &row.answers {
            let challenge = answer["headers"]
                .as_array()
                .and_then(|headers| headers.first());
            let connect = &told["connect"];
            let asks_again = connect["asks_again"].as_array();
            if !asks_again.is_some_and(|statuses| statuses.contains(&answer["status"])) {
                break;
            }
            let again = proxy.tunnel(&json!({ "refused": {
                "ticket": connect["ticket"], "open": open, "challenges": [challenge.unwrap()[1]],
                "again": row.request.is_kept(),
            } }));
            let is_last = told["connect"]["headers"] != row.verdict["connect"]["headers"];
            let expected = match is_last {
                true => &json!({ "answer": row.client }),
                false => row.second.as_ref().unwrap(),
            };
            expect(name, &again, expected);
            told = again;
        }
        let ticket = &told["connect"]["ticket"];
        if let Some(looked) = &row.looked {
            let look = json!({ "look": { "ticket": ticket, "stage": looked["stage"] } });
            let mut last = Value::Null;
            for what in row
                .meanwhile
                .iter()
                .map(String::as_str)
                .chain(["goes_on"])
                .take(row.meanwhile.len().max(1))
            {
                proxy.world.pass(LOOK);
                happens(&proxy.world, what);
                last = proxy.tunnel(&look);
            }
            expect_look(name, &last, looked);
        }
        if let Some(fault) = row.client.get("fault") {
            let failed = json!({ "failed": { "ticket": ticket, "fault": fault } });
            expect(
                name,
                &proxy.tunnel(&failed),
                &json!({ "answer": row.client }),
            );
        }
        // The carrier writes the line of what it has carried.
        match row.client.get("kind") {
            Some(_) => expect_audit(row, proxy),
            None => assert_eq!(audit_lines(proxy), 0, "{name}"),
        }
    });
}

fn expect_look(name: &str, told: &Value, looked: &Value) {
    assert_eq!(told["go_on"], looked["go_on"], "{name}");
    assert_eq!(told.get("outcome"), looked.get("outcome"), "{name}");
    let last = told["last"]
        .as_str()
        .map(|last| Base64::decode_vec(last).unwrap());
    assert_eq!(last.is_some(), looked.get("event").is_some(), "{name}");
    if let Some(last) = last {
        let event: Value = serde_json::from_slice(&last).unwrap();
        assert_eq!(kind(&event["object"]), &looked["event"], "{name}");
    }
    match looked.get("kind") {
        Some(_) => expect(name, told, &json!({ "answer": looked })),
        None => assert_eq!(told.get("answer"), None, "{name}"),
    }
}

#[test]
fn what_the_component_carries_is_what_the_table_says() {
    each(|row, proxy| {
        let (name, request) = (&row.name, &row.request);
        let answers = RefCell::new(VecDeque::from(row.answers.clone()));
        proxy.world.serves(move |_| {
            let next = answers.borrow_mut().pop_front();
            next.map_or_else(|| answer(599, &[]), |next| served(&next))
        });
        let end = match row.end.as_deref() {
            None => Progress::Ended,
            Some("cut_off") => Progress::CutOff,
            Some("client_gone") => Progress::ClientGone,
            Some(other) => unreachable!("{other}"),
        };
        let looks = row.meanwhile.iter().map(|_| Progress::Open);
        proxy.world.progress.replace(looks.chain([end]).collect());
        let meanwhile = Rc::new(RefCell::new(VecDeque::from(row.meanwhile.clone())));
        proxy.world.does_meanwhile(move |world| {
            let what = meanwhile.borrow_mut().pop_front();
            happens(world, what.as_deref().unwrap_or("goes_on"));
        });
        proxy.asked.set(String::leak(request.host.clone()));
        let headers = request.headers.iter();
        let headers: Vec<_> = headers.map(|(name, value)| (&**name, &**value)).collect();
        let method: Method = request.method.parse().unwrap();
        let told = proxy.send(&method, &request.target, &headers);
        expect_sent(row, proxy);
        expect_client(row, proxy, &told);
        expect_audit(row, proxy);
        assert_eq!(
            proxy.world.relayed.borrow().len(),
            row.answers.len(),
            "{name}"
        );
    });
}

/// Whether what was sent is what was decided, to the last header.
fn expect_sent(row: &Conversation, proxy: &Proxy) {
    let decided = [Some(&row.verdict), row.second.as_ref()];
    let relayed = proxy.world.relayed.borrow();
    for (sent, verdict) in relayed.iter().zip(decided) {
        let connect = &verdict.unwrap()["connect"];
        assert_eq!(sent.method().as_str(), connect["method"], "{}", row.name);
        let parts = [&connect["origin"], &connect["target"]].map(|part| part.as_str().unwrap());
        assert_eq!(sent.uri().to_string(), parts.concat(), "{}", row.name);
        let mut expected = sorted(&connect["headers"]);
        match sent.body() {
            Payload::Whole(body) => {
                assert_eq!(body, row.request.body.as_bytes(), "{}", row.name);
                expected.retain(|(name, _)| name != "content-length");
            }
            Payload::Client { limit } => {
                assert_eq!(&connect["plain"]["body"]["most"], limit, "{}", row.name);
            }
        }
        assert_eq!(sorted(&pairs(sent.headers())), expected, "{}", row.name);
    }
}

/// Whether the client gets what is expected.
fn expect_client(row: &Conversation, proxy: &Proxy, told: &Told) {
    let (name, client) = (&row.name, &row.client);
    if let Some(expected) = client.get("kind") {
        assert_eq!(client["status"], told.code(), "{name}");
        assert_eq!(&told.kind(), expected.as_str().unwrap(), "{name}");
        assert!(proxy.world.begun.borrow().is_empty(), "{name}");
        return;
    }
    assert!(told.is_carried(), "{name}");
    let begun = proxy.world.begun.borrow();
    assert_eq!(client["status"], begun[0].status().as_u16(), "{name}");
    assert_eq!(
        sorted(&pairs(begun[0].headers())),
        sorted(&client["headers"]),
        "{name}"
    );
    let last = proxy.world.last.borrow();
    let events: Vec<Value> = last
        .iter()
        .map(|last| serde_json::from_slice(last).unwrap())
        .collect();
    let kinds: Vec<&Value> = events.iter().map(|event| kind(&event["object"])).collect();
    let expected: Vec<&Value> = client.get("event").into_iter().collect();
    assert_eq!(kinds, expected, "{name}");
}
