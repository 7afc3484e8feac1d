//! Runs the table of conversations (`crates/verdict/conversations.json`) against the native carrier. The
//! component answers as the table says, and the client must get what the table expects.

use std::collections::VecDeque;
use std::sync::Arc;

use base64ct::{Base64, Encoding};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::api::read_head;
use crate::direct::{Direct, Scripted};

const TABLE: &str = include_str!("../../../verdict/conversations.json");
const OF_APPS: &str = include_str!("../../../verdict/conversations-of-apps.json");
/// The placeholders of the tables for the API server and an app.
const ORIGIN: &str = "https://api.example:6443";
const APP: &str = "http://podinfo.svc:9898";
/// The event that a watch gets before it ends.
const EVENT: &str = "{\"type\":\"ADDED\"}\n";

/// `usual`, with the changes of `row`.
fn merged(usual: &Value, row: &Value) -> Value {
    let (Value::Object(usual), Value::Object(row)) = (usual, row) else {
        return row.clone();
    };
    let mut all = usual.clone();
    for (name, value) in row {
        let old = usual.get(name).unwrap_or(&Value::Null);
        all.insert(name.clone(), merged(old, value));
    }
    Value::Object(all)
}

/// The component's `Status` for this kind of problem.
fn status(kind: &Value) -> Value {
    json!({ "kind": "Status", "details": { "causes": [{ "reason": kind }] } })
}

/// One of the component's answers.
fn answer(written: &Value) -> Value {
    json!({ "answer": {
        "status": written["status"],
        "headers": [["content-type", "application/json"]],
        "body": status(&written["kind"]).to_string(),
    }})
}

/// A verdict of the table, with a ticket, and with times that a test can wait for.
fn verdict(usual: &Value, written: &Value) -> Value {
    if written.get("answer").is_some() {
        return answer(&written["answer"]);
    }
    if written.get("connect").is_none() {
        return written.clone();
    }
    let mut verdict = merged(usual, written);
    let connect = &mut verdict["connect"];
    connect["ticket"] = json!("the-ticket");
    connect["plain"]["audit"]["request_id"] = json!("r");
    connect["plain"]["looks"] = json!({ "every": 100, "patience": 300 });
    verdict
}

/// The component's answers in one conversation.
struct Script {
    verdict: Value,
    second: Option<Value>,
    client: Value,
    looks: VecDeque<(u16, Value)>,
}

impl Script {
    fn of(row: &Value, usual: &Value) -> Self {
        let mut silent = verdict(usual, &row["verdict"]);
        if row["client"]["fault"] == "silent" {
            silent["connect"]["plain"]["limits"]["answer"] = json!(200);
        }
        Self {
            verdict: silent,
            second: row.get("second").map(|second| verdict(usual, second)),
            client: row["client"].clone(),
            looks: looks(row),
        }
    }

    fn says(&mut self, message: &Value) -> (u16, Value) {
        if message.get("open").is_some() {
            assert_eq!(message["open"]["plain"], true);
            return (200, self.verdict.clone());
        }
        if message.get("refused").is_some() {
            let second = self.second.take();
            return (200, second.unwrap_or_else(|| answer(&self.client)));
        }
        if message.get("failed").is_some() {
            return (200, answer(&self.client));
        }
        if message.get("look").is_some() {
            return self.looks.pop_front().unwrap_or((503, Value::Null));
        }
        (204, Value::Null)
    }
}

/// The answers to looks in order; the table has the last one.
fn looks(row: &Value) -> VecDeque<(u16, Value)> {
    let happens = row["meanwhile"].as_array().cloned().unwrap_or_default();
    let mut looks: VecDeque<_> = happens
        .iter()
        .map(|what| match what.as_str().unwrap() {
            "store_away" => (503, Value::Null),
            _ => (200, json!({ "go_on": true })),
        })
        .collect();
    let Some(looked) = row.get("looked") else {
        return looks;
    };
    looks.pop_back();
    let mut last = json!({ "go_on": looked["go_on"], "outcome": looked.get("outcome") });
    if let Some(kind) = looked.get("event") {
        let event = json!({ "type": "ERROR", "object": status(kind) });
        last["last"] = json!(Base64::encode_string(format!("\n{event}\n").as_bytes()));
    }
    if looked.get("kind").is_some() {
        last["answer"] = answer(looked)["answer"].clone();
    }
    looks.push_back((200, last));
    looks
}

