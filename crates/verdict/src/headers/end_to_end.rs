//! End-to-end headers that `Connection` must not name.

use http::{HeaderName, header};

const NAMES: [HeaderName; 6] = [
    header::AUTHORIZATION,
    header::CONTENT_LENGTH,
    header::COOKIE,
    header::FORWARDED,
    header::HOST,
    header::ORIGIN,
];

/// Prefixes of such headers: impersonation, the browser's fetch metadata, and a proxy's word on its client.
const PREFIXES: [&str; 3] = ["impersonate-", "sec-fetch-", "x-forwarded-"];

/// Whether the header `name` must stay with its request. `Connection` may name any header, and the recipient
/// removes it (RFC 9110, section 7.6.1). Without such a header the request changes its meaning: without
/// impersonation, a user has all rights instead of fewer.
#[must_use]
pub fn is_end_to_end(name: &HeaderName) -> bool {
    let begins = |prefix: &&str| name.as_str().starts_with(prefix);
    NAMES.contains(name) || PREFIXES.iter().any(begins)
}

#[cfg(test)]
mod tests {
    use http::HeaderName;

    use super::is_end_to_end;

    #[test]
    fn what_decides_on_a_request_belongs_to_it() {
        for name in [
            "authorization",
            "content-length",
            "cookie",
            "forwarded",
            "host",
            "impersonate-user",
            "impersonate-extra-scopes",
            "origin",
            "sec-fetch-site",
            "x-forwarded-for",
            "x-forwarded-proto",
        ] {
            assert!(is_end_to_end(&HeaderName::from_static(name)), "{name}");
        }
        for name in ["connection", "keep-alive", "te", "upgrade", "x-own"] {
            assert!(!is_end_to_end(&HeaderName::from_static(name)), "{name}");
        }
    }
}
