//! Headers with which an answer speaks for a whole origin.

use http::{HeaderMap, HeaderName, header};

/// They are about the origin on which the proxy's own pages are: whatever a pod says would count there.
pub(super) const ORDERS: [HeaderName; 4] = [
    header::ALT_SVC,
    header::SET_COOKIE,
    header::STRICT_TRANSPORT_SECURITY,
    HeaderName::from_static("clear-site-data"),
];

/// Removes from the head of an answer what sets cookies on our origin, or gives orders about it.
pub fn remove_orders(head: &mut HeaderMap) {
    for name in ORDERS {
        head.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderName, HeaderValue, header};

    use super::{ORDERS, remove_orders};

    #[test]
    fn an_answer_gives_no_orders() {
        let mut head = HeaderMap::new();
        for name in ORDERS.into_iter().chain([header::WARNING]) {
            head.append(&name, HeaderValue::from_static("1"));
            head.append(name, HeaderValue::from_static("2"));
        }
        remove_orders(&mut head);
        let left: Vec<&HeaderName> = head.keys().collect();
        assert_eq!(left, [&header::WARNING]);
    }
}
