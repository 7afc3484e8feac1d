//! The server, and the connections of its clients.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use http::uri::PathAndQuery;
use http::{Request, Response, Uri};
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::backend::Backend;
use super::forward;
use super::listener::{Accepted, Listener};
use crate::internal::{UNKNOWN_PATH, is_internal};
use crate::relay::Body;
use crate::{Origin, Trust, Tunnel, Unusable, is_upgrade};

/// How long a client may take to send the head of a request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// The most that the head of a request may weigh, in bytes.
const HEAD_SIZE: usize = 128 * 1024;
/// So many connections at once, those that are carried not counted; further clients wait.
const CONNECTIONS: usize = 2000;
/// A silent HTTP/2 client is asked so often whether it is still there, and has as long to say so.
const PING: Duration = Duration::from_secs(30);
/// How long everything may take to end.
const DRAIN: Duration = Duration::from_secs(30);

/// The server.
pub struct Proxy {
    tunnel: Tunnel,
    backend: Arc<Backend>,
}

impl Proxy {
    /// A server that carries by `tunnel`, and reaches the component at `component`, whose certificate
    /// must be one of `trust`.
    ///
    /// # Errors
    /// When the authorities in `trust` cannot be read.
    pub fn new(tunnel: Tunnel, component: Origin, trust: &Trust) -> Result<Self, Unusable> {
        Ok(Self {
            tunnel,
            backend: Arc::new(Backend::new(component, trust.client_config()?)),
        })
    }

    /// Serves on `listener` until `shutdown` is ready. Requests, and what is carried, may then go on for
    /// 30 seconds.
    pub async fn serve(self, mut listener: Listener, shutdown: impl Future<Output = ()>) {
        let proxy = Arc::new(self);
        let places = Arc::new(Semaphore::new(CONNECTIONS));
        let (ending, connections) = (Ending::default(), TaskTracker::new());
        let mut shutdown = pin!(shutdown);
        loop {
            let next = async {
                // Fails only once the semaphore is closed, which it never is.
                let place = places.clone().acquire_owned().await;
                (listener.accept().await, place)
            };
            let (accepted, place) = tokio::select! {
                next = next => next,
                () = &mut shutdown => break,
            };
            let connection = proxy.clone().connection(accepted, ending.clone());
            connections.spawn(async move {
                connection.await;
                drop(place);
            });
        }
        drop(listener);
        connections.close();
        ending.soon.cancel();
        let (_, ()) = tokio::join!(
            timeout(DRAIN, connections.wait()),
            proxy.tunnel.shutdown(DRAIN)
        );
        ending.now.cancel();
        connections.wait().await;
    }

    /// How a connection ends is the client's affair.
    async fn connection(self: Arc<Self>, accepted: Accepted, ending: Ending) {
        let client = accepted.client;
        let service = service_fn(move |request| {
            let proxy = self.clone();
            async move { Ok::<_, Infallible>(proxy.answer(request, client).await) }
        });
        let stream = TokioIo::new(accepted.stream);
        if accepted.http2 {
            let mut connection = pin!(
                http2::Builder::new(TokioExecutor::new())
                    .timer(TokioTimer::new())
                    .max_header_list_size(u32::try_from(HEAD_SIZE).unwrap_or(u32::MAX))
                    .keep_alive_interval(PING)
                    .keep_alive_timeout(PING)
                    .serve_connection(stream, service)
            );
            tokio::select! {
                _ = connection.as_mut() => return,
                () = ending.soon.cancelled() => connection.as_mut().graceful_shutdown(),
            }
            tokio::select! {
                _ = connection => {}
                () = ending.now.cancelled() => {}
            }
        } else {
            let mut connection = pin!(
                http1::Builder::new()
                    .timer(TokioTimer::new())
                    .header_read_timeout(HEAD_TIMEOUT)
                    .max_buf_size(HEAD_SIZE)
                    .serve_connection(stream, service)
                    .with_upgrades()
            );
            tokio::select! {
                _ = connection.as_mut() => return,
                () = ending.soon.cancelled() => connection.as_mut().graceful_shutdown(),
            }
            tokio::select! {
                _ = connection => {}
                () = ending.now.cancelled() => {}
            }
        }
    }

    async fn answer(&self, request: Request<Incoming>, client: SocketAddr) -> Response<Body> {
        let (mut parts, body) = request.into_parts();
        if is_internal(parts.uri.path()) {
            // So that the answer is the component's own for what it does not know.
            let mut uri = parts.uri.into_parts();
            uri.path_and_query = Some(PathAndQuery::from_static(UNKNOWN_PATH));
            parts.uri = Uri::from_parts(uri).unwrap_or(Uri::from_static(UNKNOWN_PATH));
        } else if is_upgrade(&parts) {
            let request = Request::from_parts(parts, body);
            let component = self.backend.clone();
            return self.tunnel.carry(request, client, component).await;
        }
        forward::forward(&self.backend, Request::from_parts(parts, body), client).await
    }
}

/// How connections are told to end: soon, or at once.
#[derive(Clone, Default)]
struct Ending {
    soon: CancellationToken,
    now: CancellationToken,
}
