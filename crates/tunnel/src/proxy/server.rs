//! The server.

use std::convert::Infallible;
use std::sync::Arc;

use http::uri::PathAndQuery;
use http::{Request, Response, Uri};
use hyper::body::Incoming;
use hyper::service::service_fn;
use kubernetes_host::{AppHosts, KubernetesHost};
use listener::{Client, Ending, Listener};
use tokio::time::Instant;
use traces::{Peer, Traces};

use super::backend::Backend;
use super::forward::{TOLD, forward};
use super::places::Places;
use super::probes::{self, Probe};
use crate::internal::{UNKNOWN_PATH, is_internal};
use crate::relay::Body;
use crate::{
    Counts, Kind, Origin, Trust, Tunnel, Unusable, is_upgrade, lead_extended_connect,
    refuse_extended_connect,
};

/// The route of the component's requests, for spans.
const REST: &str = "/...";

/// The server.
pub struct Proxy {
    tunnel: Tunnel,
    backend: Arc<Backend>,
    places: Places,
    kubernetes_host: Option<KubernetesHost>,
    app_hosts: AppHosts,
    traces: Traces,
    ending: Ending,
}

impl Proxy {
    /// A server that carries by `tunnel` until `ending` is over. It reaches the component at `component`, and
    /// verifies its certificate by `trust`.
    ///
    /// # Errors
    /// When the authorities in `trust` cannot be read.
    pub fn new(
        tunnel: Tunnel,
        component: Origin,
        trust: &Trust,
        ending: Ending,
    ) -> Result<Self, Unusable> {
        Ok(Self {
            places: Places::new(tunnel.requests()),
            tunnel,
            backend: Arc::new(Backend::new(component, trust.client_config()?)),
            kubernetes_host: None,
            app_hosts: AppHosts::default(),
            traces: Traces::default(),
            ending,
        })
    }

    /// The counts of the tunnel.
    pub fn counts(&self) -> &Counts {
        self.tunnel.counts()
    }

    /// Rewrites requests for `host` to paths below `/k8s/`.
    #[must_use]
    pub fn with_kubernetes_host(self, host: Option<KubernetesHost>) -> Self {
        Self {
            kubernetes_host: host,
            ..self
        }
    }

    /// Rewrites requests for `hosts` to the apps' prefix.
    #[must_use]
    pub fn with_app_hosts(self, hosts: AppHosts) -> Self {
        Self {
            app_hosts: hosts,
            ..self
        }
    }

    /// Traces requests by `traces`.
    #[must_use]
    pub fn with_traces(self, traces: Traces) -> Self {
        Self { traces, ..self }
    }

    /// Serves on `listener` until the end. Once no new connections are accepted, watches end between two
    /// events, and other requests may finish.
    pub async fn serve(self, listener: Listener) {
        let ending = self.ending.clone();
        let proxy = Arc::new(self);
        let service = |client: Client| {
            let proxy = proxy.clone();
            service_fn(move |request| {
                let proxy = proxy.clone();
                async move { Ok::<_, Infallible>(proxy.answer(request, client).await) }
            })
        };
        tokio::join!(
            listener::serve(listener, service, &ending),
            proxy.tunnel.end(&ending)
        );
    }

    async fn answer(&self, request: Request<Incoming>, client: Client) -> Response<Body> {
        let (mut parts, body) = request.into_parts();
        lead_extended_connect(&mut parts);
        if let Some(host) = &self.kubernetes_host {
            host.lead(&mut parts);
        }
        self.app_hosts.lead(&mut parts);
        if let Some(probe) = Probe::of(&parts) {
            return probes::answer(probe, &parts, &self.backend, &self.ending).await;
        }
        let mut request = Request::from_parts(parts, body);
        let peer = Peer::Address(client.address.ip());
        let served = self.traces.request(&request, client.over_tls, peer);
        let kind = Kind::of(request.uri().path());
        served.leads_to(kind.map_or(REST, Kind::route));
        request.extensions_mut().insert(served.trace().clone());
        let response = self.lead(request, client).await;
        served.answered(response.status());
        response
    }

    /// Carries `request`, which is no probe, or has the component answer it.
    async fn lead(&self, request: Request<Incoming>, client: Client) -> Response<Body> {
        let (mut parts, body) = request.into_parts();
        let client = client.address;
        if is_internal(parts.uri.path()) {
            // So the client gets the component's own answer to an unknown path.
            let mut uri = parts.uri.into_parts();
            uri.path_and_query = Some(PathAndQuery::from_static(UNKNOWN_PATH));
            parts.uri = Uri::from_parts(uri).unwrap_or(Uri::from_static(UNKNOWN_PATH));
        } else if let Some(kind) = Kind::of(parts.uri.path()) {
            let (tunnel, component) = (&self.tunnel, self.backend.clone());
            let upgrades = is_upgrade(&parts);
            let request = Request::from_parts(parts, body);
            return match upgrades {
                true => tunnel.carry(kind, request, client, component).await,
                false => {
                    tunnel
                        .carry_plain(kind, request, client, component, &self.ending)
                        .await
                }
            };
        }
        let request = Request::from_parts(parts, body);
        if let Some(refusal) = refuse_extended_connect(&request) {
            return refusal;
        }
        let begun = Instant::now();
        let address = self.tunnel.address(request.headers(), client);
        let Some(place) = self.places.take(address) else {
            return self.tunnel.too_many_requests().kept_response(TOLD);
        };
        let response = forward(&self.backend, request, client).await;
        self.counts().forwarded(response.status(), begun);
        place.held_by(response)
    }
}
