//! Faults of an API server, and what the client gets.

use std::sync::Arc;

use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::task::AbortOnDropHandle;

use crate::api::read_head;
use crate::asking::{BOTH, get};
use crate::direct::{Direct, Scripted, connect};

/// An API server that answers each connection so and then does what `after` says.
struct Faulty {
    origin: String,
    _server: AbortOnDropHandle<()>,
}

/// What happens after the last byte.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum After {
    Closes,
    Resets,
    /// Sends these bytes for ever.
    Floods(&'static [u8]),
    Nothing,
}

use After::{Closes, Floods, Nothing, Resets};

impl Faulty {
    async fn start(says: &'static str, after: After) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let server = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(play(stream, says, after));
            }
        });
        Self {
            origin,
            _server: AbortOnDropHandle::new(server),
        }
    }
}

async fn play(mut stream: TcpStream, says: &'static str, after: After) {
    read_head(&mut stream).await;
    stream.write_all(says.as_bytes()).await.unwrap();
    match after {
        Closes => {}
        Resets => stream.set_zero_linger().unwrap(),
        Floods(bytes) => {
            let many = bytes.repeat(100);
            while stream.write_all(&many).await.is_ok() {}
        }
        Nothing => std::future::pending().await,
    }
}

/// A component that has all requests carried to `origin`, with half a second for an answer, and answers
/// faults.
pub(crate) fn component(origin: &str) -> Arc<Scripted> {
    let origin = origin.to_owned();
    Scripted::new(move |message| {
        if let Some(open) = message.get("open") {
            let mut verdict = connect(open, &origin);
            verdict["connect"]["plain"]["limits"]["answer"] = json!(500);
            return (200, verdict);
        }
        let Some(failed) = message.get("failed") else {
            return (204, Value::Null);
        };
        let status = match failed["fault"].as_str() {
            Some("silent") => 504,
            _ => 503,
        };
        let body = failed["fault"].to_string();
        let answer = json!({ "status": status, "headers": [], "body": body });
        (200, json!({ "answer": answer }))
    })
}

#[tokio::test]
async fn what_breaks_before_its_head_is_the_components_to_tell() {
    for (says, after, status) in [
        ("", Closes, 503),
        ("", Resets, 503),
        ("", Nothing, 504),
        ("SSH-2.0-OpenSSH_9.2\r\n\r\n", Closes, 503),
        ("HTTP/1.1 200 OK\r\ncontent-ty", Closes, 503),
        ("HTTP/1.1 200 OK\r\ncontent-ty", Nothing, 504),
        ("HTTP/1.1 OK\r\n\r\n", Closes, 503),
        ("HTTP/1.1 200 OK\r\nno header\r\n\r\n", Closes, 503),
        (
            "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}}",
            Closes,
            503,
        ),
        (
            "HTTP/1.1 200 OK\r\ncontent-length: -2\r\n\r\n{}",
            Closes,
            503,
        ),
        (
            "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\nx",
            Nothing,
            503,
        ),
        ("HTTP/1.1 200 OK\r\n", Floods(b"x-more: and more\r\n"), 503),
        ("HTTP/1.1 ", Floods(b"2"), 503),
        ("", Floods(b"HTTP/1.1 103 Early Hints\r\n\r\n"), 504),
    ] {
        for speaks in BOTH {
            let api = Faulty::start(says, after).await;
            let component = component(&api.origin);
            let direct = Direct::to(&api.origin, component.clone()).await;
            let heard = get(direct.address, speaks, "/k8s/api/v1/pods").await;
            let case = format!("{says:?} {after:?} {speaks:?}: {}", heard.text());
            assert_eq!(heard.status, status, "{case}");
            assert_eq!(component.asked("failed").len(), 1, "{case}");
            assert_eq!(component.asked("open").len(), 1, "{case}");
            assert!(component.lines().is_empty(), "{case}");
        }
    }
}

