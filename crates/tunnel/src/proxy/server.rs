//! The server.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use http::uri::PathAndQuery;
use http::{Request, Response, Uri};
use hyper::body::Incoming;
use hyper::service::service_fn;
use kubernetes_host::KubernetesHost;
use listener::{Client, Ending, Listener};
use tokio::time::Instant;

use super::backend::Backend;
use super::forward;
use super::probes::{self, Probe};
use crate::internal::{UNKNOWN_PATH, is_internal};
use crate::relay::Body;
use crate::{Counts, Origin, Trust, Tunnel, Unusable, is_upgrade, lead_extended_connect};

/// The server.
pub struct Proxy {
    tunnel: Tunnel,
    backend: Arc<Backend>,
    kubernetes_host: Option<KubernetesHost>,
    ending: Ending,
}

impl Proxy {
    /// A server that carries by `tunnel` until `ending` is over, and reaches the component at
    /// `component`, whose certificate must be one of `trust`.
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
            tunnel,
            backend: Arc::new(Backend::new(component, trust.client_config()?)),
            kubernetes_host: None,
            ending,
        })
    }

    /// What it counts.
    pub fn counts(&self) -> &Counts {
        self.tunnel.counts()
    }

    /// Leads requests for `host` below `/k8s/` first.
    #[must_use]
    pub fn with_kubernetes_host(self, host: Option<KubernetesHost>) -> Self {
        Self {
            kubernetes_host: host,
            ..self
        }
    }

    /// Serves on `listener` until the end. When nothing new is accepted any more, watches end between two
    /// events, and what else is carried may finish.
    pub async fn serve(self, listener: Listener) {
        let ending = self.ending.clone();
        let proxy = Arc::new(self);
        let service = |client: Client| {
            let proxy = proxy.clone();
            service_fn(move |request| {
                let proxy = proxy.clone();
                async move { Ok::<_, Infallible>(proxy.answer(request, client.address).await) }
            })
        };
        tokio::join!(
            listener::serve(listener, service, &ending),
            proxy.tunnel.end(&ending)
        );
    }

    async fn answer(&self, request: Request<Incoming>, client: SocketAddr) -> Response<Body> {
        let (mut parts, body) = request.into_parts();
        lead_extended_connect(&mut parts);
        if let Some(host) = &self.kubernetes_host {
            host.lead(&mut parts);
        }
        if let Some(probe) = Probe::of(&parts) {
            return probes::answer(probe, &parts, &self.backend, &self.ending).await;
        }
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
        let begun = Instant::now();
        let request = Request::from_parts(parts, body);
        let response = forward::forward(&self.backend, request, client, &self.ending).await;
        self.counts().forwarded(response.status(), begun);
        response
    }
}
