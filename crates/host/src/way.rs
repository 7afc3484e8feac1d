//! The way to an origin: direct, or through a proxy.

use std::sync::Arc;

use egress::{Failure, Proxies, Proxy, Stream, Target};
use http::{Request, StatusCode, Uri, header};
use wasmtime_wasi_http::Error;

use crate::client_tls::{ClientTls, Trust};
use crate::log;

/// How a call reaches its origin.
pub(crate) enum Way {
    /// Directly.
    Straight,
    /// Through a proxy.
    By(Proxied),
}

/// A way through a proxy.
pub(crate) struct Proxied {
    /// The calling component, for the log.
    component: String,
    proxy: Arc<Proxy>,
    target: Target,
    /// The TLS settings for the proxy.
    trust: Arc<Trust>,
}

impl Way {
    /// The way of `component` to `uri`.
    pub(crate) fn of(
        component: &str,
        client_tls: &ClientTls,
        proxies: &Proxies,
        uri: &Uri,
    ) -> Self {
        let secure = uri.scheme() == Some(&http::uri::Scheme::HTTPS);
        let port = uri.port_u16().unwrap_or(if secure { 443 } else { 80 });
        let target = Target::new(secure, uri.host().unwrap_or_default(), port);
        match proxies.to(&target) {
            None => Self::Straight,
            Some(proxy) => Self::By(Proxied {
                component: component.to_owned(),
                trust: client_tls.of(component, proxy.host()),
                proxy: proxy.clone(),
                target,
            }),
        }
    }

    /// The TLS settings for a proxy on this way. Connections made under others are not shared.
    pub(crate) fn rules(&self) -> Option<usize> {
        match self {
            Self::By(proxied) => Some(proxied.trust.number),
            Self::Straight => None,
        }
    }

    /// Gives `request` the target and headers for this way: absolute form for a proxy, else the path and
    /// `Host` (RFC 9112, section 3.2).
    pub(crate) fn address<B>(&self, request: &mut Request<B>) {
        if let Self::By(proxied) = self
            && !proxied.is_tunnel()
        {
            if let Some(authorization) = proxied.proxy.authorization() {
                let headers = request.headers_mut();
                headers.insert(header::PROXY_AUTHORIZATION, authorization.clone());
            }
            return;
        }
        let path = request.uri().path_and_query().cloned();
        *request.uri_mut() = path.map_or(Uri::from_static("/"), Uri::from);
    }

    /// The error when connecting takes too long.
    pub(crate) fn too_late(&self) -> Error {
        if let Self::By(proxied) = self {
            proxied.log(&Failure::silent(&proxied.proxy));
        }
        Error::ConnectionTimeout
    }

    /// An error unless an answer with `status` is the origin's: a 407 is always from a proxy (RFC 9110,
    /// section 15.5.8).
    pub(crate) fn check(&self, status: StatusCode) -> Result<(), Error> {
        match self {
            Self::By(proxied)
                if !proxied.is_tunnel() && status == StatusCode::PROXY_AUTHENTICATION_REQUIRED =>
            {
                Err(proxied.fail(&Failure::refused(&proxied.proxy, status)))
            }
            _ => Ok(()),
        }
    }
}

impl Proxied {
    /// A connection through the proxy. The log has the reason of a failure: a component has no error for it.
    pub(crate) async fn connect(&self) -> Result<Box<dyn Stream>, Error> {
        egress::connect(&self.proxy, &self.target, self.trust.config.clone())
            .await
            .map_err(|failure| self.fail(&failure))
    }

    /// Whether the proxy only passes bytes on.
    fn is_tunnel(&self) -> bool {
        self.target.is_secure()
    }

    fn fail(&self, failure: &Failure) -> Error {
        self.log(failure);
        Error::DestinationUnavailable
    }

    fn log(&self, failure: &Failure) {
        log::event("proxy", &self.component, failure);
    }
}
