//! From settings to spans that are sent.

use egress::Proxies;
use ipnet::IpNet;
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider, SpanLimits};

use crate::collector::Collector;
use crate::counts::Counts;
use crate::queue::processor;
use crate::resource::{Program, resource};
use crate::settings::{Sampling, Settings};
use crate::traces::Traces;
use crate::trust::Trust;
use crate::unusable::Unusable;

impl Traces {
    /// Traces for `program` as `settings` say. The collector is reached by `proxies`, if these have one
    /// for it; the word of `trusted` proxies in front may count. Needs tokio's multi-threaded runtime.
    ///
    /// Spans are sent by a thread of their own, and wait for it in a queue with an end. Whoever makes
    /// them waits for nothing.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn start(
        settings: &Settings,
        program: Program,
        proxies: Proxies,
        trusted: Vec<IpNet>,
    ) -> Result<Self, Unusable> {
        let collector = Collector::new(settings, proxies)?;
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(collector)
            .with_endpoint(settings.endpoint.as_str())
            .with_protocol(Protocol::HttpBinary)
            .with_timeout(settings.timeout)
            .with_headers(settings.headers.iter().cloned().collect())
            .build()
            .map_err(|error| Unusable(error.to_string()))?;
        let counts = Counts::new();
        let provider = SdkTracerProvider::builder()
            .with_resource(resource(settings, program))
            .with_sampler(sampler(settings))
            .with_span_limits(SpanLimits::default())
            .with_span_processor(processor(exporter, settings, counts.clone()))
            .build();
        let trust = Trust {
            propagation: settings.propagation,
            proxies: trusted,
        };
        Ok(Self::of(provider, trust, counts))
    }
}

fn sampler(settings: &Settings) -> Sampler {
    let ratio = Sampler::TraceIdRatioBased(settings.ratio);
    let or = |sampler| Sampler::ParentBased(Box::new(sampler));
    match settings.sampling {
        Sampling::AlwaysOn => Sampler::AlwaysOn,
        Sampling::AlwaysOff => Sampler::AlwaysOff,
        Sampling::Ratio => ratio,
        Sampling::ParentOrOn => or(Sampler::AlwaysOn),
        Sampling::ParentOrOff => or(Sampler::AlwaysOff),
        Sampling::ParentOrRatio => or(ratio),
    }
}
