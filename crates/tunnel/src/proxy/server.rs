//! The server.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http::uri::PathAndQuery;
use http::{Request, Response, Uri};
use hyper::body::Incoming;
use hyper::service::service_fn;
use kubernetes_host::KubernetesHost;
use listener::{Client, Listener};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::backend::Backend;
use super::forward;
use crate::internal::{UNKNOWN_PATH, is_internal};
use crate::relay::Body;
use crate::{Counts, Origin, Trust, Tunnel, Unusable, is_upgrade};

/// How long everything may take to end.
const DRAIN: Duration = Duration::from_secs(30);

/// The server.
pub struct Proxy {
    tunnel: Tunnel,
    backend: Arc<Backend>,
    kubernetes_host: Option<KubernetesHost>,
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
            kubernetes_host: None,
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

    /// Serves on `listener` until `shutdown` is ready. Requests, and what is carried, may then go on for
    /// 30 seconds.
    pub async fn serve(self, listener: Listener, shutdown: impl Future<Output = ()>) {
        let proxy = Arc::new(self);
        let service = |client: Client| {
            let proxy = proxy.clone();
            service_fn(move |request| {
                let proxy = proxy.clone();
                async move { Ok::<_, Infallible>(proxy.answer(request, client.address).await) }
            })
        };
        let stop = CancellationToken::new();
        let told = async {
            shutdown.await;
            stop.cancel();
        };
        tokio::join!(
            told,
            listener::serve(listener, service, stop.cancelled(), DRAIN),
            async {
                stop.cancelled().await;
                proxy.tunnel.shutdown(DRAIN).await;
            }
        );
    }

    async fn answer(&self, request: Request<Incoming>, client: SocketAddr) -> Response<Body> {
        let (mut parts, body) = request.into_parts();
        if let Some(host) = &self.kubernetes_host {
            host.lead(&mut parts);
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
        let response = forward::forward(&self.backend, request, client).await;
        self.counts().forwarded(response.status(), begun);
        response
    }
}
