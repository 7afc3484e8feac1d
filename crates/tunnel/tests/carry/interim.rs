//! Interim answers of an API server (RFC 9110, section 15.2), and clients that wait for one (section 10.1.1).

use http::{Request, Response};
use http_body_util::Full;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::yield_now;

use crate::api::{Api, Connection, read_head};
use crate::asking::{Asking, Speaks, get};
use crate::client::Client;
use crate::direct::{Direct, Scripted, always, carried};
use crate::faults;
use crate::http2_api::Http2Api;
use crate::tls::Identity;

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";

/// hyper's server can send none but its own `100`.
#[tokio::test]
async fn an_interim_answer_is_left_out() {
    for interim in [
        "100 Continue",
        "102 Processing",
        "103 Early Hints\r\nlink: </style.css>; rel=preload",
    ] {
        let answers = async |api: &Api| {
            let mut connection = api.accept().await;
            let interim = format!("HTTP/1.1 {interim}\r\n\r\n");
            connection.write(&interim).await;
            connection.write(&interim).await;
            connection.write(OK).await;
            connection
        };
        let (api, direct) = carried().await;
        let request = "GET /k8s/api HTTP/1.1\r\nHost: h\r\n\r\n";
        let (client, _kept) = tokio::join!(Client::send(direct.address, request), answers(&api));
        assert_eq!(client.status(), 200, "{interim}");
        assert!(client.header("link").is_empty());
        assert_eq!(direct.component.line().await["outcome"], "ok");

        let (api, direct) = carried().await;
        let asks = get(direct.address, Speaks::Http2, "/k8s/api");
        let (heard, _kept) = tokio::join!(asks, answers(&api));
        assert_eq!((heard.status.as_u16(), heard.text()), (200, "{}"));
        assert_eq!(direct.component.line().await["outcome"], "ok");
    }
}

#[tokio::test]
async fn an_interim_answer_over_http2_is_left_out() {
    let identity = Identity::new();
    let api = Http2Api::start(&identity).await;
    let direct = Direct::trusting(&api.origin, &identity, always(&api.origin)).await;
    let answers = async {
        let mut stream = api.accept().await;
        for status in [100, 102, 103] {
            stream.answer.send_informational(head(status)).unwrap();
        }
        stream.answer.send_response(head(200), true).unwrap();
        stream
    };
    let asks = get(direct.address, Speaks::Http2, "/k8s/api");
    let (heard, _kept) = tokio::join!(asks, answers);
    assert_eq!(heard.status, 200);
    assert!(heard.is_whole);
    assert_eq!(direct.component.line().await["outcome"], "ok");
}

#[tokio::test]
async fn interim_answers_without_end_over_http2_are_given_up() {
    let identity = Identity::new();
    let api = Http2Api::start(&identity).await;
    let component = faults::component(&api.origin);
    let direct = Direct::trusting(&api.origin, &identity, component).await;
    let floods = async {
        let mut stream = api.accept().await;
        loop {
            let _ = stream.answer.send_informational(head(103));
            yield_now().await;
        }
    };
    let heard = tokio::select! {
        heard = get(direct.address, Speaks::Http2, "/k8s/api") => heard,
        () = floods => unreachable!("it never ends"),
    };
    assert_eq!(heard.status, 504, "{}", heard.text());
}

#[tokio::test]
async fn a_client_that_waits_for_100_gets_it_from_here() {
    // A body that is read whole, and one that is streamed.
    for length in [4, 100_000] {
        let (api, direct) = carried().await;
        let mut client = TcpStream::connect(direct.address).await.unwrap();
        let asks = async {
            client.write_all(&expects(length)).await.unwrap();
            let interim = read_head(&mut client).await;
            assert!(interim.starts_with("HTTP/1.1 100 "), "{interim}");
            client.write_all(&vec![b'x'; length]).await.unwrap();
            read_head(&mut client).await
        };
        let (head, _kept) = tokio::join!(asks, takes(&api, length));
        assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    }
}

#[tokio::test]
async fn a_client_that_is_refused_gets_no_100() {
    let answer = json!({ "status": 401, "headers": [], "body": "" });
    let component = Scripted::new(move |_| (200, json!({ "answer": answer })));
    let direct = Direct::to("http://127.0.0.1:9", component).await;
    let client = Client::send_bytes(direct.address, &expects(4)).await;
    assert_eq!(client.status(), 401);
}

/// hyper says no `100` over HTTP/2. A client must not wait for it forever.
#[tokio::test]
async fn over_http2_a_body_is_taken_without_100() {
    let (api, direct) = carried().await;
    let mut asking = Asking::to(direct.address, Speaks::Http2).await;
    let request = Request::post("/k8s/api").header("expect", "100-continue");
    let request = request.body(Full::from("body")).unwrap();
    let (answer, _kept) = tokio::join!(asking.send(request), takes(&api, 4));
    assert_eq!(answer.unwrap().status(), 200);
}

/// Takes a request with a body of this `length`, and answers it.
async fn takes(api: &Api, length: usize) -> Connection {
    let mut connection = api.accept().await;
    assert!(connection.header("expect").is_empty());
    let mut body = vec![0; length];
    connection.stream.read_exact(&mut body).await.unwrap();
    connection.write(OK).await;
    connection
}

/// The head of a request whose client waits before it sends its body.
fn expects(length: usize) -> Vec<u8> {
    let head = "POST /k8s/api HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n";
    format!("{head}Content-Length: {length}\r\n\r\n").into_bytes()
}

fn head(status: u16) -> Response<()> {
    Response::builder().status(status).body(()).unwrap()
}
