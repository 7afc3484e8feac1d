//! An application at its listener.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response};
use hyper::body::Incoming;
use hyper::service::service_fn;
use listener::{Client, Listener};

use crate::{App, Body, Intercept, Intercepted};

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
    pub async fn serve(self, listener: Listener, shutdown: impl Future<Output = ()>) {
        let server = Arc::new(self);
        let service = |client| {
            let server = server.clone();
            service_fn(move |request| {
                let server = server.clone();
                async move { Ok::<_, Infallible>(server.handle(request, client).await) }
            })
        };
        if !listener::serve(listener, service, shutdown, DRAIN).await {
            eprintln!("warning: requests were cut off: they took longer than {DRAIN:?} to finish");
        }
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
