//! Headers that belong to a request itself.

use http::{HeaderName, header};

const NAMES: [HeaderName; 6] = [
    header::AUTHORIZATION,
    header::CONTENT_LENGTH,
    header::COOKIE,
    header::FORWARDED,
    header::HOST,
    header::ORIGIN,
];

/// Whose names begin so: as whom the API server is asked, from where a browser sends, and what a proxy says of
/// its client.
const PREFIXES: [&str; 3] = ["impersonate-", "sec-fetch-", "x-forwarded-"];

/// Whether the header `name` belongs to the request itself. `Connection` may name any header, and whoever takes
/// the request removes what it names (RFC 9110, section 7.6.1). Without one of these it would be another
/// request than the one that was sent, such as one with all rights of a user who has asked for fewer.
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
