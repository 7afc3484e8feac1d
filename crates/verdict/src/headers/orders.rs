//! Headers with which an answer speaks for a whole origin.

use http::{HeaderName, header};

/// They are about the origin on which the proxy's own pages are: whatever a pod says would count there.
pub(super) const ORDERS: [HeaderName; 4] = [
    header::ALT_SVC,
    header::SET_COOKIE,
    header::STRICT_TRANSPORT_SECURITY,
    HeaderName::from_static("clear-site-data"),
];

/// The headers with which an answer sets cookies on our origin, or gives orders about it.
#[must_use]
pub fn orders() -> Vec<HeaderName> {
    ORDERS.to_vec()
}
