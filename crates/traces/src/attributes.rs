//! The attributes of spans: those of OpenTelemetry's semantic conventions for HTTP and databases, with
//! values that are known beforehand or that an operator wrote.

use http::{Method, StatusCode, Version};
use opentelemetry::KeyValue;

pub(crate) const METHOD: &str = "http.request.method";
pub(crate) const ROUTE: &str = "http.route";
pub(crate) const STATUS: &str = "http.response.status_code";
pub(crate) const SCHEME: &str = "url.scheme";
pub(crate) const TEMPLATE: &str = "url.template";
pub(crate) const VERSION: &str = "network.protocol.version";
pub(crate) const SERVER: &str = "server.address";
pub(crate) const PORT: &str = "server.port";
pub(crate) const ERROR: &str = "error.type";
pub(crate) const DATABASE: &str = "db.system.name";
pub(crate) const OPERATION: &str = "db.operation.name";
/// Of an event: how it ended, as in the log.
pub(crate) const OUTCOME: &str = "aks_oauth_proxy.outcome";
/// Of a request: the id that is in the log and on the page of an error.
pub(crate) const REQUEST_ID: &str = "aks_oauth_proxy.request_id";

/// The methods that the conventions know; others are `_OTHER`, which a span's name has as `HTTP`.
const METHODS: [&str; 10] = [
    "CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY", "TRACE",
];

/// A method, as it stands in attributes and names.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Known(Option<&'static str>);

impl Known {
    pub(crate) fn of(method: &Method) -> Self {
        Self(METHODS.into_iter().find(|known| *known == method.as_str()))
    }

    /// As an attribute.
    pub(crate) fn attribute(self) -> KeyValue {
        KeyValue::new(METHOD, self.0.unwrap_or("_OTHER"))
    }

    /// The name of a span about this method and what may be `at`.
    pub(crate) fn name(self, at: Option<&str>) -> String {
        let method = self.0.unwrap_or("HTTP");
        match at {
            Some(at) => format!("{method} {at}"),
            None => method.to_owned(),
        }
    }
}

pub(crate) fn scheme(is_secure: bool) -> KeyValue {
    KeyValue::new(SCHEME, if is_secure { "https" } else { "http" })
}

pub(crate) fn status(status: StatusCode) -> KeyValue {
    KeyValue::new(STATUS, i64::from(status.as_u16()))
}

/// That something went wrong, by its status.
pub(crate) fn error_of(status: StatusCode) -> KeyValue {
    KeyValue::new(ERROR, status.as_str().to_owned())
}

/// That something went wrong, in a word.
pub(crate) fn error(word: &'static str) -> KeyValue {
    KeyValue::new(ERROR, word)
}

pub(crate) fn version(version: Version) -> KeyValue {
    let version = match version {
        Version::HTTP_10 => "1.0",
        Version::HTTP_2 => "2",
        _ => "1.1",
    };
    KeyValue::new(VERSION, version)
}
