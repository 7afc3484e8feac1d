//! An application: its components answer requests; the host answers some itself.

use std::io::{self, Write};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use http::request::Parts;
use http::{HeaderValue, Request, Response, StatusCode, header};
use hyper::body::{Body as HttpBody, Bytes};
use ipnet::IpNet;
use listener::Complaint;
use tokio_rustls::rustls::ClientConfig;
use traces::{Peer, Trace, Traces};
use wasmtime_wasi_http::p2::bindings::http::types::Scheme;

use crate::authority::{assume_host, has_authority};
use crate::body::{Body, BodyError};
use crate::client_tls::ClientTls;
use crate::counts::{Asked, Counts};
use crate::engine::Compiler;
use crate::grants::Grants;
use crate::instance::Function;
use crate::key_value::{Backend, Unfit};
use crate::leash::Patience;
use crate::places::{Full, Places, RESERVE};
use crate::refusal::{not_text, overloaded, plain};
use crate::routes::{Route, Routes};
use crate::runtime_config::{RuntimeConfig, Stores};
use crate::variables::Values;
use crate::{Client, LoadError, Manifest, Options, headers, hop_by_hop, log};

/// Spin answers this path itself.
const HEALTH: &str = "/.well-known/spin/health";
/// Spin's other paths, which this host does not answer.
const RESERVED: &str = "/.well-known/spin/";
/// The log message when there is no place for an instance.
const TOO_MANY: &str = "too many requests in flight (--max-instances)";
/// The log message when a client has no place left.
const TOO_MANY_OF_ONE: &str = "too many requests in flight from one client address \
     (--max-instances-per-client); behind an ingress set TRUSTED_PROXIES";

/// An application that is ready to serve.
pub struct App {
    routes: Routes<Function>,
    pub(crate) patience: Patience,
    pub(crate) places: Places,
    trusted_proxies: Vec<IpNet>,
    stores: Stores,
    client_tls: Arc<ClientTls>,
    counts: Arc<Counts>,
    traces: Traces,
    has_compiled: bool,
    too_many: Mutex<Complaint>,
    too_many_of_one: Mutex<Complaint>,
}

impl App {
    /// Reads, checks and compiles the files in `options`.
    ///
    /// # Errors
    /// With the first error.
    pub fn load(options: &Options) -> Result<Self, LoadError> {
        let manifest = Manifest::read(&options.manifest)?;
        let values = Values::resolve(&manifest, options)?;
        let config = RuntimeConfig::read(options)?;
        let mut compiler = Compiler::new(
            &options.state_dir.join("cache"),
            options.max_instances + RESERVE,
        )?;
        let counts = Arc::new(Counts::new(options.max_instances));
        let mut routes = Vec::new();
        for trigger in &manifest.triggers {
            let name = &trigger.component;
            let Some(component) = manifest.components.get(name) else {
                continue; // The manifest was checked for this.
            };
            let grants = Grants::new(name, component, &values, &config, options, &counts)
                .map_err(|reason| LoadError::file(&options.manifest, reason))?;
            let component = compiler.compile(&component.source)?;
            routes.push((trigger.route.clone(), Function::new(component, grants)));
        }
        Ok(Self {
            routes: Routes::new(routes),
            patience: Patience::default(),
            places: Places::new(options.max_instances, options.max_instances_per_client),
            trusted_proxies: options.trusted_proxies.clone(),
            stores: config.stores,
            client_tls: config.client_tls,
            counts,
            traces: Traces::default(),
            has_compiled: compiler.has_compiled(),
            too_many: Mutex::default(),
            too_many_of_one: Mutex::default(),
        })
    }

    /// Whether a component had to be compiled, since the cache below the state directory had none.
    #[must_use]
    pub fn has_compiled(&self) -> bool {
        self.has_compiled
    }

    /// Traces requests by `traces`.
    #[must_use]
    pub fn with_traces(self, traces: Traces) -> Self {
        Self { traces, ..self }
    }

    /// Calls `tell` when a user has signed out here or lost a credential.
    #[must_use]
    pub fn telling_of_ends(self, tell: impl Fn() + Send + Sync + 'static) -> Self {
        self.counts.tell_of_ends(tell);
        self
    }

    /// Asks each Redis once whether it is fit for a store. An unreachable one passes.
    ///
    /// # Errors
    /// With the first one that is not fit.
    pub async fn check_stores(&self) -> Result<(), LoadError> {
        for (label, store) in &self.stores {
            let Backend::Redis(redis) = store else {
                continue;
            };
            match redis.check().await {
                Ok(()) => {}
                Err(Unfit::Never(reason)) => {
                    let label = label.clone();
                    return Err(LoadError::Store { label, reason });
                }
                Err(Unfit::Away(reason)) => log::line("redis_connection", "unchecked", &reason),
            }
        }
        Ok(())
    }

    /// The TLS settings for calls of `host` on behalf of `component`, by `[[client_tls]]` of the runtime
    /// configuration.
    #[must_use]
    pub fn client_tls(&self, component: &str, host: &str) -> Arc<ClientConfig> {
        self.client_tls.of(component, host).config.clone()
    }

