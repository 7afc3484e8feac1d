//! The tunnel's own answers. Clients of the API server get a Kubernetes `Status`, whose message kubectl
//! prints; others get a sentence.

use http::{HeaderValue, Response, StatusCode, header};
use serde_json::json;

use crate::kind::Kind;
use crate::relay::{self, Body};

/// Why the tunnel itself answers a request.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    pub(crate) code: StatusCode,
    reason: &'static str,
    pub(crate) message: String,
}

/// When to try again, in seconds.
const RETRY_AFTER: &str = "1";

impl Failure {
    /// The request is malformed.
    pub(crate) fn bad_request(why: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BadRequest", why)
    }

    /// An HTTP/1.0 answer may end with its connection, so a cut one looks complete.
    pub(crate) fn http_1_0() -> Self {
        let message = "HTTP/1.0 cannot say that an answer was cut off: speak HTTP/1.1 or HTTP/2";
        let status = StatusCode::HTTP_VERSION_NOT_SUPPORTED;
        Self::new(status, "HTTPVersionNotSupported", message)
    }

    /// The limit of connections is reached.
    pub(crate) fn too_many() -> Self {
        Self::unavailable("the tunnel carries as many connections as it may; try again later")
    }

    /// The request was cancelled while the client still waited.
    pub(crate) fn given_up(kind: Kind) -> Self {
        let server = kind.server();
        Self::unavailable(&format!(
            "the connection was ended before {server} answered"
        ))
    }

    /// The tunnel is shutting down.
    pub(crate) fn ending() -> Self {
        Self::unavailable("the tunnel is being stopped; try again")
    }

    /// The component does not answer, or its answer is unusable.
    pub(crate) fn no_component() -> Self {
        Self::unavailable("the proxy does not answer; try again")
    }

    /// The origin is not on the tunnel's list.
    pub(crate) fn foreign_origin(kind: Kind) -> Self {
        Self::bad_gateway(match kind {
            Kind::Kubernetes => "the tunnel may not connect to this API server (TUNNEL_ORIGINS)",
            Kind::App => "the tunnel may not connect to this app (UPSTREAMS)",
        })
    }

    /// The origin cannot be reached, or its answer is unusable.
    pub(crate) fn no_origin(kind: Kind) -> Self {
        Self::bad_gateway(&format!("{} cannot be reached", kind.server()))
    }

    /// The origin answers, and not by a WebSocket.
    pub(crate) fn no_websocket(kind: Kind) -> Self {
        Self::bad_gateway(&format!("{} has opened no WebSocket", kind.server()))
    }

    /// The origin does not answer in time.
    pub(crate) fn silent_origin(kind: Kind) -> Self {
        let message = format!("{} did not answer in time", kind.server());
        Self::new(StatusCode::GATEWAY_TIMEOUT, "Timeout", message)
    }

    fn unavailable(message: &str) -> Self {
        let status = StatusCode::SERVICE_UNAVAILABLE;
        Self::new(status, "ServiceUnavailable", message)
    }

    fn bad_gateway(message: &str) -> Self {
        Self::new(StatusCode::BAD_GATEWAY, "BadGateway", message)
    }

    fn new(code: StatusCode, reason: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            reason,
            message: message.into(),
        }
    }

    /// The limit of requests is reached.
    pub(crate) fn too_many_requests() -> Self {
        Self::busy("the proxy carries as many requests as it may; try again later")
    }

    /// The component is overloaded.
    pub(crate) fn busy_component() -> Self {
        Self::busy("the proxy has too many requests in flight, please try again later")
    }

    /// client-go waits after a 429.
    fn busy(message: &str) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "TooManyRequests", message)
    }

    /// As a response that closes the connection: bytes after the head must not be read as another request.
    pub(crate) fn response(&self, kind: Kind) -> Response<Body> {
        closing(self.kept_response(kind))
    }

    /// As a response on a connection that is kept.
    pub(crate) fn kept_response(&self, kind: Kind) -> Response<Body> {
        let (code, media_type, text) = match kind {
            Kind::Kubernetes => (self.code, "application/json", self.status()),
            Kind::App => (
                self.code_of_app(),
                "text/plain; charset=utf-8",
                self.sentence(),
            ),
        };
        let mut response = Response::new(relay::full(text));
        *response.status_mut() = code;
        let headers = response.headers_mut();
        let mut set = |name, value| headers.insert(name, HeaderValue::from_static(value));
        set(header::CONTENT_TYPE, media_type);
        set(header::CACHE_CONTROL, "no-store");
        if matches!(
            code,
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS
        ) {
            set(header::RETRY_AFTER, RETRY_AFTER);
        }
        response
    }

    fn status(&self) -> String {
        let status = json!({
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": self.message,
            "reason": self.reason,
            "code": self.code.as_u16(),
        });
        status.to_string()
    }

    fn sentence(&self) -> String {
        format!("{}\n", self.message)
    }

    /// Browsers do not retry after a 429, and an overload is not the client's fault.
    fn code_of_app(&self) -> StatusCode {
        match self.code {
            StatusCode::TOO_MANY_REQUESTS => StatusCode::SERVICE_UNAVAILABLE,
            code => code,
        }
    }
}

/// `response` with the connection closed after it.
pub(crate) fn closing(mut response: Response<Body>) -> Response<Body> {
    let close = HeaderValue::from_static("close");
    response.headers_mut().insert(header::CONNECTION, close);
    response
}
