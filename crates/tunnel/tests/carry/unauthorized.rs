//! Requests to upgrade whose token the API server refuses.

use serde_json::{Value, json};

use crate::api::SWITCHED;
use crate::client::{Client, EXEC};
use crate::component::{Answer, connect, usual};
use crate::stack::Stack;

const UNAUTHORIZED: &str = "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer a=\"b\"\r\n\
    WWW-Authenticate: Basic\r\nContent-Length: 2\r\n\r\nno";

/// A stack whose component answers a 401 by `answer`.
async fn stack(answer: impl Fn(&Value, &str) -> Answer + Send + 'static) -> Stack {
    let stack = Stack::start().await;
    let api = format!("http://{}", stack.api.address);
    stack
        .component
        .answer(move |message| match message.get("refused") {
            Some(refused) => answer(refused, &api),
            None => Some(usual(message, &api)),
        });
    stack
}

/// A verdict with another token and ticket.
fn again(refused: &Value, api: &str) -> Answer {
    let mut decision = connect(&refused["open"], api);
    decision["connect"]["headers"] = json!([["authorization", "Bearer another"]]);
    decision["connect"]["ticket"] = json!("another-ticket");
    Some((200, decision))
}

/// Sends an exec that is refused `times` times, and then switched if `switches`.
async fn refused(stack: &Stack, times: usize, switches: bool) -> (Client, Vec<String>) {
    let api = async {
        let mut tokens = Vec::new();
        for _ in 0..times {
            let mut connection = stack.api.accept().await;
            tokens.push(connection.header("authorization").concat());
            connection.write(UNAUTHORIZED).await;
        }
        if switches {
            let mut connection = stack.api.accept().await;
            tokens.push(connection.header("authorization").concat());
            connection.write(SWITCHED).await;
        }
        tokens
    };
    tokio::join!(stack.send(EXEC), api)
}

#[tokio::test]
async fn a_refused_token_is_replaced_once() {
    let mut stack = stack(again).await;
    let (client, tokens) = refused(&stack, 1, true).await;
    assert_eq!(client.status(), 101);
    assert_eq!(tokens, ["Bearer the-aks-token", "Bearer another"]);
    let asked = stack.component.asked("refused").await;
    assert_eq!(asked["ticket"], "the-ticket");
    assert_eq!(asked["challenges"], json!(["Bearer a=\"b\"", "Basic"]));
    assert_eq!(asked["open"]["method"], "GET");
    drop(client);
    let closed = stack.component.asked("closed").await;
    assert_eq!(
        (&closed["ticket"], &closed["status"]),
        (&json!("the-ticket"), &json!(101))
    );
}

/// Two questions at most, however often the API server refuses.
#[tokio::test]
async fn there_are_no_more_than_two_questions() {
    let mut stack = stack(again).await;
    let (mut client, tokens) = refused(&stack, 3, false).await;
    assert_eq!((client.status(), tokens.len()), (401, 3));
    assert_eq!(client.rest().await, b"no");
    for ticket in ["the-ticket", "another-ticket"] {
        assert_eq!(stack.component.asked("refused").await["ticket"], ticket);
    }
    assert_eq!(stack.component.asked("closed").await["status"], 401);
}

#[tokio::test]
async fn what_the_component_says_instead_is_what_the_client_gets() {
    let answer = json!({ "answer": { "status": 403, "headers": [["x-a", "b"]], "body": "why" } });
    let mut stack = stack(move |_, _| Some((200, answer.clone()))).await;
    let (mut client, _) = refused(&stack, 1, false).await;
    assert_eq!((client.status(), client.header("x-a")), (403, vec!["b"]));
    assert_eq!(client.rest().await, b"why");
    let closed = stack.component.asked("closed").await;
    assert_eq!(
        (&closed["ticket"], &closed["status"]),
        (&json!("the-ticket"), &json!(403))
    );
}

#[tokio::test]
async fn the_answer_is_passed_on_if_the_component_says_so_or_nothing() {
    for said in [
        Some((200, json!({ "pass": {} }))),
        Some((500, Value::Null)),
        Some((200, json!({ "what": {} }))),
    ] {
        let stack = stack(move |_, _| said.clone()).await;
        let (mut client, _) = refused(&stack, 1, false).await;
        assert_eq!(client.status(), 401);
        assert_eq!(client.header("www-authenticate").len(), 2);
        assert_eq!(client.rest().await, b"no");
    }
}
