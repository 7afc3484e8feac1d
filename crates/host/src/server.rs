//! The listener, and one instance for each request.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http::request::Parts;
use http::{Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use serde_json::json;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use wasmtime::{PoolConcurrencyLimitError, Store};
use wasmtime_wasi_http::p2::bindings::ProxyPre;
use wasmtime_wasi_http::p2::bindings::http::types::Scheme;
use wasmtime_wasi_http::{WasiBody, WasiHttpView};

use crate::activity::Activity;
use crate::engine::Compiler;
use crate::grants::Grants;
use crate::guest::State;
use crate::routes::{Route, Routes};
use crate::runtime_config::RuntimeConfig;
use crate::variables::Values;
use crate::{LoadError, Manifest, Options, headers};

/// Spin answers this path itself, without any component.
const HEALTH: &str = "/.well-known/spin/health";
/// And everything beside it; of that nothing is told here.
const RESERVED: &str = "/.well-known/spin/";
/// How long a client may take to send the head of a request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// The most that the head of a request may weigh, in bytes.
const HEAD_SIZE: usize = 128 * 1024;
/// A trouble that goes on is logged so often.
const COMPLAINT: Duration = Duration::from_secs(10);
/// How long requests in flight may take after the end was announced.
const DRAIN: Duration = Duration::from_secs(30);

/// An application that is ready to serve.
pub struct App {
    routes: Routes<Function>,
}

/// What answers a route.
struct Function {
    component: ProxyPre<State>,
    grants: Arc<Grants>,
}

impl App {
    /// Reads, checks and compiles what `options` name.
    ///
    /// # Errors
    /// With the first thing that is wrong.
    pub fn load(options: &Options) -> Result<Self, LoadError> {
        let manifest = Manifest::read(&options.manifest)?;
        let values = Values::resolve(&manifest, options)?;
        let config = RuntimeConfig::read(options)?;
        let mut compiler = Compiler::new(&options.state_dir.join("cache"))?;
        let mut routes = Vec::new();
        for trigger in &manifest.triggers {
            let name = &trigger.component;
            let Some(component) = manifest.components.get(name) else {
                continue; // The manifest was checked for this.
            };
            let grants = Grants::new(name, component, &values, &config)
                .map_err(|reason| LoadError::file(&options.manifest, reason))?;
            let component = compiler.compile(&component.source)?;
            routes.push((
                trigger.route.clone(),
                Function {
                    component,
                    grants: Arc::new(grants),
                },
            ));
        }
        Ok(Self {
            routes: Routes::new(routes),
        })
    }

    /// Serves on `listener` until `shutdown` is ready; then requests in flight may finish.
    ///
    /// Needs tokio's multi-threaded runtime.
    pub async fn serve(self, listener: TcpListener, shutdown: impl Future<Output = ()>) {
        let app = Arc::new(self);
        let graceful = GracefulShutdown::new();
        let mut shutdown = std::pin::pin!(shutdown);
        let mut complained: Option<Instant> = None;
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                () = &mut shutdown => break,
            };
            match accepted {
                Ok((stream, client)) => app.connect(stream, client, &graceful),
                // Too many open files, or a client that is gone already. The pause keeps the loop
                // from spinning until a file is closed.
                Err(error) => {
                    if complained.is_none_or(|moment| moment.elapsed() > COMPLAINT) {
                        eprintln!("warning: connections are not accepted: {error}");
                        complained = Some(Instant::now());
                    }
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        }
        drop(listener);
        if tokio::time::timeout(DRAIN, graceful.shutdown())
            .await
            .is_err()
        {
            eprintln!("warning: requests were cut off: they took longer than {DRAIN:?} to finish");
        }
    }

    fn connect(
        self: &Arc<Self>,
        stream: TcpStream,
        client: SocketAddr,
        graceful: &GracefulShutdown,
    ) {
        // Answers are written in one piece; a kernel that cannot do this only makes them slower.
        let _ = stream.set_nodelay(true);
        let mut server = auto::Builder::new(TokioExecutor::new());
        server
            .http1()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_TIMEOUT)
            .max_buf_size(HEAD_SIZE);
        let app = self.clone();
        let activity = Activity::default();
        let quiet = activity.quiet();
        let service = service_fn(move |request| {
            let app = app.clone();
            let busy = activity.begin();
            async move {
                let response = app.answer(request, client).await;
                Ok::<_, Infallible>(response.map(|body| busy.until_dropped(body)))
            }
        });
        let connection = server
            .serve_connection(TokioIo::new(stream), service)
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

    async fn answer(&self, request: Request<Incoming>, client: SocketAddr) -> Response<WasiBody> {
        let (mut parts, body) = request.into_parts();
        if parts.uri.path() == HEALTH {
            return plain(StatusCode::OK, "OK");
        }
        if parts.uri.path().starts_with(RESERVED) {
            return plain(StatusCode::NOT_FOUND, "");
        }
        if !has_authority(&parts) {
            return plain(StatusCode::BAD_REQUEST, "the request has no valid Host");
        }
        let path = parts.uri.path().to_owned();
        let Some((route, matched)) = self.routes.find(&path) else {
            return plain(StatusCode::NOT_FOUND, "");
        };
        if headers::append(&mut parts, client, route, &matched).is_err() {
            return plain(StatusCode::INTERNAL_SERVER_ERROR, "");
        }
        let request = Request::from_parts(parts, body);
        route
            .target
            .run(request)
            .await
            .unwrap_or_else(|error| fail(route, &error))
    }
}

impl Function {
    /// Answers `request` by an instance of its own.
    async fn run(&self, request: Request<Incoming>) -> wasmtime::Result<Response<WasiBody>> {
        let mut store = Store::new(self.component.engine(), State::new(self.grants.clone()));
        let (sender, receiver) = oneshot::channel();
        let request = request.map(|body| body.map_err(wasmtime_wasi_http::Error::from));
        let request = store
            .data_mut()
            .http()
            .new_incoming_request(Scheme::Http, request)?;
        let out = store.data_mut().http().new_response_outparam(sender)?;
        let component = self.component.clone();
        let name = self.grants.component.clone();
        let (failed, failure) = oneshot::channel();
        // A task of its own: the component goes on after the head of its response has left.
        tokio::spawn(async move {
            let result = async {
                let instance = component.instantiate_async(&mut store).await?;
                let handler = instance.wasi_http_incoming_handler();
                handler.call_handle(&mut store, request, out).await
            };
            // Whoever waited for this has its response already: the log is all that is left.
            if let Err(error) = result.await
                && let Err(error) = failed.send(error)
            {
                log("late trap", &name, &error);
            }
        });
        match receiver.await {
            Ok(response) => Ok(response?),
            // The sender is gone with the store, and the task has said why.
            Err(_) => Err(failure.await.unwrap_or_else(|_| {
                wasmtime::format_err!("the component ended without a response")
            })),
        }
    }
}

/// One authority, in the target or in `Host`; two that differ are two opinions on who is asked.
fn has_authority(parts: &Parts) -> bool {
    let mut hosts = parts.headers.get_all(header::HOST).iter();
    let host = hosts.next();
    if hosts.next().is_some() {
        return false;
    }
    let valid = |host: &http::HeaderValue| {
        host.to_str()
            .ok()
            .and_then(|host| host.parse::<http::uri::Authority>().ok())
    };
    match (parts.uri.authority(), host) {
        (Some(authority), Some(host)) => valid(host).as_ref() == Some(authority),
        (Some(_), None) => true,
        (None, host) => host.and_then(valid).is_some(),
    }
}

/// A component that failed is the operator's to know about; the client learns nothing of it.
fn fail(route: &Route<Function>, error: &wasmtime::Error) -> Response<WasiBody> {
    let exhausted = error.downcast_ref::<PoolConcurrencyLimitError>().is_some();
    let event = if exhausted { "overload" } else { "trap" };
    log(event, &route.target.grants.component, error);
    if !exhausted {
        return plain(StatusCode::INTERNAL_SERVER_ERROR, "internal error\n");
    }
    let mut response = plain(
        StatusCode::SERVICE_UNAVAILABLE,
        "too many requests in flight\n",
    );
    response
        .headers_mut()
        .insert(header::RETRY_AFTER, http::HeaderValue::from_static("1"));
    response
}

fn log(event: &str, component: &str, error: &wasmtime::Error) {
    let time = OffsetDateTime::now_utc()
        .format(&Rfc3339)
        .unwrap_or_default();
    let detail = format!("{error:#}");
    let line = json!({ "time": time, "event": event, "component": component, "detail": detail });
    eprintln!("{line}");
}

fn plain(status: StatusCode, text: &'static str) -> Response<WasiBody> {
    let body = Full::new(Bytes::from_static(text.as_bytes()));
    let mut response = Response::new(body.map_err(wasmtime_wasi_http::Error::from).boxed_unsync());
    *response.status_mut() = status;
    let text = http::HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, text);
    response
}
