//! The host's path from a connection to an application, without wasmtime: the same files read the connection
//! and the head of a request. The application is a double that echoes what it got.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use aks_oauth_proxy_component::dispatch::Function;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex, split};
use tokio::runtime::{Builder, Runtime};

use crate::authority::{assume_host, has_authority};
use crate::body::{Body, BodyError};
use crate::routes::Routes;
use crate::{headers, hop_by_hop, refusal};

/// The header that links an answer to its request.
pub const NUMBER: &str = "x-request";
/// From where the requests come.
const CLIENT: &str = "127.0.0.1:4711";
/// More than any input and the answers to it.
const BUFFER: usize = 1 << 24;

static ROUTES: LazyLock<Routes<&str>> = LazyLock::new(|| {
    let rows = Function::ALL.iter().map(|function| function.row());
    Routes::new(rows.map(|row| (row.route.to_owned(), row.name)))
});

thread_local! {
    /// Its clock advances only when all tasks wait.
    static RUNTIME: Runtime = Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime can be made");
}

/// A request that reached the application.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Seen {
    /// Its method.
    pub method: Method,
    /// Its target.
    pub target: String,
    /// The values of `Content-Length`.
    pub lengths: Vec<String>,
    /// Whether it is chunked.
    pub chunked: bool,
    /// Its body, if it came to its end.
    pub body: Option<Vec<u8>>,
}

/// The result of a connection.
pub struct Served {
    /// The requests that were seen, in their order.
    pub seen: Vec<Seen>,
    /// What was written.
    pub answered: Vec<u8>,
}

/// Serves a connection on which these pieces arrive one by one, and then nothing more.
pub fn serve(pieces: &[&[u8]]) -> Served {
    RUNTIME.with(|runtime| runtime.block_on(connection(pieces)))
}

async fn connection(pieces: &[&[u8]]) -> Served {
    let (client, server) = duplex(BUFFER);
    let seen = Arc::new(Mutex::new(Vec::new()));
    let for_service = seen.clone();
    let service = service_fn(move |request| numbered(request, for_service.clone()));
    let serving = tokio::spawn(async move {
        let io = TokioIo::new(server);
        // Errors of the connection are the client's.
        let _ = listener::protocols(true)
            .serve_connection_with_upgrades(io, service)
            .await;
    });
    let (mut reader, mut writer) = split(client);
    let write = async {
        for piece in pieces {
            // The server may have closed already.
            let _ = writer.write_all(piece).await;
            for _ in 0..8 {
                tokio::task::yield_now().await;
            }
        }
        let _ = writer.shutdown().await;
    };
    let mut answered = Vec::new();
    let (_, read) = tokio::join!(write, reader.read_to_end(&mut answered));
    read.expect("a pipe can be read");
    serving.await.expect("nothing panics");
    let seen = seen.lock().unwrap_or_else(PoisonError::into_inner).clone();
    Served { seen, answered }
}

type All = Arc<Mutex<Vec<Seen>>>;

async fn numbered(request: Request<Incoming>, all: All) -> Result<Response<Body>, Infallible> {
    let (parts, body) = request.into_parts();
    let lengths = parts.headers.get_all(header::CONTENT_LENGTH).iter();
    let seen = Seen {
        method: parts.method.clone(),
        target: parts.uri.to_string(),
        lengths: lengths
            .map(|one| String::from_utf8_lossy(one.as_bytes()).into_owned())
            .collect(),
        chunked: parts.headers.contains_key(header::TRANSFER_ENCODING),
        body: None,
    };
    let number = {
        let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
        all.push(seen);
        all.len() - 1
    };
    let mut response = match admitted(parts) {
        Err(refused) => *refused,
        Ok(()) => match body.collect().await {
            Err(_) => refusal::plain(StatusCode::BAD_REQUEST, "the body was cut off"),
            Ok(body) => {
                let body = body.to_bytes();
                let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
                all[number].body = Some(body.to_vec());
                Response::new(Full::new(body).map_err(BodyError::from).boxed_unsync())
            }
        },
    };
    response
        .headers_mut()
        .insert(NUMBER, HeaderValue::from(number));
    Ok(response)
}

/// The host's checks before it asks a component, in the host's order (`App::answer`).
fn admitted(mut parts: Parts) -> Result<(), Box<Response<Body>>> {
    assume_host(&mut parts);
    let refused = |text| Err(Box::new(refusal::plain(StatusCode::BAD_REQUEST, text)));
    if !has_authority(&parts) {
        return refused("the request has no valid Host");
    }
    if hop_by_hop::remove(&mut parts.headers).is_err() {
        return refused("Connection names what it may not");
    }
    let path = parts.uri.path().to_owned();
    let Some((route, matched)) = ROUTES.find(&path) else {
        return Err(Box::new(refusal::plain(StatusCode::NOT_FOUND, "")));
    };
    let client: SocketAddr = CLIENT.parse().expect("an address");
    if headers::append(&mut parts, client, route, &matched).is_err() {
        return Err(Box::new(refusal::not_text()));
    }
    is_told_the_truth(&parts.headers);
    Ok(())
}

/// The last header of each name is the host's, whatever the client has sent.
fn is_told_the_truth(headers: &HeaderMap) {
    let last = |name: &str| {
        headers
            .get_all(name)
            .iter()
            .next_back()
            .expect("it is told")
    };
    assert_eq!(last("spin-client-addr"), CLIENT);
    assert!(last("spin-full-url").as_bytes().starts_with(b"http://"));
    assert_eq!(headers.get_all(header::HOST).iter().count().max(1), 1);
}

/// Removes what `Connection` names. False if it names a protected header.
pub fn remove_hop_by_hop(headers: &mut HeaderMap) -> bool {
    hop_by_hop::remove(headers).is_ok()
}

/// Removes from an answer what its `Connection` names.
pub fn remove_hop_by_hop_of_answer(headers: &mut HeaderMap) {
    hop_by_hop::remove_of_answer(headers);
}
