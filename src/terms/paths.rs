//! Paths that servers may read in two ways. Every decision on a path refuses them.

use percent_encoding::percent_decode_str;

/// Whether servers may disagree on what `path` means (docs/security.md).
pub fn has_two_readings(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    ["//", "%2f", "%5c", "%25", ";"]
        .iter()
        .any(|odd| lower.contains(odd))
        || is_overlong(&percent_decode_str(path).collect::<Vec<u8>>())
        || percent_encoded(&lower).any(|byte| byte.is_ascii_control() || is_unreserved(byte))
        || lower
            .split('/')
            .any(|segment| segment == "." || segment == "..")
}

/// Whether the rest of a path may lead out of what comes before it, for whoever decodes it, however
/// often, and whatever they take for a separator; or it has an escape that is none.
pub fn leads_out(rest: &str) -> bool {
    if percent_encoded(rest).any(|byte| byte == 0) {
        return true;
    }
    let mut read = rest.to_owned();
    loop {
        if read.contains(char::is_control) || has_dot_segment(&read) {
            return true;
        }
        let decoded: Vec<u8> = percent_decode_str(&read).collect();
        if is_overlong(&decoded) {
            return true;
        }
        let decoded = String::from_utf8_lossy(&decoded).into_owned();
        if decoded == read {
            return false;
        }
        read = decoded;
    }
}

/// `path`, which has one reading, as lax servers take it: those that decode it before they look for the query, and
/// those that drop dots and spaces at the end of a segment, as files of Windows are named. In lower case.
pub fn read_laxly(path: &str) -> String {
    let decoded = percent_decode_str(path).decode_utf8_lossy();
    let named = decoded.split(['?', '#']).next().unwrap_or_default();
    let mut read = String::new();
    let mut segments = named.split('/').peekable();
    while let Some(segment) = segments.next() {
        let segment = segment.trim_end_matches(['.', ' ']);
        // Nothing but the first one and what follows the last slash is empty.
        let is_last = segments.peek().is_none();
        if segment.is_empty() && !read.is_empty() && !is_last {
            continue;
        }
        read.push_str(segment);
        if !is_last {
            read.push('/');
        }
    }
    read.to_lowercase()
}

/// Whether `bytes` have a sign in more bytes than it takes, which UTF-8 forbids (RFC 3629, section 3). Some old
/// servers decode it all the same: 0xC0 0xAF is a slash to them.
fn is_overlong(bytes: &[u8]) -> bool {
    bytes.windows(2).any(|pair| {
        matches!(
            pair,
            [0xc0 | 0xc1, 0x80..=0xbf] | [0xe0, 0x80..=0x9f] | [0xf0, 0x80..=0x8f]
        )
    })
}

/// Whether a segment, without its parameters (RFC 3986, section 3.3), is `.` or `..`.
fn has_dot_segment(path: &str) -> bool {
    path.split(['/', '\\']).any(|segment| {
        let name = segment.split(';').next();
        matches!(name, Some("." | ".."))
    })
}

/// Whether an escape of `byte` means the byte itself (RFC 3986, section 2.3): who decodes and who does not
/// would read two paths.
fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
}

fn percent_encoded(path: &str) -> impl Iterator<Item = u8> + '_ {
    path.split('%').skip(1).map(|rest| {
        // An invalid escape counts as NUL, which is refused.
        rest.get(..2)
            .and_then(|digits| u8::from_str_radix(digits, 16).ok())
            .unwrap_or_default()
    })
}

#[cfg(test)]
mod tests {
    use super::{has_two_readings, leads_out, read_laxly};

    #[test]
    fn plain_paths_have_one_reading() {
        for path in [
            "/",
            "/k8s/api/v1/namespaces/a/pods/p:x",
            "/a%20b/c~d/e!$&'()*+,=@",
            "/%C3%A9/%E2%82%AC/%F0%9F%98%80",
            "/%E9t%E9",
            "/apis/",
        ] {
            assert!(!has_two_readings(path), "{path}");
        }
    }

    #[test]
    fn what_some_server_reads_otherwise_has_two() {
        for path in [
            "//",
            "/a//b",
            "/.",
            "/..",
            "/a/../b",
            "/a/./b",
            "/%2e%2e/b",
            "/a%2Fb",
            "/a%5cb",
            "/a%00",
            "/a%0ab",
            "/a;b",
            "/a%3",
            "/a%zz",
            "/%252e",
            "/a%7f",
            "/s%65crets",
            "/l%6Fg",
            "/a%2Db",
            "/a%7e",
            "/a%c0%afb",
            "/%C0%ae%c0%AE/b",
            "/a%c1%9cb",
            "/a%e0%80%afb",
            "/a%f0%80%80%afb",
        ] {
            assert!(has_two_readings(path), "{path}");
        }
    }

    #[test]
    fn a_rest_that_leads_nowhere_else_may_look_as_it_likes() {
        for rest in [
            "", "/", "a//b", "100%25", "%2525", "a%2Fb;c", "...", "%ff", "..a/a..",
        ] {
            assert!(!leads_out(rest), "{rest}");
        }
        for rest in [
            "..",
            ".",
            "a/../b",
            "%2e%2e",
            "a%2f%252e%252e",
            "a;b/..;c",
            "%",
            "%0a",
            "%7f",
            "a/%c0%ae%c0%ae/b",
            "%25c0%25ae",
        ] {
            assert!(leads_out(rest), "{rest}");
        }
    }

    #[test]
    fn a_lax_reader_cuts_and_trims() {
        for (path, read) in [
            ("/", "/"),
            ("/Admin/X", "/admin/x"),
            ("/admin%23x/y", "/admin"),
            ("/admin%3fx", "/admin"),
            ("/admin./x", "/admin/x"),
            ("/admin%20/", "/admin/"),
            ("/a/...", "/a/"),
            ("/.../admin", "/admin"),
            ("/%20/%20.%20/admin", "/admin"),
            ("/a.b/c d", "/a.b/c d"),
            ("/%3F", "/"),
            ("", ""),
        ] {
            assert_eq!(read_laxly(path), read, "{path}");
        }
    }
}
