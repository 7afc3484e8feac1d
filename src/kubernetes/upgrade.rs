//! Plain requests that wanted to upgrade to another protocol (RFC 9110, section 7.8).

use http::HeaderMap;
use verdict::RequestInfo;

/// Whether the client wanted an upgrade. The host removes `Upgrade` before a component sees the
/// request, so this looks at what is left of it.
pub(super) fn is_wanted(headers: &HeaderMap, request: &RequestInfo) -> bool {
    headers.contains_key("sec-websocket-key")
        || headers.contains_key("x-stream-protocol-version")
        || matches!(
            request.subresource.as_str(),
            "exec" | "attach" | "portforward"
        )
}
