//! Methods that are never sent to an API server.

use http::Method;

use crate::request::BadRequest;

/// The methods that an API server takes. A client that uses another is told these.
const TAKEN: &str = "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT";

/// Refuses `CONNECT`, which is for proxies, and `TRACE` (RFC 9110, sections 9.3.6 and 9.3.8). A
/// server before the API server may answer `TRACE` with the request that it got. That would hold a
/// token that is not for the client.
pub(super) fn check(method: &Method) -> Result<(), BadRequest> {
    match *method {
        Method::CONNECT | Method::TRACE => Err(BadRequest::MethodNotAllowed(TAKEN)),
        _ => Ok(()),
    }
}
