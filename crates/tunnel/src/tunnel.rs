//! The tunnel.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::request::Parts;
use http::{Request, Response};
use hyper::body::{Body as _, Incoming};
use ipnet::IpNet;
use listener::{Complaint, Ending, Shares};
use serde_json::json;
use tokio::sync::{Semaphore, oneshot};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use traces::Trace;
use verdict::Open;

use crate::carrier::{Carrier, Place};
use crate::config::speaking;
use crate::counts::{Counts, Upgrade};
use crate::desk::{self, Desk};
use crate::failure::Failure;
use crate::incoming;
use crate::internal::{UNKNOWN_PATH, is_internal};
use crate::kind::Kind;
use crate::log;
use crate::passage::Passage;
use crate::pool::{Host, UNUSED, UNUSED_OF_APP};
use crate::refusal;
use crate::relay::Body;
use crate::rounds::Rounds;
use crate::shared::Shared;
use crate::{Component, Config, Unusable};

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
/// How long a tunnel waits for the reports after its connections have ended.
const REPORTS: Duration = Duration::from_secs(5);

/// Carries requests as the component decides. Dropping it ends its connections.
pub struct Tunnel {
    shared: Arc<Shared>,
    bearer: HeaderValue,
    places: Arc<Semaphore>,
    requests: Arc<Semaphore>,
    /// The share of each client in the requests.
    shares: Arc<Shares>,
    /// The share of each client in the places.
    shares_of_places: Arc<Shares>,
    trusted_proxies: Vec<IpNet>,
    too_many: Mutex<Complaint>,
    passages: TaskTracker,
}

impl Tunnel {
    /// A tunnel with this `config`.
    ///
    /// # Errors
    /// When the authorities cannot be read, or the token is not valid.
    pub fn new(config: Config) -> Result<Self, Unusable> {
        let tls = config.trust.client_config()?;
        let api_server = speaking(&tls, tls.clone());
        let bearer = desk::bearer(&config.token).map_err(|_| Unusable::Token)?;
        let places = config.limits.connections.min(Semaphore::MAX_PERMITS);
        let requests = config.limits.requests.min(Semaphore::MAX_PERMITS);
        let origins = config.origins.into_iter();
        let api_servers = origins
            .map(|origin| {
                let (proxies, tls) = (config.proxies.clone(), api_server.clone());
                Host::new(origin, proxies, tls, UNUSED)
            })
            .collect();
        let apps = config.apps.into_iter();
        let apps = apps
            .map(|app| {
                let tls = speaking(&app.tls, app.proxy_tls);
                Host::new(app.origin, config.app_proxies.clone(), tls, UNUSED_OF_APP)
            })
            .collect();
        Ok(Self {
            bearer,
            places: Arc::new(Semaphore::new(places)),
            requests: Arc::new(Semaphore::new(requests)),
            shares: half(requests),
            shares_of_places: half(places),
            trusted_proxies: config.trusted_proxies,
            too_many: Mutex::default(),
            passages: TaskTracker::new(),
            shared: Arc::new(Shared {
                api_servers,
                apps,
                limits: config.limits,
                rounds: Rounds::default(),
                stop: CancellationToken::new(),
                counts: Counts::new(places, requests),
            }),
        })
    }

    /// The most plain requests at once.
    pub(crate) fn requests(&self) -> usize {
        self.shared.limits.requests
    }

    /// The counts of the tunnel.
    pub fn counts(&self) -> &Counts {
        &self.shared.counts
    }

    /// Answers `request` of this `kind` from `client`, for which [`is_upgrade`](crate::is_upgrade) holds.
    /// After a 101 a task of its own carries the connection, which must be served with upgrades. The
    /// request's extensions hold its [`Trace`], if there is one.
    pub async fn carry<B>(
        &self,
        kind: Kind,
        request: Request<B>,
        client: SocketAddr,
        component: Arc<dyn Component>,
    ) -> Response<Body> {
        match self.begin(kind, request, client, component) {
            // The task ends without an answer only if it is aborted.
            Ok(answer) => answer
                .await
                .unwrap_or_else(|_| Failure::given_up(kind).response(kind)),
            Err(failure) => {
                self.counts().upgrade(kind, Upgrade::Refused);
                log::event(
                    "tunnel_refused",
                    [
                        ("client", json!(client.to_string())),
                        ("code", json!(failure.code.as_u16())),
                        ("detail", json!(failure.message)),
                    ],
                );
                failure.response(kind)
            }
        }
    }

    /// Answers `request` of this `kind` from `client`, for which [`is_upgrade`](crate::is_upgrade) does not
    /// hold. A watch ends between two events once `ending` has begun. The request's extensions hold its
    /// [`Trace`], if there is one.
    pub async fn carry_plain(
        &self,
        kind: Kind,
        request: Request<Incoming>,
        client: SocketAddr,
        component: Arc<dyn Component>,
        ending: &Ending,
    ) -> Response<Body> {
        let asked = self.counts().request(kind);
        let response = match self.begin_plain(kind, request, client, component, ending) {
            Ok((carrier, body, place)) => carrier.run(body, place).await,
            Err(failure) => failure.kept_response(kind),
        };
        asked.answered(response.status());
        response
    }

    /// Asks at once whether all that is carried may go on, since somebody may have signed out.
    pub fn look_now(&self) {
        self.shared.rounds.hurry();
    }

