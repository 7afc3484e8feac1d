//! A client of plain requests that speaks HTTP/1.1 or HTTP/2.

use std::net::SocketAddr;

use http::{HeaderMap, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;

/// The protocol of a client.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Speaks {
    Http1,
    Http2,
}

pub(crate) const BOTH: [Speaks; 2] = [Speaks::Http1, Speaks::Http2];

/// An answer, and whether it is complete.
pub(crate) struct Heard {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    pub(crate) is_whole: bool,
}

impl Heard {
    pub(crate) fn text(&self) -> &str {
        str::from_utf8(&self.body).unwrap()
    }
}

/// A connection for requests.
#[derive(Debug)]
pub(crate) enum Asking {
    Http1(http1::SendRequest<Full<Bytes>>),
    Http2(http2::SendRequest<Full<Bytes>>),
}

impl Asking {
    /// A connection to `address`.
    pub(crate) async fn to(address: SocketAddr, speaks: Speaks) -> Self {
        let stream = TokioIo::new(TcpStream::connect(address).await.unwrap());
        match speaks {
            Speaks::Http1 => {
                let (sender, connection) = http1::handshake(stream).await.unwrap();
                tokio::spawn(connection);
                Self::Http1(sender)
            }
            Speaks::Http2 => {
                let handshake = http2::handshake(TokioExecutor::new(), stream);
                let (sender, connection) = handshake.await.unwrap();
                tokio::spawn(connection);
                Self::Http2(sender)
            }
        }
    }

    /// Sends `request`, whose URI is a path.
    pub(crate) async fn send(
        &mut self,
        mut request: Request<Full<Bytes>>,
    ) -> hyper::Result<http::Response<Incoming>> {
        match self {
            Self::Http1(sender) => {
                sender.ready().await?;
                let host = http::HeaderValue::from_static("aks.example");
                request.headers_mut().insert("host", host);
                sender.send_request(request).await
            }
            Self::Http2(sender) => {
                let uri = format!("http://aks.example{}", request.uri());
                *request.uri_mut() = uri.parse().unwrap();
                sender.clone().send_request(request).await
            }
        }
    }
}

/// Sends a request on a connection of its own, and reads the answer.
pub(crate) async fn get(address: SocketAddr, speaks: Speaks, target: &str) -> Heard {
    let request = Request::get(target).body(Full::default()).unwrap();
    let mut asking = Asking::to(address, speaks).await;
    read(asking.send(request).await.unwrap()).await
}

/// Reads the whole answer.
pub(crate) async fn read(response: http::Response<Incoming>) -> Heard {
    let (head, mut incoming) = response.into_parts();
    let (mut body, mut is_whole) = (Vec::new(), true);
    while let Some(frame) = incoming.frame().await {
        match frame {
            Ok(frame) => body.extend_from_slice(frame.data_ref().map_or(&[], |data| data)),
            Err(_) => {
                is_whole = false;
                break;
            }
        }
    }
    Heard {
        status: head.status,
        headers: head.headers,
        body,
        is_whole,
    }
}
