//! Serves an application on its listener.

use std::convert::Infallible;
use std::sync::Arc;

use http::{Request, Response};
use hyper::body::Incoming;
use hyper::service::service_fn;
use listener::{Client, Ending, Listener};

use crate::{App, Body, Intercept, Intercepted};

/// Serves an application.
pub struct Server {
    app: Arc<App>,
    interceptor: Option<Arc<dyn Intercept>>,
    ending: Ending,
}

impl Server {
    /// A server for `app`, until `ending` is over.
    pub fn new(app: App, ending: Ending) -> Self {
        Self {
            app: Arc::new(app),
            interceptor: None,
            ending,
        }
    }

    /// Lets `interceptor` see every request first.
    #[must_use]
    pub fn with_interceptor(mut self, interceptor: Arc<dyn Intercept>) -> Self {
        self.interceptor = Some(interceptor);
        self
    }

    /// Serves on `listener` until the end. Once no new connections are accepted, requests may finish. So may
    /// instances whose client has gone, since each may have a log line to write.
    ///
    /// Needs Tokio's multi-threaded runtime.
    pub async fn serve(self, listener: Listener) {
        let ending = self.ending.clone();
        let server = Arc::new(self);
        let service = |client| {
            let server = server.clone();
            service_fn(move |request| {
                let server = server.clone();
                async move { Ok::<_, Infallible>(server.handle(request, client).await) }
            })
        };
        if !listener::serve(listener, service, &ending).await {
            eprintln!("warning: requests were cut off: they did not finish in time");
        }
        tokio::select! {
            () = server.app.rests() => {}
            () = ending.over() => {}
        }
    }

    /// Answers a request from a connection; the interceptor sees it first.
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
