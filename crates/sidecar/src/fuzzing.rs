//! Entry points for the fuzz targets (`fuzz/`) to authentication. Only fuzzing compiles them.

use axum::extract::Request;
use axum::http::HeaderMap;

use crate::{auth, host_header};

/// The one bearer token in `Authorization`.
pub fn bearer(headers: &HeaderMap) -> Option<&[u8]> {
    auth::bearer(headers)
}

/// Whether a request is meant for this machine.
pub fn is_for_this_machine(request: &Request) -> bool {
    host_header::check(request).is_ok()
}
