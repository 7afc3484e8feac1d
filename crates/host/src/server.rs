//! An application at its listener, and the connections of its clients.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;

use crate::activity::Activity;
use crate::body::Keeping;
use crate::listener::Accepted;
use crate::protocols::protocols;
use crate::{App, Body, Client, Intercept, Intercepted, Listener};

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
