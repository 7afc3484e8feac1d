//! The bounds: how many requests are carried, how much waits for a slow reader, how long a body may be.

use std::sync::Arc;
use std::time::Duration;

use http::{Method, Request};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tunnel::{Limits, Trust};

use crate::api::read_head;
use crate::asking::{Asking, BOTH, Speaks, read};
use crate::direct::{Direct, Scripted, connect};
use crate::stack::has;

const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";

/// A component that has all requests carried to `origin`, with bodies of at most 100,000 bytes, and answers
/// faults.
fn component(origin: &str) -> Arc<Scripted> {
    let origin = origin.to_owned();
    Scripted::new(move |message| {
        if let Some(open) = message.get("open") {
            let mut verdict = connect(open, &origin);
            verdict["connect"]["plain"]["body"]["most"] = json!(100_000);
            verdict["connect"]["plain"]["body"]["at_once"] = json!(50);
            return (200, verdict);
        }
        if message.get("look").is_some() {
            return (200, json!({ "go_on": true, "ticket": "with-a-place" }));
        }
        let Some(failed) = message.get("failed") else {
            return (204, Value::Null);
        };
        let body = failed["fault"].to_string();
        let answer = json!({ "status": 400, "headers": [], "body": body });
        (200, json!({ "answer": answer }))
    })
}

async fn api() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    (listener, origin)
}

fn get() -> Request<Full<Bytes>> {
    Request::get("/k8s/api").body(Full::default()).unwrap()
}

#[tokio::test]
async fn as_many_are_carried_as_may_be_and_no_more() {
    let (api, origin) = api().await;
    let limits = Limits {
        requests: 1,
        ..Limits::default()
    };
    let direct = Direct::with(&origin, component(&origin), limits, Trust::default()).await;
    let mut first = Asking::to(direct.address, Speaks::Http1).await;
    let serves = async {
        let (mut stream, _) = api.accept().await.unwrap();
        read_head(&mut stream).await;
        let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
        stream.write_all(head.as_bytes()).await.unwrap();
        stream
    };
    let (watch, _stream) = tokio::join!(first.send(get()), serves);
    let watch = watch.unwrap();
    let mut second = Asking::to(direct.address, Speaks::Http2).await;
    let refused = read(second.send(get()).await.unwrap()).await;
    assert_eq!(refused.status, 429);
    assert_eq!(refused.headers["retry-after"], "1");
    let told: Value = serde_json::from_slice(&refused.body).unwrap();
    assert_eq!(told["reason"], "TooManyRequests");
    for line in [
        "aks_oauth_proxy_tunnel_requests_refused_total 1",
        "aks_oauth_proxy_tunnel_requests_carried 1",
        "aks_oauth_proxy_tunnel_requests_carried_limit 1",
        r#"aks_oauth_proxy_tunnel_requests_total{to="api_server",status="4xx"} 1"#,
    ] {
        assert!(has(&direct.counts, line), "{line}");
    }
    assert_eq!(direct.component.asked("open").len(), 1);
    drop((watch, first));
    while !has(&direct.counts, "aks_oauth_proxy_tunnel_requests_carried 0") {
        tokio::task::yield_now().await;
    }
    assert_eq!(direct.component.line().await["outcome"], "client_gone");
}

#[tokio::test]
async fn a_reader_that_waits_holds_up_the_server() {
    for speaks in BOTH {
        let (api, origin) = api().await;
        let direct = Direct::to(&origin, component(&origin)).await;
        let mut asking = Asking::to(direct.address, speaks).await;
        let serves = async {
            let (mut stream, _) = api.accept().await.unwrap();
            read_head(&mut stream).await;
            let head = "HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\n";
            stream.write_all(head.as_bytes()).await.unwrap();
            let (piece, mut taken) = (vec![b'x'; 1 << 16], 0);
            while let Ok(written) = timeout(Duration::from_secs(1), stream.write(&piece)).await {
                taken += written.unwrap();
            }
            (taken, stream)
        };
        let (answer, (taken, mut stream)) = tokio::join!(asking.send(get()), serves);
        // The buffers of two sockets and the read-ahead, not all that the server would send.
        assert!(taken < 64 << 20, "{speaks:?}: {taken}");
        let mut body = answer.unwrap().into_body();
        let mut read = 0;
        let reads = async {
            while read < taken + (1 << 20) {
                read += body
                    .frame()
                    .await
                    .unwrap()
                    .unwrap()
                    .into_data()
                    .unwrap()
                    .len();
            }
        };
        let goes_on = async { while stream.write_all(&[b'x'; 1 << 16]).await.is_ok() {} };
        tokio::select! {
            () = reads => {}
            () = goes_on => {}
        }
        assert!(read > taken, "{speaks:?}");
    }
}

