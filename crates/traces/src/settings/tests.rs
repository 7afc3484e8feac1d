//! The variables as the specification has them, and what is said of wrong ones.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test may")]

use std::collections::BTreeSet;
use std::time::Duration;

use super::{Propagation, Sampling, Settings};
use crate::Wrong;

const ENDPOINT: (&str, &str) = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318");

fn read(environment: &[(&str, &str)]) -> Result<Option<Settings>, Vec<Wrong>> {
    Settings::read(&|name| {
        let mut all = environment.iter().rev();
        all.find(|(known, _)| *known == name)
            .map(|(_, value)| (*value).to_owned())
    })
}

/// With an endpoint, and these.
fn with(others: &[(&str, &str)]) -> Settings {
    let all = [&[ENDPOINT], others].concat();
    read(&all).ok().flatten().unwrap()
}

/// The only variable that is wrong, and what is wrong with it.
fn wrong(variable: &str, value: &str) -> (&'static str, String) {
    let Err(wrong) = read(&[ENDPOINT, (variable, value)]) else {
        panic!("{variable}={value} is not wrong");
    };
    let [wrong] = wrong.as_slice() else {
        panic!("{wrong:?}");
    };
    (wrong.variable, wrong.what.clone())
}

#[test]
fn without_an_endpoint_nothing_is_traced() {
    for environment in [
        &[][..],
        &[("OTEL_EXPORTER_OTLP_ENDPOINT", " ")],
        &[("OTEL_TRACES_EXPORTER", "otlp")],
        &[("OTEL_TRACES_SAMPLER", "nonsense")],
        &[ENDPOINT, ("OTEL_SDK_DISABLED", "TRUE")],
        &[ENDPOINT, ("OTEL_TRACES_EXPORTER", "none")],
    ] {
        assert!(matches!(read(environment), Ok(None)), "{environment:?}");
    }
    for on in [
        &[ENDPOINT][..],
        &[ENDPOINT, ("OTEL_SDK_DISABLED", "false")],
        &[("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "https://c.example/x")],
    ] {
        assert!(matches!(read(on), Ok(Some(_))), "{on:?}");
    }
}

#[test]
fn the_endpoint_of_all_signals_gets_the_path_of_traces_and_that_of_traces_is_taken_as_it_is() {
    for (name, value, expected) in [
        (
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            "http://c:4318",
            "http://c:4318/v1/traces",
        ),
        (
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            "http://c:4318/",
            "http://c:4318/v1/traces",
        ),
        (
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            "https://c/otlp/",
            "https://c/otlp/v1/traces",
        ),
        (
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
            "http://c:4318",
            "http://c:4318/",
        ),
        (
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
            "http://c/in",
            "http://c/in",
        ),
    ] {
        assert_eq!(
            with(&[(name, value)]).endpoint.as_str(),
            expected,
            "{value}"
        );
    }
}

#[test]
fn the_defaults_are_the_specifications() {
    let settings = with(&[]);
    assert_eq!(settings.timeout, Duration::from_secs(10));
    assert_eq!(settings.sampling, Sampling::ParentOrOn);
    assert_eq!(settings.propagation, Propagation::Own);
    assert_eq!((settings.queue, settings.batch), (2048, 512));
    assert_eq!(settings.delay, Duration::from_secs(5));
    assert!(settings.headers.is_empty() && settings.resource.is_empty());
}

#[test]
fn each_is_read() {
    let settings = with(&[
        (
            "OTEL_EXPORTER_OTLP_HEADERS",
            "api-key=a%20b%3D, x-tenant = t,",
        ),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "250"),
        ("OTEL_EXPORTER_OTLP_CERTIFICATE", "/ca.crt"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
        ("OTEL_SERVICE_NAME", "gate"),
        ("OTEL_RESOURCE_ATTRIBUTES", "k8s.pod.name=p-0,a=b=c"),
        ("OTEL_TRACES_SAMPLER", "parentbased_traceidratio"),
        ("OTEL_TRACES_SAMPLER_ARG", "0.25"),
        ("OTEL_PROPAGATORS", "tracecontext, baggage"),
        ("OTEL_BSP_MAX_QUEUE_SIZE", "100"),
        ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "10"),
        ("OTEL_BSP_SCHEDULE_DELAY", "50"),
    ]);
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(
        settings.headers,
        [pair("api-key", "a b="), pair("x-tenant", "t")]
    );
    assert_eq!(settings.timeout, Duration::from_millis(250));
    assert_eq!(settings.certificate.unwrap().to_str(), Some("/ca.crt"));
    assert_eq!(settings.service_name.as_deref(), Some("gate"));
    assert_eq!(
        settings.resource,
        [pair("k8s.pod.name", "p-0"), pair("a", "b=c")]
    );
    assert_eq!(
        (settings.sampling, settings.ratio),
        (Sampling::ParentOrRatio, 0.25)
    );
    assert_eq!(settings.propagation, Propagation::FromProxies);
    assert_eq!((settings.queue, settings.batch), (100, 10));
    assert_eq!(settings.delay, Duration::from_millis(50));
}

#[test]
fn what_is_about_traces_counts_before_what_is_about_all_signals() {
    let settings = with(&[
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "1"),
        ("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "2"),
    ]);
    assert_eq!(settings.timeout, Duration::from_millis(2));
}

#[test]
fn with_whom_traces_are_shared() {
    for (value, expected) in [
        ("none", Propagation::None),
        ("baggage", Propagation::None),
        ("tracecontext", Propagation::FromProxies),
        ("baggage,tracecontext", Propagation::FromProxies),
    ] {
        let settings = with(&[("OTEL_PROPAGATORS", value)]);
        assert_eq!(settings.propagation, expected, "{value}");
    }
}

#[test]
fn what_cannot_be_understood_or_would_not_be_heeded_is_said() {
    for (variable, value) in [
        ("OTEL_SDK_DISABLED", "1"),
        ("OTEL_TRACES_EXPORTER", "console"),
        ("OTEL_TRACES_EXPORTER", "otlp,none"),
        ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "collector:4318"),
        ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "grpc://collector"),
        (
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
            "http://user:secret@collector",
        ),
        (
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
            "http://collector?key=secret",
        ),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
        ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/json"),
        ("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"),
        ("OTEL_EXPORTER_OTLP_CLIENT_KEY", "/key"),
        ("OTEL_EXPORTER_OTLP_TRACES_CLIENT_CERTIFICATE", "/cert"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "secret"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "=secret"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "api key=secret"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "api-key=secret%0a"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "api-key=secret%ff"),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "10s"),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "0"),
        ("OTEL_RESOURCE_ATTRIBUTES", "pod"),
        ("OTEL_TRACES_SAMPLER", "jaeger_remote"),
        ("OTEL_TRACES_SAMPLER_ARG", "1.5"),
        ("OTEL_TRACES_SAMPLER_ARG", "NaN"),
        ("OTEL_PROPAGATORS", "b3"),
        ("OTEL_PROPAGATORS", "none,tracecontext"),
        ("OTEL_BSP_MAX_QUEUE_SIZE", "0"),
        ("OTEL_BSP_MAX_QUEUE_SIZE", "1000000000"),
        ("OTEL_BSP_SCHEDULE_DELAY", "-1"),
    ] {
        let (named, what) = wrong(variable, value);
        assert_eq!(named, variable, "{value}");
        assert!(!what.contains("secret"), "{what}");
    }
}

