//! The variables.

use std::path::PathBuf;
use std::time::Duration;

use url::Url;

use super::choices::{Propagation, Sampling};
use super::parse;
use crate::variable::Variable;

pub(super) const DISABLED: Variable<bool> = Variable {
    names: &["OTEL_SDK_DISABLED"],
    example: "true",
    parse: parse::boolean,
};

pub(super) const EXPORTER: Variable<bool> = Variable {
    names: &["OTEL_TRACES_EXPORTER"],
    example: "otlp",
    parse: parse::exporter,
};

pub(super) const TRACES_ENDPOINT: Variable<Url> = Variable {
    names: &["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"],
    example: "http://otel-collector.monitoring:4318/v1/traces",
    parse: parse::endpoint,
};

pub(super) const ENDPOINT: Variable<Url> = Variable {
    names: &["OTEL_EXPORTER_OTLP_ENDPOINT"],
    example: "http://otel-collector.monitoring:4318",
    parse: parse::base,
};

pub(super) const PROTOCOL: Variable<()> = Variable {
    names: &[
        "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
        "OTEL_EXPORTER_OTLP_PROTOCOL",
    ],
    example: "http/protobuf",
    parse: parse::protocol,
};

pub(super) const COMPRESSION: Variable<()> = Variable {
    names: &[
        "OTEL_EXPORTER_OTLP_TRACES_COMPRESSION",
        "OTEL_EXPORTER_OTLP_COMPRESSION",
    ],
    example: "none",
    parse: parse::compression,
};

pub(super) const HEADERS: Variable<Vec<(String, String)>> = Variable {
    names: &[
        "OTEL_EXPORTER_OTLP_TRACES_HEADERS",
        "OTEL_EXPORTER_OTLP_HEADERS",
    ],
    example: "api-key=secret%20key,x-tenant=proxy",
    parse: parse::headers,
};

pub(super) const TIMEOUT: Variable<Duration> = Variable {
    names: &[
        "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT",
        "OTEL_EXPORTER_OTLP_TIMEOUT",
    ],
    example: "10000",
    parse: parse::milliseconds,
};

pub(super) const CERTIFICATE: Variable<PathBuf> = Variable {
    names: &[
        "OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE",
        "OTEL_EXPORTER_OTLP_CERTIFICATE",
    ],
    example: "/etc/collector/ca.crt",
    parse: |text| Ok(PathBuf::from(text)),
};

pub(super) const CLIENT_KEY: Variable<()> = Variable {
    names: &[
        "OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY",
        "OTEL_EXPORTER_OTLP_CLIENT_KEY",
    ],
    example: "OTEL_EXPORTER_OTLP_HEADERS in place of it",
    parse: parse::nothing,
};

pub(super) const CLIENT_CERTIFICATE: Variable<()> = Variable {
    names: &[
        "OTEL_EXPORTER_OTLP_TRACES_CLIENT_CERTIFICATE",
        "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE",
    ],
    example: "OTEL_EXPORTER_OTLP_HEADERS in place of it",
    parse: parse::nothing,
};

pub(super) const SERVICE_NAME: Variable<String> = Variable {
    names: &["OTEL_SERVICE_NAME"],
    example: "aks-oauth-proxy",
    parse: parse::text,
};

pub(super) const RESOURCE_ATTRIBUTES: Variable<Vec<(String, String)>> = Variable {
    names: &["OTEL_RESOURCE_ATTRIBUTES"],
    example: "k8s.namespace.name=oauth-proxy,k8s.pod.name=oauth-proxy-0",
    parse: parse::pairs,
};

pub(super) const SAMPLER: Variable<Sampling> = Variable {
    names: &["OTEL_TRACES_SAMPLER"],
    example: "parentbased_traceidratio",
    parse: parse::sampling,
};

pub(super) const SAMPLER_ARG: Variable<f64> = Variable {
    names: &["OTEL_TRACES_SAMPLER_ARG"],
    example: "0.1",
    parse: parse::ratio,
};

pub(super) const PROPAGATORS: Variable<Propagation> = Variable {
    names: &["OTEL_PROPAGATORS"],
    example: "tracecontext",
    parse: parse::propagators,
};

pub(super) const QUEUE: Variable<usize> = Variable {
    names: &["OTEL_BSP_MAX_QUEUE_SIZE"],
    example: "2048",
    parse: parse::spans,
};

pub(super) const BATCH: Variable<usize> = Variable {
    names: &["OTEL_BSP_MAX_EXPORT_BATCH_SIZE"],
    example: "512",
    parse: parse::spans,
};

pub(super) const DELAY: Variable<Duration> = Variable {
    names: &["OTEL_BSP_SCHEDULE_DELAY"],
    example: "5000",
    parse: parse::milliseconds,
};
