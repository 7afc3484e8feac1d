//! What spans are made with.

use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};

use crate::counts::Counts;
use crate::trust::Trust;

/// The name under which spans are made.
const SCOPE: &str = "aks-oauth-proxy";

/// What spans are made with, and who is told of them.
pub(crate) struct Tracing {
    pub(crate) provider: SdkTracerProvider,
    pub(crate) tracer: SdkTracer,
    pub(crate) trust: Trust,
    pub(crate) counts: Counts,
}

impl Tracing {
    pub(crate) fn new(provider: SdkTracerProvider, trust: Trust, counts: Counts) -> Self {
        Self {
            tracer: provider.tracer(SCOPE),
            provider,
            trust,
            counts,
        }
    }
}