/// Plays the API server of a row; returns the heads that it got.
async fn serves(listener: TcpListener, row: Value, component: Arc<Scripted>) -> Vec<String> {
    let mut heads = Vec::new();
    let answers = row["answers"].as_array().cloned().unwrap_or_default();
    for (at, answer) in answers.iter().enumerate() {
        let (mut stream, _) = listener.accept().await.unwrap();
        let head = read_head(&mut stream).await;
        let begun = row["request"]["body"].as_str().unwrap_or_default();
        read_body(&mut stream, &head, begun.len()).await;
        heads.push(head);
        match &answer["fault"] {
            Value::Null => {}
            Value::String(_) => {
                // It stays silent until the request is cancelled.
                let _ = stream.read_u8().await;
                continue;
            }
            _ => continue,
        }
        let is_last = at + 1 == answers.len();
        let lasts = is_last && (row["end"].is_string() || row["meanwhile"].is_array());
        let mut text = format!("HTTP/1.1 {} X\r\nconnection: close\r\n", answer["status"]);
        for header in answer["headers"].as_array().unwrap() {
            text += &format!(
                "{}: {}\r\n",
                header[0].as_str().unwrap(),
                header[1].as_str().unwrap()
            );
        }
        text += match lasts {
            true => "transfer-encoding: chunked\r\n\r\n11\r\n",
            false => "content-length: 0\r\n\r\n",
        };
        stream.write_all(text.as_bytes()).await.unwrap();
        if lasts {
            stream.write_all(EVENT.as_bytes()).await.unwrap();
            stream.write_all(b"\r\n").await.unwrap();
            if ends_itself(&row) {
                while component.asked("look").len() < row["meanwhile"].as_array().unwrap().len() {
                    tokio::task::yield_now().await;
                }
                stream.write_all(b"0\r\n\r\n").await.unwrap();
            } else if row["end"] != "cut_off" {
                let _ = stream.read_u8().await;
            }
        }
    }
    heads
}

/// Whether an answer that lasts is complete.
fn ends_itself(row: &Value) -> bool {
    row["meanwhile"].is_array() && row["audit"]["outcome"] == "ok"
}

/// Reads the available part of a body of known length, at least `begun` bytes.
async fn read_body(stream: &mut TcpStream, head: &str, begun: usize) {
    let length = crate::api::header(head, "content-length");
    let length: usize = length.first().map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length.min(begun)];
    stream.read_exact(&mut body).await.unwrap();
}

/// The client's request, byte for byte.
fn request(asked: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let host = match text(&asked["host"]) {
        host if host.is_empty() => "aks.example".to_owned(),
        host => host,
    };
    let mut request = format!(
        "{} {} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n",
        text(&asked["method"]),
        text(&asked["target"])
    );
    let headers = asked["headers"].as_array().unwrap();
    for header in headers {
        request += &format!("{}: {}\r\n", text(&header[0]), text(&header[1]));
    }
    let body = text(&asked["body"]);
    let has_length = headers.iter().any(|header| header[0] == "content-length");
    match body.is_empty() || has_length {
        true => request + "\r\n" + &body,
        false => {
            let length = body.len();
            request
                + &format!("transfer-encoding: chunked\r\n\r\n{length:x}\r\n{body}\r\n0\r\n\r\n")
        }
    }
}

/// The headers of a head, except those of the framing.
fn headers(head: &str) -> Vec<(String, String)> {
    const FRAMING: [&str; 5] = [
        "connection",
        "content-length",
        "date",
        "host",
        "transfer-encoding",
    ];
    let lines = head.lines().filter_map(|line| line.split_once(": "));
    let mut headers: Vec<_> = lines
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .filter(|(name, _)| !FRAMING.contains(&name.as_str()))
        .collect();
    headers.sort();
    headers
}

/// The headers in the table.
fn written(headers: &Value) -> Vec<(String, String)> {
    let mut headers: Vec<(String, String)> = serde_json::from_value(headers.clone()).unwrap();
    headers.retain(|(name, _)| name != "content-length");
    headers.sort();
    headers
}

#[tokio::test]
async fn what_the_native_carrier_carries_is_what_the_table_says() {
    carries(TABLE, ORIGIN).await;
}

#[tokio::test]
async fn it_is_what_the_table_of_apps_says_too() {
    carries(OF_APPS, APP).await;
}

async fn carries(table: &str, server: &str) {
    let table: Value = serde_json::from_str(table).unwrap();
    let rows = table["conversations"].as_array().unwrap();
    assert!(rows.len() > 8);
    for row in rows {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let here = |value: &Value| -> Value {
            serde_json::from_str(&value.to_string().replace(server, &origin)).unwrap()
        };
        let (row, usual) = (here(row), here(&table["usual"]));
        converses(listener, &origin, &row, &usual).await;
    }
}

