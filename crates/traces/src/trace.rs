//! The trace of one request, below whose span other spans are.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use http::Method;
use opentelemetry::trace::{SpanKind, SpanRef, TraceContextExt, Tracer};
use opentelemetry::{Context, KeyValue};

use crate::attributes::{DATABASE, Known, OPERATION, OUTCOME, REQUEST_ID};
use crate::call::{Call, Span};
use crate::tracing::Tracing;

/// So many spans below that of a request are made at most. A watch that looks after its session for a day
/// would make thousands.
const MOST: u32 = 100;
/// The longest id of a request, in bytes.
const LONGEST_ID: usize = 32;

/// The trace of one request, or none: that is the default. A copy is the same one.
#[derive(Clone, Default)]
pub struct Trace(Option<Arc<Request>>);

struct Request {
    tracing: Arc<Tracing>,
    /// With the span of the request.
    context: Context,
    /// How many spans there are below it.
    below: AtomicU32,
}

impl Trace {
    /// Begins the span of a request below that of `parent`.
    pub(crate) fn begin(
        tracing: &Arc<Tracing>,
        parent: &Context,
        kind: SpanKind,
        name: String,
        attributes: Vec<KeyValue>,
    ) -> Self {
        Self(Some(Arc::new(Request {
            context: start(tracing, parent, kind, name, attributes),
            tracing: tracing.clone(),
            below: AtomicU32::new(0),
        })))
    }

    /// Begins the span of a question that this process asks itself, for this request.
    pub(crate) fn ask(&self, method: &Method) -> Self {
        let Some(request) = self.0.as_deref() else {
            return Self::default();
        };
        if !request.is_kept() {
            // Nothing is noted, but whoever is called below it hears that.
            return self.clone();
        }
        if !request.may_have_one_more() {
            return Self::default();
        }
        let (method, kind) = (Known::of(method), SpanKind::Internal);
        let attributes = vec![method.attribute()];
        let name = method.name(None);
        Self::begin(&request.tracing, &request.context, kind, name, attributes)
    }

    /// Begins the span of a call of somebody else.
    #[must_use]
    pub fn call(&self, call: &Call<'_>) -> Span {
        self.below(|| (call.name(), call.attributes()))
    }

    /// Begins the span of an operation of a store: `system` and `operation` are words.
    #[must_use]
    pub fn operation(&self, system: &'static str, operation: &'static str) -> Span {
        self.below(|| {
            let attributes = vec![
                KeyValue::new(DATABASE, system),
                KeyValue::new(OPERATION, operation),
            ];
            (format!("{operation} {system}"), attributes)
        })
    }

    /// Notes that `event` has happened, and how it ended: both are words of the log.
    pub fn event(&self, event: &'static str, outcome: &'static str) {
        if let Some(span) = self.span() {
            span.add_event(event, vec![KeyValue::new(OUTCOME, outcome)]);
        }
    }

    /// Notes by which id the request is found in the log. What does not look like one is none.
    pub fn found_by(&self, id: &str) {
        let is_id = !id.is_empty()
            && id.len() <= LONGEST_ID
            && id
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        if let Some(span) = self.span().filter(|_| is_id) {
            span.set_attribute(KeyValue::new(REQUEST_ID, id.to_owned()));
        }
    }

    /// Whether what is noted is kept.
    pub fn is_kept(&self) -> bool {
        self.span().is_some_and(|span| span.is_recording())
    }

    /// The id of the trace, for log lines; nothing if it is not sent anywhere.
    pub fn id(&self) -> Option<String> {
        let span = self.span()?;
        let context = span.span_context();
        context.is_sampled().then(|| context.trace_id().to_string())
    }

    /// The span of the request.
    pub(crate) fn span(&self) -> Option<SpanRef<'_>> {
        self.0.as_deref().map(|request| request.context.span())
    }

    /// A span of what is done for the request at somebody else's. What is not kept is not made.
    fn below(&self, what: impl FnOnce() -> (String, Vec<KeyValue>)) -> Span {
        let Some(request) = self.0.as_deref() else {
            return Span::none();
        };
        let tells = request.tracing.trust.tells();
        if !request.may_have_one_more() {
            return Span::outside(request.context.clone(), tells);
        }
        let (name, attributes) = what();
        let (tracing, parent) = (&request.tracing, &request.context);
        let context = start(tracing, parent, SpanKind::Client, name, attributes);
        Span::begun(context, tells)
    }
}

impl Request {
    /// Whether its trace is sent anywhere.
    fn is_kept(&self) -> bool {
        self.context.span().span_context().is_sampled()
    }

    /// Whether one more span is made below it.
    fn may_have_one_more(&self) -> bool {
        self.is_kept() && self.below.fetch_add(1, Ordering::Relaxed) < MOST
    }
}

impl fmt::Debug for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Trace").field(&self.id()).finish()
    }
}

/// `parent` with a new span below its own.
fn start(
    tracing: &Tracing,
    parent: &Context,
    kind: SpanKind,
    name: String,
    attributes: Vec<KeyValue>,
) -> Context {
    let tracer = &tracing.tracer;
    let builder = tracer.span_builder(name).with_kind(kind);
    let builder = builder.with_attributes(attributes);
    parent.with_span(tracer.build_with_context(builder, parent))
}
