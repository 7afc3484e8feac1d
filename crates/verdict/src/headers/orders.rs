//! Response headers that apply to a whole origin.

use http::{HeaderName, header};

/// The origin also has the proxy's own pages, so a pod must not set these.
pub(super) const ORDERS: [HeaderName; 4] = [
    header::ALT_SVC,
    header::SET_COOKIE,
    header::STRICT_TRANSPORT_SECURITY,
    HeaderName::from_static("clear-site-data"),
];

/// The response headers that set cookies on our origin or give orders about it.
#[must_use]
pub fn orders() -> Vec<HeaderName> {
    ORDERS.to_vec()
}
