//! The stores and outgoing calls of an application, for the doctor, which does not run one.

use std::time::Duration;

use egress::Proxies;
use http::{HeaderValue, Request, Response, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;

use crate::call_error::CallError;
use crate::client_tls::Trust;
use crate::exchange;
use crate::key_value::Store;
use crate::runtime_config::RuntimeConfig;
use crate::way::Way;
use crate::{LoadError, Options};

/// The longest answer that is read, in bytes.
const LONGEST: usize = 1 << 20;

/// The stores and outgoing calls that `runtime-config.toml` configures.
pub struct Surroundings {
    config: RuntimeConfig,
    proxies: Proxies,
}

impl Surroundings {
    /// Reads the runtime configuration of `options`, but not the manifest. Nothing is opened or called yet.
    ///
    /// # Errors
    /// When a file cannot be read, or is wrong.
    pub fn read(options: &Options) -> Result<Self, LoadError> {
        let config = RuntimeConfig::read(options)?;
        Ok(Self {
            config,
            proxies: options.proxies.clone(),
        })
    }

    /// The store `label`, if there is one.
    pub fn store(&self, label: &str) -> Option<Store> {
        let backend = self.config.stores.get(label)?.clone();
        Some(Store::new(label.to_owned(), backend))
    }

    /// Sends `request`, whose URI is absolute, as `component` would: with the same TLS settings and proxies.
    /// `limit` applies to connecting and to waiting for the answer's head. An answer of more than a megabyte
    /// is an error. `authorities`, in PEM, replace the trusted ones.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn send(
        &self,
        component: &str,
        mut request: Request<Bytes>,
        limit: Duration,
        authorities: Option<&str>,
    ) -> Result<Response<Bytes>, CallError> {
        let authority = request.uri().authority().map(ToString::to_string);
        let host = authority.and_then(|authority| HeaderValue::try_from(authority).ok());
        let host = host.ok_or_else(|| CallError::Connect("the address has no host".to_owned()))?;
        request.headers_mut().insert(header::HOST, host);
        let name = request.uri().host().unwrap_or_default();
        let client_tls = &self.config.client_tls;
        let trust = match authorities {
            Some(pem) => Trust::only(pem).map_err(CallError::Tls)?,
            None => client_tls.of(component, name),
        };
        let way = Way::of(component, client_tls, &self.proxies, request.uri());
        let body = |content| Full::new(content).map_err(|never| match never {});
        let request = request.map(|content| body(content).boxed_unsync());
        let response = exchange::send(request, None, limit, &trust, &way).await?;
        let (head, body) = response.into_parts();
        let body = Limited::new(body, LONGEST).collect().await;
        let body = body.map_err(|error| CallError::Answer(error.to_string()))?;
        Ok(Response::from_parts(head, body.to_bytes()))
    }
}
