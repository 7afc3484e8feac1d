//! One client address has half of what there is, until the component knows who asks.

use http::header::CONTENT_LENGTH;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tunnel::Limits;

use crate::client::{Client, EXEC, connect_from};
use crate::component::usual;
use crate::stack::Stack;

const PODS: &str = "GET /k8s/api/v1/pods?watch=1 HTTP/1.1\r\nHost: aks.example\r\n\r\n";
const PAGE: &str = "GET /nowhere HTTP/1.1\r\nHost: aks.example\r\n\r\n";

/// A tunnel with so many places of each kind.
async fn start(places: usize) -> Stack {
    Stack::with(Limits {
        connections: places,
        requests: places,
        ..Limits::default()
    })
    .await
}

/// The status of the answer to `request` from the loopback address that ends in `host`.
async fn status(stack: &Stack, host: u8, request: &str) -> u16 {
    let client = Client::send_from(host, stack.address, request.as_bytes());
    client.await.status()
}

/// No credential is shown while the component is asked.
#[tokio::test]
async fn who_has_shown_no_credential_leaves_places_to_the_others() {
    for (request, refused) in [(EXEC, 503), (PODS, 429)] {
        let mut stack = start(2).await;
        stack.component.answer(|message| {
            let client = message["open"]["client"].as_str()?;
            let answer = json!({ "status": 401, "headers": [], "body": "" });
            let is_other = !client.starts_with("127.0.0.1:");
            is_other.then(|| (200, json!({ "answer": answer })))
        });
        let mut undecided = connect_from(1, stack.address).await;
        undecided.write_all(request.as_bytes()).await.unwrap();
        stack.component.asked("open").await;
        assert_eq!(status(&stack, 1, request).await, refused);
        assert_eq!(status(&stack, 2, request).await, 401);
    }
}

/// The statuses for three requests at once from one address, where there are four places.
async fn of_three(request: &str, is_known: bool) -> Vec<u16> {
    let stack = start(4).await;
    let origin = format!("http://{}", stack.api.address);
    stack.component.answer(move |message| {
        let (status, mut verdict) = usual(message, &origin);
        if let Some(connect) = verdict.get_mut("connect") {
            connect["is_known"] = Value::Bool(is_known);
        }
        Some((status, verdict))
    });
    let serves = async {
        let mut held = Vec::new();
        loop {
            let mut connection = stack.api.accept().await;
            let begins = match request {
                EXEC => crate::api::SWITCHED,
                _ => "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
            };
            connection.write(begins).await;
            held.push(connection);
        }
    };
    let asks = async {
        let mut held = Vec::new();
        for _ in 0..3 {
            held.push(stack.send(request).await);
        }
        held.iter().map(Client::status).collect()
    };
    tokio::select! {
        statuses = asks => statuses,
        () = serves => unreachable!("it serves for ever"),
    }
}

/// Many people may come from one address. The component counts what each of them holds.
#[tokio::test]
async fn whom_the_component_knows_takes_nothing_of_the_addresss_share() {
    assert_eq!(of_three(EXEC, true).await, [101, 101, 101]);
    assert_eq!(of_three(PODS, true).await, [200, 200, 200]);
}

/// With a token of their own, they may be strangers for as long as the API server has not answered.
#[tokio::test]
async fn whom_it_does_not_know_has_half() {
    assert_eq!(of_three(EXEC, false).await, [101, 101, 503]);
    assert_eq!(of_three(PODS, false).await, [200, 200, 429]);
}

/// Each request that the component answers takes a connection to it.
#[tokio::test]
async fn one_client_leaves_the_component_to_the_others() {
    let stack = start(2).await;
    let upload = format!("POST /echo HTTP/1.1\r\nHost: h\r\n{CONTENT_LENGTH}: 5\r\n\r\n1");
    let held = stack.send(&upload).await;
    assert_eq!(held.status(), 200);
    assert_eq!(status(&stack, 1, PAGE).await, 429);
    assert_eq!(status(&stack, 2, PAGE).await, 404);
    // What is carried has places of its own.
    let _exec = stack.exec().await;
    drop(held);
    while status(&stack, 1, PAGE).await != 404 {}
}
