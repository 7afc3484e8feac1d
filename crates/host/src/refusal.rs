//! What the host itself answers.

use http::{HeaderValue, Response, StatusCode, header};
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
            status().into(),
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

fn status() -> String {
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