async fn converses(listener: TcpListener, origin: &str, row: &Value, usual: &Value) {
    let name = &row["name"];
    let mut script = Script::of(row, usual);
    let component = Scripted::new(move |message| script.says(message));
    let direct = Direct::to(origin, component.clone()).await;
    let api = tokio::spawn(serves(listener, row.clone(), component.clone()));
    let mut client = TcpStream::connect(direct.address).await.unwrap();
    client
        .write_all(request(&row["request"]).as_bytes())
        .await
        .unwrap();
    if row["request"]["body_is_cut_off"] == true {
        client.shutdown().await.unwrap();
        expect_fault(row, &component).await;
        return;
    }
    let head = read_head(&mut client).await;
    let mut body = Vec::new();
    if row["end"] == "client_gone" {
        client.read_u8().await.unwrap();
        drop(client);
    } else {
        client.read_to_end(&mut body).await.unwrap();
    }
    let client = &row["client"];
    let code = head.split(' ').nth(1).unwrap();
    assert_eq!(code, client["status"].to_string(), "{name}: {head}");
    if let Some(kind) = client.get("kind") {
        let told: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(&told["details"]["causes"][0]["reason"], kind, "{name}");
        assert!(component.lines().is_empty(), "{name}");
        expect_fault(row, &component).await;
    } else {
        assert_eq!(headers(&head), written(&client["headers"]), "{name}");
        expect_end(row, &String::from_utf8(body).unwrap());
        let line = component.line().await;
        for (field, value) in row["audit"].as_object().unwrap() {
            if ["credential", "oid", "tid", "upn"].contains(&field.as_str()) {
                continue;
            }
            assert_eq!(&line[field], value, "{name}: {line}");
        }
    }
    expect_sent(row, usual, &api.await.unwrap());
    expect_closed(row, usual, &component).await;
}

/// Asserts that the client can see how its answer ended.
fn expect_end(row: &Value, body: &str) {
    let name = &row["name"];
    let is_whole = body.ends_with("0\r\n\r\n");
    match (row["audit"]["outcome"].as_str().unwrap(), row.get("looked")) {
        ("client_gone", _) => {}
        (_, Some(looked)) if looked.get("event").is_some() => {
            assert!(body.contains(r#""type":"ERROR""#), "{name}: {body}");
            assert!(is_whole, "{name}: {body}");
        }
        ("ok", _) if ends_itself(row) => {
            assert!(body.contains("ADDED") && is_whole, "{name}: {body}");
        }
        ("ok", _) => assert_eq!(body, "", "{name}"),
        _ => assert!(body.contains("ADDED") && !is_whole, "{name}: {body}"),
    }
}

/// Asserts that the component was asked about the fault.
async fn expect_fault(row: &Value, component: &Arc<Scripted>) {
    let Some(fault) = row["client"].get("fault") else {
        return assert!(component.asked("failed").is_empty(), "{}", row["name"]);
    };
    let failed = loop {
        if let Some(failed) = component.asked("failed").pop() {
            break failed;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(failed["ticket"], "the-ticket");
    match fault["unreachable"].as_str() {
        Some(why) if why != "refused" => assert_eq!(&failed["fault"], fault, "{}", row["name"]),
        // Each carrier words this in its own way.
        Some(_) => assert!(failed["fault"]["unreachable"].is_string()),
        None => assert_eq!(&failed["fault"], fault, "{}", row["name"]),
    }
}

/// Asserts that the sent heads are those that were decided, to the last header.
fn expect_sent(row: &Value, usual: &Value, heads: &[String]) {
    let verdicts = [Some(&row["verdict"]), row.get("second")];
    for (head, written_verdict) in heads.iter().zip(verdicts.into_iter().flatten()) {
        let connect = &merged(usual, written_verdict)["connect"];
        let line = format!(
            "{} {} HTTP/1.1",
            connect["method"].as_str().unwrap(),
            connect["target"].as_str().unwrap()
        );
        assert_eq!(head.lines().next().unwrap(), line, "{}", row["name"]);
        assert_eq!(
            headers(head),
            written(&connect["headers"]),
            "{}",
            row["name"]
        );
    }
}

/// Asserts that a held place is given back once, and no other.
async fn expect_closed(row: &Value, usual: &Value, component: &Arc<Scripted>) {
    let verdict = merged(usual, &row["verdict"]);
    let holds = verdict["connect"]["plain"]["holds_place"] == true;
    // The component itself gives the place back when it is asked about a fault. After a second verdict it has
    // none.
    let is_failed = row["client"].get("fault").is_some();
    let second = row.get("second").and_then(|second| second.get("connect"));
    let gives_up = second.is_some_and(|connect| connect["plain"]["holds_place"] != true);
    if verdict.get("connect").is_none() || !holds || is_failed || gives_up {
        assert!(component.asked("closed").is_empty(), "{}", row["name"]);
        return;
    }
    while component.asked("closed").is_empty() {
        tokio::task::yield_now().await;
    }
    let closed = component.asked("closed");
    assert_eq!(closed.len(), 1, "{}", row["name"]);
    assert_eq!(closed[0]["ticket"], "the-ticket");
}
