//! Response headers that apply to a whole origin.

use http::{HeaderName, header};

/// The origin also has the proxy's own pages, so a pod must not set these.
pub(super) const ORDERS: [HeaderName; 9] = [
    header::ALT_SVC,
    header::SET_COOKIE,
    header::STRICT_TRANSPORT_SECURITY,
    HeaderName::from_static("clear-site-data"),
    // They have browsers report the addresses of all requests to the origin (W3C, Network Error Logging).
    HeaderName::from_static("nel"),
    HeaderName::from_static("report-to"),
    // The paths that a script may take over (W3C, Service Workers), and whether one is signed in (FedCM).
    HeaderName::from_static("service-worker-allowed"),
    HeaderName::from_static("set-login"),
    // nginx in front gives the answer of another of its own addresses instead.
    HeaderName::from_static("x-accel-redirect"),
];

/// The response headers that set cookies on our origin or give orders about it.
#[must_use]
pub fn orders() -> Vec<HeaderName> {
    ORDERS.to_vec()
}
