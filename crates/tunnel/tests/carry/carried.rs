//! What is carried, and how.

use std::time::Duration;

use serde_json::json;
use sha2::{Digest, Sha256};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy, split};
use tokio::time::timeout;

use crate::api::SWITCHED;
use crate::client::{Client, EXEC};
use crate::stack::Stack;

const SPDY: &str = "POST /k8s/api/v1/namespaces/a/pods/p/portforward HTTP/1.1\r\n\
    Host: aks.example\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nContent-Length: 0\r\n\
    X-Stream-Protocol-Version: v4.channel.k8s.io\r\n\
    X-Stream-Protocol-Version: v3.channel.k8s.io\r\n\r\n";

#[tokio::test]
async fn the_component_is_asked_and_its_head_goes_to_the_api_server() {
    let mut stack = Stack::start().await;
    let api = async {
        let mut connection = stack.api.accept().await;
        connection.write(SWITCHED).await;
        connection
    };
    let (client, api) = tokio::join!(Client::send(stack.address, EXEC), api);
    let open = stack.component.asked("open").await;
    assert_eq!(open["method"], "GET");
    assert_eq!(
        open["target"],
        "/k8s/api/v1/namespaces/a/pods/p/exec?command=sh"
    );
    let client_address = client.stream.local_addr().unwrap().to_string();
    assert_eq!(open["client"], client_address);
    let headers = open["headers"].as_array().unwrap();
    let key = json!(["sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="]);
    assert!(headers.contains(&key), "{headers:?}");
    assert!(headers.contains(&json!(["authorization", "Bearer the-clients-own"])));
    assert!(
        api.head
            .starts_with("GET /api/v1/namespaces/a/pods/p/exec?command=sh HTTP/1.1\r\n"),
        "{}",
        api.head
    );
    assert_eq!(api.header("host"), [stack.api.address.to_string()]);
    assert_eq!(api.header("connection"), ["Upgrade"]);
    assert_eq!(api.header("upgrade"), ["websocket"]);
    assert_eq!(api.header("authorization"), ["Bearer the-aks-token"]);
    assert_eq!(api.header("sec-websocket-version"), ["13"]);
    assert_eq!(api.head.lines().count(), 9, "nothing else: {}", api.head);
    assert_eq!(client.status(), 101);
    assert_eq!(client.header("connection"), ["Upgrade"]);
    assert_eq!(client.header("upgrade"), ["websocket"]);
    assert_eq!(
        client.header("sec-websocket-accept"),
        ["s3pPLMBiTxaQ9kYGzzhZRbK+xOo="]
    );
    assert_eq!(
        client.header("sec-websocket-protocol"),
        ["v5.channel.k8s.io"]
    );
}

#[tokio::test]
async fn spdy_keeps_each_of_its_protocol_versions() {
    let mut stack = Stack::start().await;
    let api = async {
        let mut connection = stack.api.accept().await;
        connection
            .write(
                "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\
                 X-Stream-Protocol-Version: v4.channel.k8s.io\r\n\r\n",
            )
            .await;
        connection
    };
    let (client, api) = tokio::join!(Client::send(stack.address, SPDY), api);
    let versions = ["v4.channel.k8s.io", "v3.channel.k8s.io"];
    assert!(api.head.starts_with("POST /api/v1/"), "{}", api.head);
    assert_eq!(api.header("x-stream-protocol-version"), versions);
    assert_eq!(api.header("upgrade"), ["SPDY/3.1"]);
    assert_eq!(client.status(), 101);
    assert_eq!(client.header("upgrade"), ["SPDY/3.1"]);
    assert_eq!(client.header("x-stream-protocol-version"), &versions[..1]);
    let open = stack.component.asked("open").await;
    let headers = open["headers"].as_array().unwrap().iter();
    let offered = headers.filter(|header| header[0] == "x-stream-protocol-version");
    assert!(offered.map(|header| &header[1]).eq(versions.iter()));
}

#[tokio::test]
async fn bytes_right_behind_the_heads_are_not_lost() {
    let mut stack = Stack::start().await;
    let api = async {
        let mut connection = stack.api.accept().await;
        connection
            .write(&format!("{SWITCHED}from the server"))
            .await;
        let mut question = [0; 15];
        connection.stream.read_exact(&mut question).await.unwrap();
        assert_eq!(&question, b"from the client");
    };
    let request = format!("{EXEC}from the client");
    let (mut client, ()) = tokio::join!(Client::send(stack.address, &request), api);
    assert_eq!(client.rest().await, b"from the server");
    drop(client);
    let closed = stack.component.asked("closed").await;
    assert_eq!(
        (&closed["sent"], &closed["received"]),
        (&json!(15), &json!(15))
    );
}

#[tokio::test]
async fn ten_megabytes_come_back_as_they_went() {
    let mut stack = Stack::start().await;
    let (client, api) = stack.exec().await;
    let echo = tokio::spawn(async move {
        let (mut read, mut write) = split(api);
        copy(&mut read, &mut write).await.unwrap();
        write.shutdown().await.unwrap();
    });
    let sent: Vec<u8> = (0..10_000_000_u32)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    let (mut read, mut write) = split(client.stream);
    let mut received = Vec::new();
    let (written, read) = tokio::join!(
        async {
            write.write_all(&sent).await?;
            write.shutdown().await
        },
        read.read_to_end(&mut received)
    );
    written.unwrap();
    read.unwrap();
    assert_eq!(Sha256::digest(&received), Sha256::digest(&sent));
    echo.await.unwrap();
    let closed = stack.component.asked("closed").await;
    assert_eq!(closed["status"], 101);
    assert_eq!(closed["ticket"], "the-ticket");
    assert_eq!(
        (&closed["sent"], &closed["received"]),
        (&json!(10_000_000), &json!(10_000_000))
    );
}

#[tokio::test]
async fn a_client_that_does_not_read_holds_up_the_api_server() {
    let stack = Stack::start().await;
    let (mut client, mut api) = stack.exec().await;
    // Only socket buffers can hold it; a write that waits this long waits for the client.
    let patience = Duration::from_millis(500);
    let mut written = 0;
    while let Ok(bytes) = timeout(patience, api.write(&[7; 65_536])).await {
        written += bytes.unwrap();
        assert!(written < 64 << 20, "the tunnel takes everything");
    }
    drop(api);
    assert_eq!(client.rest().await.len(), written);
}