    /// The counts of the host.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// Has the component of its route answer `request` from `client`. No interceptor sees the request.
    pub async fn answer<B>(&self, request: Request<B>, client: Client) -> Response<Body>
    where
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: Into<BodyError>,
    {
        self.answer_with(request, client, false).await
    }

    /// The same for a question of our own, of which there is one at a time. Like a component without grants,
    /// it may use the reserved places.
    pub async fn answer_own<B>(&self, request: Request<B>, client: Client) -> Response<Body>
    where
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: Into<BodyError>,
    {
        self.answer_with(request, client, true).await
    }

    /// Writes and counts a line of the components' log on behalf of a component, in `trace`.
    pub fn write(&self, line: &str, trace: &Trace) {
        self.counts.logged(line.as_bytes(), trace);
        // A closed stdout must not stop the service.
        let _ = io::stdout().write_all(format!("{line}\n").as_bytes());
    }

    /// Returns when no instance is left.
    pub(crate) async fn rests(&self) {
        self.places.all_are_free().await;
    }

    async fn answer_with<B>(
        &self,
        request: Request<B>,
        client: Client,
        is_own: bool,
    ) -> Response<Body>
    where
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: Into<BodyError>,
    {
        let peer = Peer::Address(client.address.ip());
        let served = self.traces.request(&request, client.over_tls, peer);
        let mut asked = Asked::new(&self.counts, served);
        let response = self
            .answer_uncounted(request, client, is_own, &mut asked)
            .await;
        asked.answered(response.status());
        response
    }

    async fn answer_uncounted<B>(
        &self,
        request: Request<B>,
        client: Client,
        is_own: bool,
        asked: &mut Asked<'_>,
    ) -> Response<Body>
    where
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: Into<BodyError>,
    {
        let (mut parts, body) = request.into_parts();
        if parts.uri.path() == HEALTH {
            return plain(StatusCode::OK, "OK");
        }
        if parts.uri.path().starts_with(RESERVED) {
            return plain(StatusCode::NOT_FOUND, "");
        }
        assume_host(&mut parts);
        if !has_authority(&parts) {
            return plain(StatusCode::BAD_REQUEST, "the request has no valid Host");
        }
        if hop_by_hop::remove(&mut parts.headers).is_err() {
            return plain(StatusCode::BAD_REQUEST, "Connection names what it may not");
        }
        if body.is_end_stream() {
            announce_no_body(&mut parts);
        }
        let path = parts.uri.path().to_owned();
        let Some((route, matched)) = self.routes.find(&path) else {
            return plain(StatusCode::NOT_FOUND, "");
        };
        asked.leads_to(route.target.label(), &route.pattern);
        if headers::append(&mut parts, client.address, route, &matched).is_err() {
            return not_text();
        }
        let place = match is_own || route.target.reaches_nothing() {
            true => self.places.take_any(),
            false => self.places.take(self.client(&parts, client)),
        };
        let place = match place {
            Ok(place) => place,
            Err(full) => {
                self.counts.refused(full);
                self.complain(full, route, asked.trace());
                return overloaded();
            }
        };
        let scheme = match client.over_tls {
            true => Scheme::Https,
            false => Scheme::Http,
        };
        route
            .target
            .run(
                Request::from_parts(parts, body),
                scheme,
                place,
                self.patience,
                asked.trace(),
            )
            .await
            .unwrap_or_else(|error| self.fail(route, &error, asked.trace()))
    }
}

impl App {
    /// The client in whose share a request counts.
    fn client(&self, parts: &Parts, client: Client) -> IpAddr {
        let lines = parts.headers.get_all("x-forwarded-for").iter();
        let lines: Vec<_> = lines
            .map(|line| String::from_utf8_lossy(line.as_bytes()))
            .collect();
        let lines = lines.iter().map(AsRef::as_ref);
        let peer = client.address.ip();
        forwarded::client_address(peer, lines, &self.trusted_proxies)
    }

    /// Logs that there are too many requests, once a minute, however many are refused.
    fn complain(&self, full: Full, route: &Route<Function>, trace: &Trace) {
        let (complaint, detail) = match full {
            Full::All => (&self.too_many, TOO_MANY),
            Full::Client => (&self.too_many_of_one, TOO_MANY_OF_ONE),
        };
        let mut complaint = complaint.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(refused) = complaint.add() {
            log::overload(route.target.name(), detail, refused, trace);
        }
    }

    /// Logs a component's failure. The client learns no details.
    fn fail(
        &self,
        route: &Route<Function>,
        error: &wasmtime::Error,
        trace: &Trace,
    ) -> Response<Body> {
        self.counts.failed("trap");
        log::of_request("trap", route.target.name(), error, trace);
        plain(StatusCode::INTERNAL_SERVER_ERROR, "internal error\n")
    }
}

/// Sets `Content-Length: 0` where there is no body, also without an announced length (RFC 9112, section 6.3):
/// a component cannot see the framing.
fn announce_no_body(parts: &mut Parts) {
    let length = parts.headers.entry(header::CONTENT_LENGTH);
    length.or_insert_with(|| HeaderValue::from_static("0"));
}
