//! Trailers (RFC 9110, section 6.5) on their way through native code.

use http::{HeaderMap, HeaderValue, Request, Response};
use http_body_util::{BodyExt, Collected, Full};
use hyper::body::Bytes;
use serde_json::{Value, json};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

use crate::api::{Api, Connection};
use crate::asking::{Asking, Speaks};
use crate::client::Client;
use crate::direct::{Direct, Scripted, always, carried, connect};
use crate::http2_api::Http2Api;
use crate::tls::Identity;

const ANSWER: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: x-sum\r\n\r\n\
    1\r\na\r\n0\r\nx-sum: 1\r\n\r\n";

#[tokio::test]
async fn those_of_an_answer_go_on_over_http2() {
    let (api, direct) = carried().await;
    let (answer, _kept) = tokio::join!(asks(&direct), answers(&api));
    assert_eq!(answer.trailers(), Some(&trailers("x-sum", "1")));
    assert_eq!(answer.to_bytes(), "a");
}

#[tokio::test]
async fn those_of_an_answer_over_http2_do_too() {
    let identity = Identity::new();
    let api = Http2Api::start(&identity).await;
    let direct = Direct::trusting(&api.origin, &identity, always(&api.origin)).await;
    let answers = async {
        let mut stream = api.accept().await;
        let mut body = stream.answer.send_response(Response::new(()), false);
        let body = body.as_mut().unwrap();
        body.send_data(Bytes::from("a"), false).unwrap();
        body.send_trailers(trailers("grpc-status", "0")).unwrap();
        stream
    };
    let (answer, _kept) = tokio::join!(asks(&direct), answers);
    assert_eq!(answer.trailers(), Some(&trailers("grpc-status", "0")));
    assert_eq!(answer.to_bytes(), "a");
}

/// The component has `Trailer` taken away, and hyper sends no trailers without it.
#[tokio::test]
async fn over_http1_an_answer_ends_without_them() {
    let api = Api::start().await;
    let origin = format!("http://{}", api.address);
    let component = Scripted::new(move |message| match message.get("open") {
        Some(open) => {
            let mut verdict = connect(open, &origin);
            verdict["connect"]["removed"] = json!(["trailer"]);
            (200, verdict)
        }
        None => (204, Value::Null),
    });
    let direct = Direct::to(&format!("http://{}", api.address), component).await;
    let request =
        "GET /k8s/api HTTP/1.1\r\nHost: h\r\nTE: trailers\r\nConnection: TE, close\r\n\r\n";
    let (mut client, _kept) = tokio::join!(Client::send(direct.address, request), answers(&api));
    assert!(client.header("trailer").is_empty());
    assert_eq!(client.rest().await, b"1\r\na\r\n0\r\n\r\n");
}

/// They would go on without the rules for headers: some servers take them for headers.
#[tokio::test]
async fn those_of_a_request_do_not_go_on() {
    let identity = Identity::new();
    let api = Http2Api::start(&identity).await;
    let direct = Direct::trusting(&api.origin, &identity, always(&api.origin)).await;
    let takes = async {
        let mut stream = api.accept().await;
        let mut body = Vec::new();
        while let Some(data) = stream.body.data().await {
            body.extend_from_slice(&data.unwrap());
        }
        assert_eq!(body, b"body");
        assert_eq!(stream.body.trailers().await.unwrap(), None);
        stream
            .answer
            .send_response(Response::new(()), true)
            .unwrap();
        stream
    };
    let (status, _kept) = tokio::join!(sends(&direct), takes);
    assert_eq!(status, 200);

    let (api, direct) = carried().await;
    let takes = async {
        let mut connection = api.accept().await;
        let mut body = [0; 14];
        connection.stream.read_exact(&mut body).await.unwrap();
        assert_eq!(&body, b"4\r\nbody\r\n0\r\n\r\n");
        connection.write(ANSWER).await;
        connection
    };
    let (status, _kept) = tokio::join!(sends(&direct), takes);
    assert_eq!(status, 200);
}

async fn answers(api: &Api) -> Connection {
    let mut connection = api.accept().await;
    connection.write(ANSWER).await;
    connection
}

/// Asks over HTTP/2; returns the body of the answer, with its trailers.
async fn asks(direct: &Direct) -> Collected<Bytes> {
    let mut asking = Asking::to(direct.address, Speaks::Http2).await;
    let request = Request::get("/k8s/api").body(Full::default()).unwrap();
    let answer = asking.send(request).await.unwrap();
    answer.into_body().collect().await.unwrap()
}

/// Sends a body with trailers over HTTP/2; returns the status of the answer.
async fn sends(direct: &Direct) -> u16 {
    let stream = TcpStream::connect(direct.address).await.unwrap();
    let (client, connection) = h2::client::handshake(stream).await.unwrap();
    tokio::spawn(connection);
    let request = Request::post("http://aks.example/k8s/api");
    let request = request.body(()).unwrap();
    let mut client = client.ready().await.unwrap();
    let (answer, mut body) = client.send_request(request, false).unwrap();
    body.send_data(Bytes::from("body"), false).unwrap();
    body.send_trailers(trailers("x-remote-user", "admin"))
        .unwrap();
    answer.await.unwrap().status().as_u16()
}

fn trailers(name: &'static str, value: &'static str) -> HeaderMap {
    HeaderMap::from_iter([(
        http::HeaderName::from_static(name),
        HeaderValue::from_static(value),
    )])
}
