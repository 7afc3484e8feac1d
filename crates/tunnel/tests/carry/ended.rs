//! How carrying ends.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::Request;
use hyper::body::Bytes;
use listener::{Ending, Times};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tunnel::{Answered, Component, Kind, Limits, Trust};

use crate::api::Api;
use crate::client::EXEC;
use crate::component::usual;
use crate::stack::{SHORT, Stack, tunnel_to};

/// Asserts that the API server's connection ends.
async fn ends(mut api: TcpStream) {
    // A reset connection has ended too.
    let _ = api.read_to_end(&mut Vec::new()).await;
}

#[tokio::test]
async fn a_client_that_is_gone_is_reported_with_what_it_had() {
    let mut stack = Stack::start().await;
    let (mut client, mut api) = stack.exec().await;
    client.stream.write_all(b"question").await.unwrap();
    api.write_all(b"an answer").await.unwrap();
    let mut answer = [0; 9];
    client.stream.read_exact(&mut answer).await.unwrap();
    let mut question = [0; 8];
    api.read_exact(&mut question).await.unwrap();
    drop(client);
    ends(api).await;
    let closed = stack.component.asked("closed").await;
    let expected = json!({
        "ticket": "the-ticket", "status": 101, "sent": 8, "received": 9,
        "milliseconds": closed["milliseconds"],
    });
    assert_eq!(closed, expected);
}

#[tokio::test]
async fn an_api_server_that_is_gone_ends_the_client() {
    let mut stack = Stack::start().await;
    let (mut client, api) = stack.exec().await;
    drop(api);
    assert!(client.rest().await.is_empty());
    drop(client);
    stack.component.asked("closed").await;
}

#[tokio::test]
async fn a_client_that_does_not_wait_for_the_api_server_is_reported() {
    let mut stack = Stack::start().await;
    let mut client = TcpStream::connect(stack.address).await.unwrap();
    client.write_all(EXEC.as_bytes()).await.unwrap();
    let api = stack.api.accept().await;
    drop(client);
    ends(api.stream).await;
    let closed = stack.component.asked("closed").await;
    assert_eq!(closed["status"], Value::Null);
}

#[tokio::test]
async fn the_component_stops_it() {
    let limits = Limits {
        look_every: SHORT,
        ..Limits::default()
    };
    let mut stack = Stack::with(limits).await;
    let (mut client, api) = stack.exec().await;
    assert_eq!(stack.component.asked("look").await["ticket"], "the-ticket");
    stack.component.answer(|message| match message.get("look") {
        Some(_) => Some((200, json!({ "go_on": false, "outcome": "session_ended" }))),
        None => Some((204, Value::Null)),
    });
    assert!(client.rest().await.is_empty());
    ends(api).await;
    let closed = stack.component.asked("closed").await;
    assert_eq!(
        (&closed["status"], &closed["outcome"]),
        (&json!(101), &json!("session_ended"))
    );
}

/// The second ticket holds the place that the component has meanwhile taken for the connection.
#[tokio::test]
async fn a_ticket_that_a_look_brings_takes_the_place_of_the_first() {
    let limits = Limits {
        look_every: SHORT,
        ..Limits::default()
    };
    let mut stack = Stack::with(limits).await;
    let origin = format!("http://{}", stack.api.address);
    stack
        .component
        .answer(move |message| match message.get("look") {
            Some(_) => Some((200, json!({ "go_on": true, "ticket": "another-ticket" }))),
            None => Some(usual(message, &origin)),
        });
    let (client, api) = stack.exec().await;
    for ticket in ["the-ticket", "another-ticket"] {
        assert_eq!(stack.component.asked("look").await["ticket"], ticket);
    }
    drop(client);
    ends(api).await;
    let closed = stack.component.asked("closed").await;
    assert_eq!(closed["ticket"], "another-ticket");
}