    /// Takes no more requests. Those that are carried may go on until `ending` is over, and then end: a
    /// WebSocket gets a Close frame where possible. Returns when all have ended and are reported.
    pub async fn end(&self, ending: &Ending) {
        ending.closing().await;
        self.passages.close();
        let has_ended = tokio::select! {
            () = self.passages.wait() => true,
            () = ending.over() => false,
        };
        self.shared.stop.cancel();
        if !has_ended && timeout(REPORTS, self.passages.wait()).await.is_err() {
            let missing = self.passages.len();
            log::event(
                "tunnel_failed",
                [("detail", json!(format!("{missing} reports were cut off")))],
            );
        }
    }

    fn begin<B>(
        &self,
        kind: Kind,
        mut request: Request<B>,
        client: SocketAddr,
        component: Arc<dyn Component>,
    ) -> Result<oneshot::Receiver<Response<Body>>, Failure> {
        let upgrade = hyper::upgrade::on(&mut request);
        let (parts, _) = request.into_parts();
        refusal::check(&parts).map_err(Failure::bad_request)?;
        if self.passages.is_closed() {
            return Err(Failure::ending());
        }
        let place = self.places.clone().try_acquire_owned();
        let place = place.map_err(|_| Failure::too_many())?;
        let address = self.address(&parts.headers, client);
        let share = self.shares_of_places.take(address);
        let share = share.ok_or_else(Failure::too_many)?;
        let trace: Trace = parts.extensions.get().cloned().unwrap_or_default();
        let desk = Desk::new(component, self.bearer.clone(), self.counts().clone());
        let passage = Passage {
            kind,
            shared: self.shared.clone(),
            desk: desk.within(trace.clone()),
            open: open(&parts, client),
            client,
            trace,
            upgrade,
            extended: parts.extensions.get().cloned(),
            held: parts.extensions.get().cloned(),
            protocol: parts
                .headers
                .get(header::UPGRADE)
                .cloned()
                .ok_or_else(|| Failure::bad_request("the request has no Upgrade header"))?,
            place: (place, Some(share), self.counts().connection()),
        };
        let (reply, answer) = oneshot::channel();
        self.passages.spawn(passage.run(reply));
        Ok(answer)
    }
}

impl Tunnel {
    fn begin_plain(
        &self,
        kind: Kind,
        request: Request<Incoming>,
        client: SocketAddr,
        component: Arc<dyn Component>,
        ending: &Ending,
    ) -> Result<(Carrier, Incoming, Place), Failure> {
        let (mut parts, body) = request.into_parts();
        let uri = parts.uri.clone();
        incoming::prepare(kind, &mut parts)?;
        if body.is_end_stream() {
            // The head does not show how hyper frames the body: this says that there is none.
            let length = parts.headers.entry(header::CONTENT_LENGTH);
            length.or_insert_with(|| HeaderValue::from_static("0"));
        }
        let permit = self.requests.clone().try_acquire_owned();
        let permit = permit.map_err(|_| self.too_many_requests())?;
        let share = self.shares.take(self.address(&parts.headers, client));
        let share = share.ok_or_else(|| self.too_many_requests())?;
        let trace: Trace = parts.extensions.get().cloned().unwrap_or_default();
        let desk = Desk::new(component, self.bearer.clone(), self.counts().clone());
        let carrier = Carrier {
            kind,
            shared: self.shared.clone(),
            desk: Arc::new(desk.within(trace.clone())),
            open: Open {
                plain: true,
                ..open(&parts, client)
            },
            uri,
            client,
            trace,
            ending: ending.clone(),
            tracker: self.passages.clone(),
        };
        let place = (permit, Some(share), self.counts().carried());
        Ok((carrier, body, place))
    }

    /// The client's address, as the proxies in front report it.
    pub(crate) fn address(&self, headers: &HeaderMap, client: SocketAddr) -> IpAddr {
        let lines = headers.get_all(X_FORWARDED_FOR).iter();
        let lines: Vec<_> = lines
            .map(|line| String::from_utf8_lossy(line.as_bytes()))
            .collect();
        let lines = lines.iter().map(AsRef::as_ref);
        forwarded::client_address(client.ip(), lines, &self.trusted_proxies)
    }

    /// The limit of requests is reached, in all or of one client. That is counted, and logged once a minute.
    pub(crate) fn too_many_requests(&self) -> Failure {
        let failure = Failure::too_many_requests();
        self.counts().request_refused();
        let mut complaint = self.too_many.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(times) = complaint.add() {
            log::event(
                "tunnel_full",
                [
                    ("requests", json!(self.shared.limits.requests)),
                    ("times", json!(times)),
                ],
            );
        }
        failure
    }
}

impl Drop for Tunnel {
    fn drop(&mut self) {
        self.shared.stop.cancel();
    }
}

/// Shares with half of them each: nobody who comes from one address ever has all.
pub(crate) fn half(all: usize) -> Arc<Shares> {
    let most = u32::try_from(all.div_ceil(2)).unwrap_or(u32::MAX);
    Arc::new(Shares::new(most))
}

/// The request, as the component is asked about it.
fn open(request: &Parts, client: SocketAddr) -> Open {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers = request.headers.iter();
    let target = match request.uri.path_and_query() {
        Some(target) if !is_internal(target.path()) => target.as_str(),
        _ => UNKNOWN_PATH,
    };
    Open {
        method: request.method.to_string(),
        target: target.to_owned(),
        headers: headers
            .map(|(name, value)| (name.to_string(), text(value)))
            .collect(),
        client: client.to_string(),
        plain: false,
    }
}
