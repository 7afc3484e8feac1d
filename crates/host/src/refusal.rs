//! What the host itself answers.

use http::{HeaderValue, Response, StatusCode, Version, header};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use serde_json::json;

use crate::body::{Body, BodyError};

/// Below this the answers are read by clients of Kubernetes.
const KUBERNETES: &str = "/k8s/";
/// In seconds: requests come and go quickly.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("1");

/// A few words.
pub(crate) fn plain(status: StatusCode, text: &'static str) -> Response<Body> {
    let text = Bytes::from_static(text.as_bytes());
    answer(status, "text/plain; charset=utf-8", text)
}

/// There are as many instances as there may be; `path` says who reads this. client-go obeys the
/// header of a 429, and knows what it says from the `Status`.
pub(crate) fn overloaded(path: &str) -> Response<Body> {
    let mut response = match path.starts_with(KUBERNETES) {
        true => answer(
            StatusCode::TOO_MANY_REQUESTS,
            "application/json",
            too_many().into(),
        ),
        false => plain(
            StatusCode::SERVICE_UNAVAILABLE,
            "too many requests in flight\n",
        ),
    };
    let headers = response.headers_mut();
    headers.insert(header::RETRY_AFTER, RETRY_AFTER);
    response
}

/// The path or a header is no text, which a component cannot be told of; `path` says who reads this.
pub(crate) fn not_text(path: &str) -> Response<Body> {
    let message = "the path or a header of the request is not text";
    if !path.starts_with(KUBERNETES) {
        return plain(StatusCode::BAD_REQUEST, message);
    }
    let status = json!({
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": message,
        "reason": "BadRequest",
        "code": 400,
    });
    let status = status.to_string().into();
    answer(StatusCode::BAD_REQUEST, "application/json", status)
}

/// Whether an answer in this version could end too soon without anybody's seeing it: with HTTP/1.0 it
/// is over when its connection is, cut or not (RFC 9112, section 6.3), and half a list would be a whole
/// one. Who reads pages loses little by that.
pub(crate) fn is_too_old(version: Version, path: &str) -> bool {
    version < Version::HTTP_11 && path.starts_with(KUBERNETES)
}

/// The answer to such a request.
pub(crate) fn too_old() -> Response<Body> {
    let status = json!({
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": "HTTP/1.0 cannot say that an answer was cut off: speak HTTP/1.1 or HTTP/2",
        "code": 505,
    });
    let status = status.to_string().into();
    answer(
        StatusCode::HTTP_VERSION_NOT_SUPPORTED,
        "application/json",
        status,
    )
}

fn too_many() -> String {
    let status = json!({
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": "the proxy has too many requests in flight, please try again later",
        "reason": "TooManyRequests",
        "details": { "retryAfterSeconds": 1 },
        "code": 429,
    });
    status.to_string()
}

fn answer(status: StatusCode, media_type: &'static str, text: Bytes) -> Response<Body> {
    let body = Full::new(text).map_err(BodyError::from).boxed_unsync();
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let media_type = HeaderValue::from_static(media_type);
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, media_type);
    response
}
