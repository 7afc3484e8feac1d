//! All of them together.

use std::path::PathBuf;
use std::time::Duration;

use url::Url;

use super::choices::{Propagation, Sampling};
use super::variables::{
    BATCH, CERTIFICATE, CLIENT_CERTIFICATE, CLIENT_KEY, COMPRESSION, DELAY, DISABLED, ENDPOINT,
    EXPORTER, HEADERS, PROPAGATORS, PROTOCOL, QUEUE, RESOURCE_ATTRIBUTES, SAMPLER, SAMPLER_ARG,
    SERVICE_NAME, TIMEOUT, TRACES_ENDPOINT,
};
use crate::variable::{Reader, Wrong};

/// How is traced. The defaults are the specification's.
pub struct Settings {
    pub(crate) endpoint: Url,
    pub(crate) headers: Vec<(String, String)>,
    /// How long an export may take.
    pub(crate) timeout: Duration,
    /// The authorities of the collector's certificate, if they are no public ones.
    pub(crate) certificate: Option<PathBuf>,
    pub(crate) service_name: Option<String>,
    pub(crate) resource: Vec<(String, String)>,
    pub(crate) sampling: Sampling,
    pub(crate) ratio: f64,
    pub(crate) propagation: Propagation,
    /// So many spans wait at most; what comes then is dropped.
    pub(crate) queue: usize,
    /// So many are sent at once.
    pub(crate) batch: usize,
    /// They are sent so often.
    pub(crate) delay: Duration,
}

impl Settings {
    /// Reads them from `environment`; nothing if there is nothing to trace for: no endpoint is given, or
    /// tracing is turned off.
    ///
    /// # Errors
    /// With all that cannot be understood, or would not be heeded.
    pub fn read(environment: &dyn Fn(&str) -> Option<String>) -> Result<Option<Self>, Vec<Wrong>> {
        let mut reader = Reader::new(environment);
        let is_off = reader.read(&DISABLED).unwrap_or_default();
        if is_off || !reader.read(&EXPORTER).unwrap_or(true) {
            return reader.finish(None);
        }
        let endpoint = reader
            .read(&TRACES_ENDPOINT)
            .or_else(|| reader.read(&ENDPOINT));
        let Some(endpoint) = endpoint else {
            return reader.finish(None);
        };
        for unheeded in [&PROTOCOL, &COMPRESSION, &CLIENT_KEY, &CLIENT_CERTIFICATE] {
            reader.read(unheeded);
        }
        let settings = Self {
            endpoint,
            headers: reader.read(&HEADERS).unwrap_or_default(),
            timeout: reader.read(&TIMEOUT).unwrap_or(Duration::from_secs(10)),
            certificate: reader.read(&CERTIFICATE),
            service_name: reader.read(&SERVICE_NAME),
            resource: reader.read(&RESOURCE_ATTRIBUTES).unwrap_or_default(),
            sampling: reader.read(&SAMPLER).unwrap_or(Sampling::ParentOrOn),
            ratio: reader.read(&SAMPLER_ARG).unwrap_or(1.0),
            propagation: reader.read(&PROPAGATORS).unwrap_or_default(),
            queue: reader.read(&QUEUE).unwrap_or(2048),
            batch: reader.read(&BATCH).unwrap_or(512),
            delay: reader.read(&DELAY).unwrap_or(Duration::from_secs(5)),
        };
        reader.finish(Some(settings))
    }
}
