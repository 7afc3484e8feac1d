//! Bodies of requests.

use http::{HeaderValue, Method, Request, header};
use hyper::body::Body;

/// Has the head of `request` say that there is a body of unknown length, if there is one: with GET and HEAD
/// hyper sends none else. Search APIs take one with GET.
pub fn announce_body<B: Body>(request: &mut Request<B>) {
    let may_have_none = matches!(*request.method(), Method::GET | Method::HEAD);
    let has_length = request.headers().contains_key(header::CONTENT_LENGTH);
    if may_have_none && !has_length && !request.body().is_end_stream() {
        let chunked = HeaderValue::from_static("chunked");
        let headers = request.headers_mut();
        headers.insert(header::TRANSFER_ENCODING, chunked);
    }
}
