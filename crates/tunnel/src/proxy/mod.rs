//! A server around a tunnel: it carries requests to upgrade, and streams all others to the component,
//! so that an ingress need not tell them apart.

mod backend;
mod forward;
mod listener;
mod server;

use std::net::SocketAddr;
use std::sync::Arc;

use http::uri::PathAndQuery;
use http::{Request, Response, Uri};
use hyper::body::Incoming;

use self::backend::Backend;
pub use self::listener::Listener;
use crate::internal::{UNKNOWN_PATH, is_internal};
use crate::relay::Body;
use crate::{Origin, Trust, Tunnel, Unusable, is_upgrade};

/// The server.
pub struct Proxy {
    tunnel: Tunnel,
    backend: Arc<Backend>,
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
        })
    }

    async fn answer(&self, request: Request<Incoming>, client: SocketAddr) -> Response<Body> {
        let (mut parts, body) = request.into_parts();
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
        forward::forward(&self.backend, Request::from_parts(parts, body), client).await
    }
}
