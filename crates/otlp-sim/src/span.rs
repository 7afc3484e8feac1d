//! Spans, as tests look at them.

use std::collections::BTreeMap;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, Span as Message};
use prost::Message as _;

/// A span.
#[derive(Clone, Debug)]
pub struct Span {
    /// What made it: the attributes of its resource.
    pub resource: BTreeMap<String, String>,
    /// Its name.
    pub name: String,
    /// `SPAN_KIND_SERVER` and its kin.
    pub kind: &'static str,
    /// The id of its trace, in hexadecimal.
    pub trace: String,
    /// Its own.
    pub id: String,
    /// That of the span above it; empty if there is none.
    pub parent: String,
    /// Its attributes, as text.
    pub attributes: BTreeMap<String, String>,
    /// The names of its events, and their attributes.
    pub events: Vec<(String, BTreeMap<String, String>)>,
}

impl Span {
    /// All spans in the content of an export.
    pub(crate) fn all(body: &[u8]) -> Vec<Self> {
        let request = ExportTraceServiceRequest::decode(body).unwrap();
        request.resource_spans.into_iter().flat_map(of).collect()
    }
}

fn of(spans: ResourceSpans) -> impl Iterator<Item = Span> {
    let resource = texts(spans.resource.unwrap_or_default().attributes);
    let spans = spans.scope_spans.into_iter().flat_map(|scope| scope.spans);
    spans.map(move |span| read(resource.clone(), span))
}

fn read(resource: BTreeMap<String, String>, span: Message) -> Span {
    let events = span.events.into_iter();
    Span {
        resource,
        kind: SpanKind::try_from(span.kind).unwrap().as_str_name(),
        name: span.name,
        trace: hexadecimal(&span.trace_id),
        id: hexadecimal(&span.span_id),
        parent: hexadecimal(&span.parent_span_id),
        attributes: texts(span.attributes),
        events: events
            .map(|event| (event.name, texts(event.attributes)))
            .collect(),
    }
}

fn texts(attributes: Vec<KeyValue>) -> BTreeMap<String, String> {
    let attributes = attributes.into_iter();
    attributes
        .map(|attribute| {
            let value = attribute.value.and_then(|value| value.value);
            (attribute.key, text(value))
        })
        .collect()
}

fn text(value: Option<Value>) -> String {
    match value {
        Some(Value::StringValue(text)) => text,
        Some(Value::IntValue(number)) => number.to_string(),
        other => format!("{other:?}"),
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
