//! W3C Trace Context: `traceparent`. `tracestate` is neither read nor sent, since it is free text.

use http::{HeaderMap, HeaderValue};
use opentelemetry::Context;
use opentelemetry::propagation::{Extractor, Injector, TextMapPropagator};
use opentelemetry_sdk::propagation::TraceContextPropagator;

const TRACEPARENT: &str = "traceparent";
const TRACESTATE: &str = "tracestate";

/// The trace to which `headers` say that a request belongs; an empty context if they say nothing, or
/// more than one thing.
pub(crate) fn read(headers: &HeaderMap) -> Context {
    TraceContextPropagator::new().extract_with_context(&Context::new(), &Parent(headers))
}

/// Says in `headers` that a request belongs to the span of `context`, whatever they said before.
pub(crate) fn write(context: &Context, headers: &mut HeaderMap) {
    headers.remove(TRACESTATE);
    TraceContextPropagator::new().inject_context(context, &mut Child(headers));
}

struct Parent<'a>(&'a HeaderMap);

impl Extractor for Parent<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        if key != TRACEPARENT {
            return None;
        }
        let mut values = self.0.get_all(TRACEPARENT).iter();
        match (values.next(), values.next()) {
            (Some(value), None) => value.to_str().ok(),
            _ => None,
        }
    }

    fn keys(&self) -> Vec<&str> {
        vec![TRACEPARENT]
    }
}

struct Child<'a>(&'a mut HeaderMap);

impl Injector for Child<'_> {
    fn set(&mut self, key: &str, value: String) {
        if key == TRACEPARENT
            && let Ok(value) = HeaderValue::try_from(value)
        {
            self.0.insert(TRACEPARENT, value);
        }
    }
}