#[tokio::test]
async fn a_component_that_does_not_answer_stops_it() {
    let limits = Limits {
        look_every: SHORT,
        look_patience: 2 * SHORT,
        ..Limits::default()
    };
    for bad in [
        None,
        Some((404, json!({ "go_on": true }))),
        Some((200, json!({}))),
    ] {
        let mut stack = Stack::with(limits.clone()).await;
        let (mut client, api) = stack.exec().await;
        let origin = format!("http://{}", stack.api.address);
        stack
            .component
            .answer(move |message| match message.get("look") {
                Some(_) => bad.clone(),
                None => Some(usual(message, &origin)),
            });
        assert!(client.rest().await.is_empty());
        ends(api).await;
        assert_eq!(stack.component.asked("closed").await["outcome"], "cut_off");
    }
}

#[tokio::test]
async fn silence_ends_it() {
    let limits = Limits {
        idle: SHORT,
        ..Limits::default()
    };
    let mut stack = Stack::with(limits).await;
    let (mut client, api) = stack.exec().await;
    assert!(client.rest().await.is_empty());
    ends(api).await;
    assert_eq!(stack.component.asked("closed").await["outcome"], "cut_off");
}

#[tokio::test]
async fn it_ends_however_busy_it_is() {
    let limits = Limits {
        absolute: SHORT,
        ..Limits::default()
    };
    let mut stack = Stack::with(limits).await;
    let (mut client, mut api) = stack.exec().await;
    let busy = tokio::spawn(async move { while api.write_all(&[1; 1024]).await.is_ok() {} });
    assert!(!client.rest().await.is_empty());
    busy.await.unwrap();
    let closed = stack.component.asked("closed").await;
    assert!(closed["milliseconds"].as_u64().unwrap() >= 300, "{closed}");
    assert_eq!(closed["outcome"], "cut_off");
}

#[tokio::test]
async fn a_report_that_is_not_taken_is_repeated() {
    let mut stack = Stack::start().await;
    let (client, api) = stack.exec().await;
    let mut failures = 0;
    stack.component.answer(move |_| {
        failures += 1;
        Some((if failures < 3 { 503 } else { 204 }, Value::Null))
    });
    drop((client, api));
    let first = stack.component.asked("closed").await;
    for _ in 0..2 {
        assert_eq!(stack.component.asked("closed").await, first);
    }
}

#[tokio::test]
async fn a_tunnel_that_stops_lets_go_on_for_its_grace_and_reports() {
    struct Reports(Mutex<Vec<Value>>);

    impl Component for Reports {
        fn ask(&self, request: Request<Bytes>) -> Answered<'_> {
            let message: Value = serde_json::from_slice(request.body()).unwrap();
            let origin = message["open"]["headers"][0][1]
                .as_str()
                .unwrap_or_default();
            let (status, answer) = usual(&message, &format!("http://{origin}"));
            self.0.lock().unwrap().push(message);
            let response = http::Response::builder().status(status);
            let answer = Bytes::from(answer.to_string());
            Box::pin(async move { Ok(response.body(answer).unwrap()) })
        }

        fn write(&self, _: &str, _: &traces::Trace) {}
    }

    let api = Api::start().await;
    let origin = format!("http://{}", api.address);
    let tunnel = tunnel_to(&origin, Limits::default(), Trust::default());
    let tunnel = Arc::new(tunnel);
    let component = Arc::new(Reports(Mutex::default()));
    let request = || {
        let request = Request::get("/k8s/x").header("host", api.address.to_string());
        let request = request
            .header("connection", "upgrade")
            .header("upgrade", "websocket");
        request.body(()).unwrap()
    };
    let client = "192.0.2.1:1".parse().unwrap();
    let carrying = tokio::spawn({
        let (tunnel, component, request) = (tunnel.clone(), component.clone(), request());
        async move {
            tunnel
                .carry(Kind::Kubernetes, request, client, component)
                .await
        }
    });
    // The tunnel waits for the head until the grace period is over.
    let connection = api.accept().await;
    let ending = Ending::after(async {
        Times {
            closing: Duration::from_millis(50),
            ..Times::default()
        }
    });
    tunnel.end(&ending).await;
    assert_eq!(carrying.await.unwrap().status(), 503);
    let last = component.0.lock().unwrap().last().unwrap().clone();
    assert_eq!(last["closed"]["status"], Value::Null);
    ends(connection.stream).await;
    let refused = tunnel
        .carry(Kind::Kubernetes, request(), client, component)
        .await;
    assert_eq!(refused.status(), 503);
}
