//! Interceptors, which may answer instead of the application.

use std::sync::Arc;

use http::{Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Empty, Full};
use hyper::body::{Bytes, Incoming};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::support::{Builder, request, text};
use crate::{App, Body, BodyError, Client, Intercept, Intercepted};

/// Takes `/taken`, asks for `/asked` in process, and turns `/upgraded` into an echo.
struct Interceptor;

impl Intercept for Interceptor {
    fn intercept(
        &self,
        app: &Arc<App>,
        mut request: Request<Incoming>,
        client: Client,
    ) -> Intercepted {
        match request.uri().path() {
            "/taken" => Intercepted::Taken(Box::pin(async { answer(StatusCode::IM_A_TEAPOT) })),
            "/asked" => {
                let app = app.clone();
                Intercepted::Taken(Box::pin(async move {
                    // It must not be intercepted again, or it would never end.
                    *request.uri_mut() = "/one/head".parse().unwrap();
                    let body = Full::new(Bytes::from_static(b"a body of another type"));
                    app.answer(request.map(|_| body), client).await
                }))
            }
            "/upgraded" => {
                let upgrade = hyper::upgrade::on(&mut request);
                tokio::spawn(async move {
                    let mut stream = TokioIo::new(upgrade.await.unwrap());
                    let mut bytes = [0; 4];
                    stream.read_exact(&mut bytes).await.unwrap();
                    stream.write_all(&bytes).await.unwrap();
                });
                let mut response = answer(StatusCode::SWITCHING_PROTOCOLS);
                let echo = http::HeaderValue::from_static("echo");
                response.headers_mut().insert(header::UPGRADE, echo);
                Intercepted::Taken(Box::pin(async { response }))
            }
            _ => Intercepted::Passed(request),
        }
    }
}

fn answer(status: StatusCode) -> Response<Body> {
    let body = Empty::new().map_err(BodyError::from).boxed_unsync();
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response
}

fn builder() -> Builder {
    Builder {
        interceptor: Some(Arc::new(Interceptor)),
        ..Builder::default()
    }
}

#[tokio::test]
async fn a_request_is_taken_or_goes_on() {
    let host = builder().start().await;
    assert_eq!(host.get("/taken").await.status(), StatusCode::IM_A_TEAPOT);
    let passed = host.get("/one/head").await;
    assert_eq!(passed.status(), StatusCode::OK);
    assert!(text(passed).await.contains("spin-path-info: /head\n"));
    assert_eq!(host.get("/other").await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_interceptor_asks_a_component_in_process() {
    let host = builder().start().await;
    let mut client = host.http1().await;
    let asked = client.send_request(request("/asked")).await.unwrap();
    let seen = text(asked).await;
    assert!(seen.contains("spin-path-info: /head\n"), "{seen}");
    assert!(seen.contains("spin-client-addr: 127.0.0.1:"), "{seen}");
}

#[tokio::test]
async fn a_connection_is_upgraded() {
    let host = builder().start().await;
    let mut stream = host.connect().await;
    let head = b"GET /upgraded HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n";
    stream.write_all(head).await.unwrap();
    stream.write_all(b"ping").await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 101"), "{answer}");
    assert!(answer.ends_with("\r\n\r\nping"), "{answer}");
}

/// A component cannot upgrade: such a request is like any other.
#[tokio::test]
async fn an_upgrade_that_nobody_takes_is_an_ordinary_request() {
    let host = builder().start().await;
    let answer = host
        .raw(
            b"GET /one/head HTTP/1.1\r\nhost: a\r\nconnection: upgrade, close\r\n\
              upgrade: websocket\r\nsec-websocket-key: x\r\n\r\n",
        )
        .await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains("sec-websocket-key: x\n"), "{answer}");
    assert!(!answer.contains("upgrade:"), "{answer}");
}
