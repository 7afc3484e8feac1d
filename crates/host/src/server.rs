//! An application at its listener, and the connections of its clients.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;

use crate::activity::Activity;
use crate::body::Keeping;
use crate::listener::Accepted;
use crate::{App, Body, Client, Intercept, Intercepted, Listener};

/// How long a client may take to send the head of a request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// The most that the head of a request may weigh, in bytes.
const HEAD_SIZE: u32 = 128 * 1024;
/// So many requests may be in flight over one HTTP/2 connection. Clients open another one for more, as
/// kubectl and client-go do for their watches.
const STREAMS: u32 = 250;
/// What waits in each direction of an HTTP/2 stream for a reader who is slow, in bytes.
const STREAM_BUFFER: u32 = 128 * 1024;
/// What all streams of a connection may have sent unread: a few of them must not hold up the others.
const CONNECTION_WINDOW: u32 = 32 * STREAM_BUFFER;
/// So often a client of HTTP/2 is asked whether it is still there.
const PING: Duration = Duration::from_secs(30);
/// And so long it may take to say so.
const PONG: Duration = Duration::from_secs(20);
/// How long requests in flight may take after the end was announced.
const DRAIN: Duration = Duration::from_secs(30);

/// Serves an application.
pub struct Server {
    app: Arc<App>,
    interceptor: Option<Arc<dyn Intercept>>,
}

impl Server {
    /// A server of `app`.
    pub fn new(app: App) -> Self {
        Self {
            app: Arc::new(app),
            interceptor: None,
        }
    }

    /// Lets `interceptor` see every request first.
    #[must_use]
    pub fn with_interceptor(mut self, interceptor: Arc<dyn Intercept>) -> Self {
        self.interceptor = Some(interceptor);
        self
    }

    /// Serves on `listener` until `shutdown` is ready; then requests in flight may finish.
    ///
    /// Needs tokio's multi-threaded runtime.
    pub async fn serve(self, mut listener: Listener, shutdown: impl Future<Output = ()>) {
        let server = Arc::new(self);
        let graceful = GracefulShutdown::new();
        let mut shutdown = std::pin::pin!(shutdown);
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                () = &mut shutdown => break,
            };
            match accepted {
                Accepted::Clear(stream, address) => {
                    let over_tls = false;
                    server.connect(stream, Client { address, over_tls }, &graceful);
                }
                Accepted::Tls(stream, address) => {
                    let over_tls = true;
                    server.connect(stream, Client { address, over_tls }, &graceful);
                }
            }
        }
        drop(listener);
        if timeout(DRAIN, graceful.shutdown()).await.is_err() {
            eprintln!("warning: requests were cut off: they took longer than {DRAIN:?} to finish");
        }
    }

    fn connect<S>(self: &Arc<Self>, stream: S, client: Client, graceful: &GracefulShutdown)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let server = self.clone();
        let activity = Activity::default();
        let quiet = activity.quiet();
        let service = service_fn(move |request| {
            let server = server.clone();
            let busy = activity.begin();
            async move {
                let response = server.handle(request, client).await;
                Ok::<_, Infallible>(response.map(|body| Keeping::new(body, busy)))
            }
        });
        let connection = protocols()
            .serve_connection_with_upgrades(TokioIo::new(stream), service)
            .into_owned();
        let connection = graceful.watch(connection);
        // How a connection ends is the client's affair.
        tokio::spawn(async move {
            tokio::select! {
                _ = connection => {}
                () = quiet => {}
            }
        });
    }

    /// Answers what came over a connection: the interceptor goes first.
    async fn handle(&self, request: Request<Incoming>, client: Client) -> Response<Body> {
        let Some(interceptor) = &self.interceptor else {
            return self.app.answer(request, client).await;
        };
        match interceptor.intercept(&self.app, request, client) {
            Intercepted::Passed(request) => self.app.answer(request, client).await,
            Intercepted::Taken(answer) => answer.await,
        }
    }
}

/// What is spoken: HTTP/1.1 and HTTP/2. Against floods of resets and of CONTINUATION frames hyper
/// has limits of its own.
fn protocols() -> auto::Builder<TokioExecutor> {
    let mut server = auto::Builder::new(TokioExecutor::new());
    server
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(HEAD_SIZE as usize);
    server
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(HEAD_SIZE)
        .max_send_buf_size(STREAM_BUFFER as usize)
        .initial_stream_window_size(STREAM_BUFFER)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .keep_alive_interval(PING)
        .keep_alive_timeout(PONG);
    server
}
