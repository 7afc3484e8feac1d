//! What the tunnel itself answers: `Status` objects of Kubernetes, whose message kubectl prints.

use http::{HeaderValue, Response, StatusCode, header};
use serde_json::json;

use crate::relay::{self, Body};

/// Why a request has no answer but the tunnel's own.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    pub(crate) code: StatusCode,
    reason: &'static str,
    pub(crate) message: String,
}

/// When to try again, in seconds.
const RETRY_AFTER: &str = "1";

impl Failure {
    /// The client's request is wrong.
    pub(crate) fn bad_request(why: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BadRequest", why)
    }

    /// The end of an HTTP/1.0 answer may be the end of its connection, cut or not.
    pub(crate) fn http_1_0() -> Self {
        let message = "HTTP/1.0 cannot say that an answer was cut off: speak HTTP/1.1 or HTTP/2";
        let status = StatusCode::HTTP_VERSION_NOT_SUPPORTED;
        Self::new(status, "HTTPVersionNotSupported", message)
    }

    /// As many connections are open as may be.
    pub(crate) fn too_many() -> Self {
        Self::unavailable("the tunnel carries as many connections as it may; try again later")
    }

    /// The request was given up while the client still waited.
    pub(crate) fn given_up() -> Self {
        Self::unavailable("the connection was ended before the API server answered")
    }

    /// The tunnel ends.
    pub(crate) fn ending() -> Self {
        Self::unavailable("the tunnel is being stopped; try again")
    }

    /// The component does not answer, or nothing of use.
    pub(crate) fn no_component() -> Self {
        Self::unavailable("the proxy does not answer; try again")
    }

    /// The origin is not one of the tunnel's.
    pub(crate) fn foreign_origin() -> Self {
        Self::bad_gateway("the tunnel may not connect to this API server (TUNNEL_ORIGINS)")
    }

    /// The origin cannot be reached, or answers nothing of use.
    pub(crate) fn no_origin() -> Self {
        Self::bad_gateway("the API server cannot be reached")
    }

    /// The origin does not answer in time.
    pub(crate) fn silent_origin() -> Self {
        let message = "the API server did not answer in time";
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

    /// As many requests are carried as may be.
    pub(crate) fn too_many_requests() -> Self {
        Self::busy("the proxy carries as many requests as it may; try again later")
    }

    /// The component has too much to do.
    pub(crate) fn busy_component() -> Self {
        Self::busy("the proxy has too many requests in flight, please try again later")
    }

    /// client-go obeys a 429, and waits.
    fn busy(message: &str) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "TooManyRequests", message)
    }

    /// As a response after which the connection is closed: nothing that came after the head may be
    /// taken for another request.
    pub(crate) fn response(&self) -> Response<Body> {
        closing(self.kept_response())
    }

    /// As a response after which there may be another request.
    pub(crate) fn kept_response(&self) -> Response<Body> {
        let status = json!({
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": self.message,
            "reason": self.reason,
            "code": self.code.as_u16(),
        });
        let mut response = Response::new(relay::full(status.to_string()));
        *response.status_mut() = self.code;
        let headers = response.headers_mut();
        let mut set = |name, value| headers.insert(name, HeaderValue::from_static(value));
        set(header::CONTENT_TYPE, "application/json");
        set(header::CACHE_CONTROL, "no-store");
        if matches!(
            self.code,
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS
        ) {
            set(header::RETRY_AFTER, RETRY_AFTER);
        }
        response
    }
}

/// `response`, after which the connection is closed.
pub(crate) fn closing(mut response: Response<Body>) -> Response<Body> {
    let close = HeaderValue::from_static("close");
    response.headers_mut().insert(header::CONNECTION, close);
    response
}
