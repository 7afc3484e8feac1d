//! The host's own answers.

use http::{HeaderValue, Response, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;

use crate::body::{Body, BodyError};

/// In seconds: requests are short.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("1");

/// A short text.
pub(crate) fn plain(status: StatusCode, text: &'static str) -> Response<Body> {
    let text = Bytes::from_static(text.as_bytes());
    let body = Full::new(text).map_err(BodyError::from).boxed_unsync();
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let media_type = HeaderValue::from_static("text/plain; charset=utf-8");
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, media_type);
    response
}

/// The limit of instances is reached.
pub(crate) fn overloaded() -> Response<Body> {
    let text = "too many requests in flight\n";
    let mut response = plain(StatusCode::SERVICE_UNAVAILABLE, text);
    response
        .headers_mut()
        .insert(header::RETRY_AFTER, RETRY_AFTER);
    response
}

/// The path or a header is not text, as a component requires.
pub(crate) fn not_text() -> Response<Body> {
    plain(
        StatusCode::BAD_REQUEST,
        "the path or a header of the request is not text",
    )
}
