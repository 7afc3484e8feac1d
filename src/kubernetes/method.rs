//! Methods that no API server is asked by.

use http::Method;

use crate::request::BadRequest;

/// What an API server takes, for whoever asks by something else.
const TAKEN: &str = "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT";

/// Refuses `CONNECT`, which is for proxies, and `TRACE`: whoever stands before the API server may answer it
/// with the request that it got, and so with a token that is not for the client (RFC 9110, sections 9.3.6
/// and 9.3.8).
pub(super) fn check(method: &Method) -> Result<(), BadRequest> {
    match *method {
        Method::CONNECT | Method::TRACE => Err(BadRequest::MethodNotAllowed(TAKEN)),
        _ => Ok(()),
    }
}