#[tokio::test]
async fn a_cut_is_a_cut_wherever_it_comes() {
    for (says, after, whole) in [
        ("content-length: 9\r\n\r\nhalf", Closes, None),
        ("content-length: 9\r\n\r\nhalf", Resets, None),
        (
            "transfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n",
            Closes,
            None,
        ),
        (
            "transfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n",
            Resets,
            None,
        ),
        ("transfer-encoding: chunked\r\n\r\n9\r\nhalf", Closes, None),
        (
            "transfer-encoding: chunked\r\n\r\n4\r\nhalf\r\nno size\r\n",
            Nothing,
            None,
        ),
        (
            "transfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n0",
            Closes,
            None,
        ),
        (
            "transfer-encoding: chunked\r\n\r\n4\r\nhalfmore",
            Nothing,
            None,
        ),
        // The bytes after it belong to no answer.
        (
            "content-length: 4\r\n\r\nhalfHTTP/1.1 200 OK\r\n\r\n",
            Closes,
            Some("half"),
        ),
        (
            "transfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n0\r\n\r\nmore",
            Closes,
            Some("half"),
        ),
        // `Transfer-Encoding` overrides it.
        (
            "content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n0\r\n\r\n",
            Closes,
            Some("half"),
        ),
        (
            "content-length: 4\r\ncontent-encoding: gzip\r\n\r\nhalf",
            Closes,
            Some("half"),
        ),
    ] {
        for speaks in BOTH {
            let said = format!("HTTP/1.1 200 OK\r\n{says}").leak();
            let api = Faulty::start(said, after).await;
            let component = component(&api.origin);
            let direct = Direct::to(&api.origin, component.clone()).await;
            let heard = get(direct.address, speaks, "/k8s/api/v1/pods").await;
            let case = format!("{says:?} {after:?} {speaks:?}: {}", heard.text());
            assert_eq!(heard.status, 200, "{case}");
            assert_eq!(heard.is_whole, whole.is_some(), "{case}");
            let length = heard.headers.get("content-length");
            if says.contains("chunked") {
                assert_eq!(length, None, "{case}");
            }
            if let Some(whole) = whole {
                assert_eq!(heard.text(), whole, "{case}");
            }
            let line = component.line().await;
            let outcome = if whole.is_some() { "ok" } else { "cut_off" };
            assert_eq!(line["outcome"], outcome, "{case}");
        }
    }
}

#[tokio::test]
async fn a_component_that_says_nothing_of_use_is_a_503_and_too_much_to_do_is_a_429() {
    for (status, says, code) in [
        (200, json!("nonsense"), 503),
        (200, json!({ "pass": {} }), 503),
        (404, Value::Null, 503),
        (
            500,
            json!({ "answer": { "status": 200, "headers": [], "body": "" } }),
            503,
        ),
        (
            200,
            json!({ "answer": { "status": 101, "headers": [], "body": "" } }),
            503,
        ),
        (503, Value::Null, 429),
    ] {
        let answer = (status, says.clone());
        let component = Scripted::new(move |_| answer.clone());
        let direct = Direct::to("http://127.0.0.1:9", component).await;
        for speaks in BOTH {
            let heard = get(direct.address, speaks, "/k8s/api/v1/pods").await;
            assert_eq!(heard.status, code, "{says}");
            let told: Value = serde_json::from_slice(&heard.body).unwrap();
            assert_eq!(told["kind"], "Status", "{says}");
            assert_eq!(told["code"], code, "{says}");
        }
    }
}

#[tokio::test]
async fn an_origin_that_is_not_on_the_list_is_refused() {
    let api = Faulty::start("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", Closes).await;
    let component = component(&api.origin);
    let direct = Direct::to("http://127.0.0.1:9", component.clone()).await;
    let heard = get(direct.address, BOTH[0], "/k8s/api/v1/pods").await;
    assert_eq!(heard.status, 502);
    assert!(heard.text().contains("TUNNEL_ORIGINS"));
    assert_eq!(component.line().await["outcome"], "cut_off");
}
