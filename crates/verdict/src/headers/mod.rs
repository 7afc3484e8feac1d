//! The headers that are passed on, and those that are not.

mod apps;
mod cookies;
mod end_to_end;
mod going_on;
mod hop_by_hop;
mod orders;

pub use apps::{not_to_apps_client, to_app};
pub use cookies::{without_cookies, without_set_cookies};
pub use end_to_end::is_end_to_end;
pub use going_on::{folded, impersonation, not_to_client, remove_hosts_own, to_server};
pub use hop_by_hop::{MisusedConnection, lists, named_by_connection, remove_hop_by_hop, tokens};
pub use orders::orders;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use http::{HeaderMap, HeaderName, HeaderValue};

    /// Headers with these names.
    pub(super) fn headers(names: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for name in names {
            let name = HeaderName::try_from(*name).unwrap();
            headers.append(name, HeaderValue::from_static("x"));
        }
        headers
    }
}