/// Sends a body of `length` in pieces, without announcing its length.
async fn upload(stream: &mut TcpStream, length: usize) {
    let head = "POST /k8s/api HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut left = length;
    while left > 0 {
        let piece = left.min(10_000);
        let text = format!("{piece:x}\r\n{}\r\n", "x".repeat(piece));
        if stream.write_all(text.as_bytes()).await.is_err() {
            return;
        }
        left -= piece;
    }
}

#[tokio::test]
async fn a_body_that_comes_as_it_likes_has_a_place_and_an_end() {
    let (api, origin) = api().await;
    for (length, ends, fault) in [
        (90_000, true, None),
        (90_000, false, Some("body_cut_off")),
        (120_000, true, Some("body_too_long")),
    ] {
        let component = component(&origin);
        let direct = Direct::to(&origin, component.clone()).await;
        let mut client = TcpStream::connect(direct.address).await.unwrap();
        let serves = async {
            let (mut stream, _) = api.accept().await.unwrap();
            let head = read_head(&mut stream).await;
            assert!(head.contains("transfer-encoding: chunked"), "{head}");
            let mut body = Vec::new();
            while !body.ends_with(b"\r\n0\r\n\r\n") {
                let mut piece = [0; 4096];
                match stream.read(&mut piece).await.unwrap_or_default() {
                    0 => return false,
                    read => body.extend_from_slice(&piece[..read]),
                }
            }
            stream.write_all(OK).await.unwrap();
            true
        };
        let sends = async {
            upload(&mut client, length).await;
            match ends {
                true => client.write_all(b"0\r\n\r\n").await.unwrap_or_default(),
                false => client.shutdown().await.unwrap(),
            }
        };
        let (is_whole, ()) = tokio::join!(serves, sends);
        assert_eq!(is_whole, fault.is_none(), "{length} {ends}");
        let looks = component.asked("look");
        assert_eq!(looks[0]["stage"], "sending");
        match fault {
            None => assert_eq!(component.line().await["sent"], length),
            Some(fault) => {
                while component.asked("failed").is_empty() && component.lines().is_empty() {
                    tokio::task::yield_now().await;
                }
                // The peer that ends the connection may be gone before it can be answered.
                if let Some(failed) = component.asked("failed").first() {
                    assert_eq!(failed["fault"], fault);
                    assert_eq!(failed["ticket"], "with-a-place");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_short_body_that_is_slow_takes_a_place_and_is_read_on() {
    let (api, origin) = api().await;
    let component = component(&origin);
    let direct = Direct::to(&origin, component.clone()).await;
    let mut client = TcpStream::connect(direct.address).await.unwrap();
    let head = "POST /k8s/api HTTP/1.1\r\nhost: h\r\ncontent-length: 4\r\n\r\nbo";
    client.write_all(head.as_bytes()).await.unwrap();
    while component.asked("look").is_empty() {
        tokio::task::yield_now().await;
    }
    client.write_all(b"dy").await.unwrap();
    let (mut stream, _) = api.accept().await.unwrap();
    let head = read_head(&mut stream).await;
    assert!(head.contains("content-length: 4"), "{head}");
    let mut body = [0; 4];
    stream.read_exact(&mut body).await.unwrap();
    assert_eq!(&body, b"body");
    stream.write_all(OK).await.unwrap();
    read_head(&mut client).await;
    assert_eq!(component.line().await["sent"], 4);
    while component.asked("closed").is_empty() {
        tokio::task::yield_now().await;
    }
    assert_eq!(component.asked("closed")[0]["ticket"], "with-a-place");
}

#[tokio::test]
async fn any_method_may_have_a_body_and_an_answer_none() {
    let (api, origin) = api().await;
    let direct = Direct::to(&origin, component(&origin)).await;
    for method in [Method::GET, Method::DELETE, Method::PATCH] {
        let mut asking = Asking::to(direct.address, Speaks::Http2).await;
        let request = Request::builder().method(method.clone()).uri("/k8s/api");
        let request = request.body(Full::from("body")).unwrap();
        let serves = async {
            let (mut stream, _) = api.accept().await.unwrap();
            let head = read_head(&mut stream).await;
            assert!(head.starts_with(method.as_str()), "{head}");
            assert!(head.contains("content-length: 4"), "{head}");
            let mut body = [0; 4];
            stream.read_exact(&mut body).await.unwrap();
            let none =
                b"HTTP/1.1 304 Not Modified\r\ncontent-length: 9\r\nconnection: close\r\n\r\n";
            stream.write_all(none).await.unwrap();
        };
        let (answer, ()) = tokio::join!(asking.send(request), serves);
        let heard = read(answer.unwrap()).await;
        assert_eq!((heard.status.as_u16(), heard.is_whole), (304, true));
    }
}
