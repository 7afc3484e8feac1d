//! The one who traces.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::Request;
use opentelemetry::Context;
use opentelemetry::trace::SpanKind;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tokio::task::spawn_blocking;

use crate::attributes::{self, Known};
use crate::context;
use crate::counts::Counts;
use crate::paths::is_probed;
use crate::served::Served;
use crate::trace::Trace;
use crate::tracing::Tracing;
use crate::trust::{Peer, Trust};

/// How long the last spans may take to be sent, after everything else has ended.
const FAREWELL: Duration = Duration::from_secs(3);

/// Makes spans, or none: that is the default. A copy makes the same.
#[derive(Clone, Default)]
pub struct Traces(Option<Arc<Tracing>>);

impl Traces {
    pub(crate) fn of(provider: SdkTracerProvider, trust: Trust, counts: Counts) -> Self {
        Self(Some(Arc::new(Tracing::new(provider, trust, counts))))
    }

    /// What has become of the spans so far.
    pub fn counts(&self) -> Counts {
        let tracing = self.0.as_ref();
        tracing.map_or_else(Counts::new, |tracing| tracing.counts.clone())
    }

    /// Begins the span of `request`, which `peer` has sent. If it has a [`Trace`] among its extensions,
    /// it is a question within that one, and not traced if that is not. Probes have no spans.
    pub fn request<B>(&self, request: &Request<B>, over_tls: bool, peer: Peer) -> Served {
        let within = request.extensions().get::<Trace>();
        if let Some(within) = within {
            return Served::new(within.ask(request.method()), request.method());
        }
        let Some(tracing) = &self.0 else {
            return Served::default();
        };
        if is_probed(request.uri().path()) {
            return Served::default();
        }
        let parent = match tracing.trust.believes(peer) {
            true => context::read(request.headers()),
            false => Context::new(),
        };
        let method = Known::of(request.method());
        let attributes = vec![
            method.attribute(),
            attributes::scheme(over_tls),
            attributes::version(request.version()),
        ];
        let name = method.name(None);
        let trace = Trace::begin(tracing, &parent, SpanKind::Server, name, attributes);
        Served::new(trace, request.method())
    }

    /// Sends what has not been sent yet. It takes three seconds at most, and after it nothing is traced.
    pub async fn end(&self) {
        if let Some(tracing) = &self.0 {
            let provider = tracing.provider.clone();
            // What cannot be sent is in the log.
            let _ = spawn_blocking(move || provider.shutdown_with_timeout(FAREWELL)).await;
        }
    }
}

impl fmt::Debug for Traces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_on = self.0.is_some();
        f.debug_tuple("Traces").field(&is_on).finish()
    }
}
