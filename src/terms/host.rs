//! Hosts as peers write them, before anything parses them.

/// Whether `text` consists of what a host and a port are made of: ASCII letters, digits, and `.-_:[]`. The WHATWG
/// URL parser decodes other hosts, and knows none that is not ASCII (ADR 10).
pub fn is_plain(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte);
    !text.is_empty() && text.bytes().all(is_plain)
}

/// Whether a label of `host` is punycode (RFC 3492). The parser decodes it, and cannot tell whether what comes
/// of it is a name (ADR 10).
pub fn is_punycode(host: &str) -> bool {
    let mut labels = host.split('.');
    labels.any(|label| {
        let start = label.get(..4);
        start.is_some_and(|start| start.eq_ignore_ascii_case("xn--"))
    })
}

#[cfg(test)]
mod tests {
    use super::{is_plain, is_punycode};

    #[test]
    fn a_plain_host_has_one_reading() {
        for host in ["a", "A.b-c_d.example", "10.0.0.1:80", "[::1]:8443"] {
            assert!(is_plain(host), "{host}");
        }
        for host in [
            "", "a b", "a/b", "a\\b", "%61", "u@a", "\u{e4}", "a,b", "a?b",
        ] {
            assert!(!is_plain(host), "{host}");
        }
    }

    #[test]
    fn punycode_is_seen_in_any_label_and_case() {
        for host in ["xn--a", "a.XN--b.example", "xN--:80"] {
            assert!(is_punycode(host), "{host}");
        }
        for host in ["", "xn-a", "axn--b.example", "\u{e4}\u{e4}\u{e4}"] {
            assert!(!is_punycode(host), "{host}");
        }
    }
}
