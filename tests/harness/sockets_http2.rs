//! A client of a WebSocket over HTTP/2: by an extended CONNECT (RFC 8441), as browsers and ingresses send it.

use std::os::unix::net::UnixStream;

use http_body_util::{BodyExt, Empty};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http2::{SendRequest, handshake};
use hyper::ext::Protocol;
use hyper::upgrade::Upgraded;
use hyper::{Request, Response, header};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::copy_bidirectional;
use tokio::net::TcpStream;
use tokio::runtime;
use tokio::time::timeout;
use tungstenite::protocol::{Role, WebSocket};

use crate::api_server::Stream;
use crate::sockets::{PATIENCE, Socket};

impl Socket {
    /// As [`Socket::open`], over HTTP/2. Each cookie has a header of its own there, as browsers send them (RFC
    /// 9113, section 8.2.3).
    ///
    /// # Errors
    /// With status and body of what is answered instead.
    pub fn open_over_http2(
        origin: &str,
        host: &str,
        path: &str,
        headers: &[(&str, &str)],
    ) -> Result<Self, (u16, String)> {
        let mut builder = runtime::Builder::new_multi_thread();
        let runtime = builder.worker_threads(1).enable_all().build().unwrap();
        let opened = runtime.block_on(async {
            let opening = open(origin, host, request(host, path, headers));
            timeout(PATIENCE, opening).await.unwrap()
        });
        let (stream, protocol) = opened?;
        let (ours, theirs) = UnixStream::pair().unwrap();
        theirs.set_nonblocking(true).unwrap();
        runtime.spawn(async move {
            let mut theirs = tokio::net::UnixStream::from_std(theirs).unwrap();
            // Whichever of them breaks, both end with this.
            let _ = copy_bidirectional(&mut TokioIo::new(stream), &mut theirs).await;
        });
        ours.set_read_timeout(Some(PATIENCE)).unwrap();
        let ours: Box<dyn Stream> = Box::new(ours);
        Ok(Self {
            socket: WebSocket::from_raw_socket(ours, Role::Client, None),
            protocol,
            _carrier: Some(runtime),
        })
    }
}

fn request(host: &str, path: &str, headers: &[(&str, &str)]) -> Request<Empty<Bytes>> {
    let mut request = Request::connect(format!("http://{host}{path}"))
        .extension(Protocol::from_static("websocket"))
        .header("sec-websocket-version", "13");
    for (name, value) in headers {
        let values: Vec<&str> = match *name {
            "cookie" => value.split("; ").collect(),
            _ => vec![value],
        };
        for value in values {
            request = request.header(*name, value);
        }
    }
    request.body(Empty::new()).unwrap()
}

/// The stream, once it is one, and the subprotocol.
async fn open(
    origin: &str,
    host: &str,
    request: Request<Empty<Bytes>>,
) -> Result<(Upgraded, String), (u16, String)> {
    let mut client = connect(origin, host).await;
    let answer = client.send_request(request).await.unwrap();
    if !answer.status().is_success() {
        return Err(told(answer).await);
    }
    let protocol = answer.headers().get(header::SEC_WEBSOCKET_PROTOCOL);
    let protocol = protocol.map_or("", |protocol| protocol.to_str().unwrap());
    let protocol = protocol.to_owned();
    Ok((hyper::upgrade::on(answer).await.unwrap(), protocol))
}

/// A connection on which the proxy has said that it takes such requests: that comes with its first words.
async fn connect(origin: &str, host: &str) -> SendRequest<Empty<Bytes>> {
    let (_, address) = origin.split_once("://").unwrap();
    let address = address.replace("localhost", "127.0.0.1");
    let stream = TcpStream::connect(address).await.unwrap();
    let stream = TokioIo::new(stream);
    let (mut client, connection) = handshake(TokioExecutor::new(), stream).await.unwrap();
    tokio::spawn(connection);
    let ping = Request::get(format!("http://{host}/ping"));
    let ping = client.send_request(ping.body(Empty::new()).unwrap());
    assert_eq!(ping.await.unwrap().status(), 200);
    client
}

async fn told(answer: Response<Incoming>) -> (u16, String) {
    let status = answer.status().as_u16();
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8_lossy(&body).into_owned())
}
