//! What is done for a request at somebody else's.

use std::borrow::Cow;

use http::uri::Scheme;
use http::{HeaderMap, Method, StatusCode, Uri};
use opentelemetry::trace::{Status, TraceContextExt};
use opentelemetry::{Context, KeyValue};

use crate::attributes::{self, Known, PORT, SERVER, TEMPLATE};
use crate::context;
use crate::paths::path_class;

/// A call over HTTP, as far as it is told.
#[derive(Clone, Debug)]
pub struct Call<'a> {
    /// How it is asked.
    pub method: &'a Method,
    /// Whether over TLS.
    pub secure: bool,
    /// Who: a host of the operator's settings.
    pub host: Cow<'a, str>,
    /// And its port.
    pub port: u16,
    /// What for: one of few classes.
    pub class: Option<&'static str>,
}

impl<'a> Call<'a> {
    /// The call of `uri`, which has a host that an operator has granted.
    pub fn of(method: &'a Method, uri: &'a Uri) -> Self {
        let secure = uri.scheme() == Some(&Scheme::HTTPS);
        Self {
            method,
            secure,
            host: uri.host().unwrap_or_default().into(),
            port: uri.port_u16().unwrap_or(if secure { 443 } else { 80 }),
            class: path_class(uri.path()),
        }
    }

    pub(crate) fn name(&self) -> String {
        Known::of(self.method).name(self.class)
    }

    pub(crate) fn attributes(&self) -> Vec<KeyValue> {
        let mut attributes = vec![
            Known::of(self.method).attribute(),
            attributes::scheme(self.secure),
            KeyValue::new(SERVER, self.host.clone().into_owned()),
            KeyValue::new(PORT, i64::from(self.port)),
        ];
        attributes.extend(self.class.map(|class| KeyValue::new(TEMPLATE, class)));
        attributes
    }
}

/// The span of a call or operation. Dropped before it is known how that ended, it was given up.
#[derive(Debug)]
pub struct Span {
    /// With this span, or that of the request if there is none of its own.
    context: Option<Context>,
    is_own: bool,
    /// Whether others are told of it.
    tells: bool,
}

impl Span {
    /// None at all.
    pub(crate) fn none() -> Self {
        Self {
            context: None,
            is_own: false,
            tells: false,
        }
    }

    /// One that is not made, in the trace of `context`.
    pub(crate) fn outside(context: Context, tells: bool) -> Self {
        Self {
            context: Some(context),
            is_own: false,
            tells,
        }
    }

    /// That of `context`.
    pub(crate) fn begun(context: Context, tells: bool) -> Self {
        Self {
            context: Some(context),
            is_own: true,
            tells,
        }
    }

    /// Says in the head of the call to which trace it belongs. Whatever a client said of that is gone.
    pub fn pass_on(&self, headers: &mut HeaderMap) {
        if let Some(context) = self.context.as_ref().filter(|_| self.tells) {
            context::write(context, headers);
        }
    }

    /// The call has been answered so.
    pub fn answered(self, status: StatusCode) {
        let mut attributes = vec![attributes::status(status)];
        let is_error = status.is_client_error() || status.is_server_error();
        attributes.extend(is_error.then(|| attributes::error_of(status)));
        self.end(attributes, is_error);
    }

    /// The operation is done.
    pub fn done(self) {
        self.end(Vec::new(), false);
    }

    /// It has failed, in a word.
    pub fn failed(self, word: &'static str) {
        self.end(vec![attributes::error(word)], true);
    }

    fn end(mut self, attributes: Vec<KeyValue>, is_error: bool) {
        self.finish(attributes, is_error);
    }

    fn finish(&mut self, attributes: Vec<KeyValue>, is_error: bool) {
        let Some(context) = self.context.take().filter(|_| self.is_own) else {
            return;
        };
        let span = context.span();
        span.set_attributes(attributes);
        if is_error {
            span.set_status(Status::error(""));
        }
        span.end();
    }
}

impl Drop for Span {
    fn drop(&mut self) {
        self.finish(vec![attributes::error("given_up")], false);
    }
}