#[test]
fn all_that_is_wrong_is_said_at_once() {
    let environment = [
        ENDPOINT,
        ("OTEL_TRACES_SAMPLER", "x"),
        ("OTEL_PROPAGATORS", "y"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
    ];
    let wrong = read(&environment).err().unwrap();
    let named: Vec<_> = wrong.iter().map(|wrong| wrong.variable).collect();
    let expected = [
        "OTEL_EXPORTER_OTLP_PROTOCOL",
        "OTEL_TRACES_SAMPLER",
        "OTEL_PROPAGATORS",
    ];
    assert_eq!(named, expected);
}

/// The names of variables in code quotes of a text.
fn named(text: &str, quote: char) -> BTreeSet<&str> {
    let words = text.split(quote).skip(1).step_by(2);
    words.filter(|word| word.starts_with("OTEL_")).collect()
}

#[test]
fn the_document_has_each_variable_and_no_other() {
    let document = include_str!("../../../../docs/traces.md");
    let (_, rest) = document.split_once("<!-- variables -->").unwrap();
    let (table, _) = rest.split_once("<!-- /variables -->").unwrap();
    let read: BTreeSet<_> = named(include_str!("variables.rs"), '"')
        .into_iter()
        .filter(|name| !name.contains(' '))
        .collect();
    assert_eq!(named(table, '`'), read);
}
