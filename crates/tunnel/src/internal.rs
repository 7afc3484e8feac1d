//! The component's internal path, which only the tunnel itself may use.

/// Where the tunnel asks the component.
pub(crate) const INTERNAL_PATH: &str = "/-/tunnel";
/// A path that the component does not know. Clients that ask for the internal path get the answer of this
/// one.
pub const UNKNOWN_PATH: &str = "/-/unknown";

/// Whether any reader between here and the component may take `path` for the internal one: percent-encoded,
/// in any case, with duplicate slashes, dot segments, parameters, backslashes or control characters. No
/// client's request goes on with such a path.
///
/// Readers differ in when they decode, merge slashes, cut parameters and drop control characters. So a segment
/// `..` may remove any segment, or none, and a parameter may have a decoded slash and the segments behind it.
/// With one of them, a path in which `-` and `tunnel` follow each other at any distance is taken for the
/// internal one.
#[must_use]
pub fn is_internal(path: &str) -> bool {
    let decoded = decode(path.as_bytes());
    if decoded.contains(&b';') || segments(&decoded).any(|segment| segment == b"..") {
        let mut segments = segments(&decoded);
        return segments.any(|segment| segment == b"-")
            && segments.any(|segment| segment == b"tunnel");
    }
    // For some readers a decoded `?` or `#` ends the path; for others it is part of it.
    let ends: [&[u8]; 2] = [b"", b"?#"];
    ends.iter().any(|ends| {
        let path = decoded.split(|byte| ends.contains(byte)).next();
        path.is_some_and(|path| segments(path).eq([b"-".as_slice(), b"tunnel"]))
    })
}

/// Percent-decoded until nothing is left to decode, in lower case, with slashes for backslashes, and
/// without white space and control characters. What these separate is decoded too: `%2%0Ae` is a dot.
fn decode(path: &[u8]) -> Vec<u8> {
    let is_kept = |byte: u8| !byte.is_ascii_control() && !byte.is_ascii_whitespace();
    let mut decoded = Vec::with_capacity(path.len());
    for byte in path.iter().copied().filter(|byte| is_kept(*byte)) {
        decoded.push(byte);
        // A decoded byte may complete another encoded one: `%2525` is `%`.
        while let [.., b'%', high, low] = decoded[..]
            && let (Some(high), Some(low)) = (hexadecimal(high), hexadecimal(low))
        {
            decoded.truncate(decoded.len() - 3);
            decoded.extend(Some(high << 4 | low).filter(|byte| is_kept(*byte)));
        }
    }
    for byte in &mut decoded {
        *byte = match *byte {
            b'\\' => b'/',
            other => other.to_ascii_lowercase(),
        };
    }
    decoded
}

fn hexadecimal(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}

/// The segments of `path`, without empty ones, dots, and what follows a `;`, `?` or `#` in them.
fn segments(path: &[u8]) -> impl Iterator<Item = &[u8]> {
    let names = path.split(|byte| *byte == b'/').map(|segment| {
        let mut parts = segment.split(|byte| b";?#".contains(byte));
        parts.next().unwrap_or_default()
    });
    names.filter(|name| !matches!(*name, b"" | b"."))
}

#[cfg(test)]
mod tests {
    use super::{UNKNOWN_PATH, is_internal};

    #[test]
    fn every_spelling_is_known() {
        for path in [
            "/-/tunnel",
            "/-/tunnel/",
            "//-//tunnel//",
            "/-/TUNNEL",
            "/-/Tunnel",
            "/%2d/tunnel",
            "/%2D/tunnel",
            "/-/%74unnel",
            "/-/%54unnel",
            "/-%2ftunnel",
            "%2f-%2ftunnel",
            "/%252d/tunnel",
            "/%25252d/tunnel",
            "/%%32%64/tunnel",
            "/-/%25%37%34unnel",
            "/-%5ctunnel",
            "/-\\tunnel",
            "\\-\\tunnel",
            "/-/./tunnel",
            "/./-/tunnel/.",
            "/x/../-/tunnel",
            "/../-/tunnel",
            "/-/x/../tunnel",
            "/-/tunnel/x/..",
            "/-/tunnel/x/%2e%2e",
            "/-/tunnel//..",
            "/-/tunnel/%2F%2e%2e",
            "/-/tunnel/a%2fb/..",
            "/-/tunnel///a%2fb/..",
            "/-/tunnel///a%255cb/%2e%2e",
            "/a%2fb/../-/tunnel",
            "/-/tunnel/.%00/..",
            "/%2\ne%2\ne/-/tunnel\0",
            "/x/%2%0ae%2%0Ae/-/tunnel",
            "/-/t%0d%0aunnel",
            "/-/tunnel/%2e/..",
            "/-/tunnel/%252e/..",
            "/-/tunnel/..",
            "/-/../tunnel",
            "/-/x/..%23/tunnel",
            "/-/x/..;/tunnel",
            "/k8s/%2e%2e/-/tunnel",
            "/k8s/..%2f-%2ftunnel",
            "/k8s/..;/-/tunnel",
            "/-;a=b/tunnel",
            "/-/tunnel;a=b",
            "/-/tunnel;a/b",
            "/;/-/tunnel",
            "/-/;.//;.;/;%2F-/tunnel",
            "/-;a%2fb/tunnel",
            "/-/tunnel%00",
            "/-/tunnel%20",
            "/-/tunnel%0d%0a",
            "/-/tun%09nel",
            "/-/tunnel%3fquery",
            "/-/tunnel%23fragment",
            "/x%3f/../-/tunnel",
        ] {
            assert!(is_internal(path), "{path}");
        }
    }

    #[test]
    fn other_paths_are_not() {
        for path in [
            "",
            "/",
            "*",
            "/-",
            "/-/",
            UNKNOWN_PATH,
            "/tunnel",
            "/-/tunnels",
            "/-/tunnel/x",
            "/-/-/tunnel",
            "/k8s/-/tunnel",
            "/k8s/../tunnel",
            "/k8s/tunnel/-/..",
            "/k8s/api/v1/namespaces/tunnel/pods/-/exec",
            "/-/%zztunnel",
            "/-/tunnel%",
            "/-/t%C3%BCnnel",
        ] {
            assert!(!is_internal(path), "{path}");
        }
    }

    #[test]
    fn a_long_path_is_looked_at_once() {
        let long = "%25".repeat(20_000);
        assert!(!is_internal(&format!("/{long}2d/tunnel")));
        assert!(is_internal(&format!("/%{}2d/tunnel", "25".repeat(20_000))));
    }
}
