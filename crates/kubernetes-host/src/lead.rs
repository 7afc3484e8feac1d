//! Leads a request elsewhere.

use http::header::HOST;
use http::request::Parts;
use http::uri::{Authority, PathAndQuery};
use http::{HeaderMap, Uri};

/// Leads a request below `prefix`.
pub(crate) fn lead_below(prefix: &str, request: &mut Parts) {
    let mut uri = request.uri.clone().into_parts();
    let target = uri.path_and_query.as_ref().map(PathAndQuery::as_str);
    let target = target.filter(|target| target.starts_with('/'));
    // What is no path, as in `OPTIONS *`, leads nowhere here either.
    let Some(Ok(led)) = target.map(|target| format!("{prefix}{target}").parse()) else {
        return;
    };
    uri.path_and_query = Some(led);
    if let Ok(uri) = Uri::from_parts(uri) {
        request.uri = uri;
    }
}

/// Whom a request is for: its authority, or `Host`.
pub(crate) fn asked<'a>(uri: &'a Uri, headers: &'a HeaderMap) -> Option<&'a str> {
    let authority = uri.authority().map(Authority::as_str);
    authority.or_else(|| headers.get(HOST)?.to_str().ok())
}
