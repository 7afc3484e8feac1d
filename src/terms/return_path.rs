//! Where a sign-in leads: a path on our own origin. It is parsed, since a blocklist alone is not
//! enough (RFC 9700, section 4.11). The tests have the cases of other proxies' advisories.

use std::fmt;

use serde::{Deserialize, Serialize};
use url::Url;

/// The longest return path that is kept, in bytes. A longer one loses its query.
const LONGEST: usize = 1024;

/// A path and query that lead a browser to our own origin. Nothing is decided on them.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct ReturnPath(String);

impl ReturnPath {
    /// Where a sign-in leads by default.
    pub fn whoami() -> Self {
        Self("/whoami".to_owned())
    }

    /// The root of an app's host.
    pub fn root() -> Self {
        Self("/".to_owned())
    }

    /// Reads the value of `rd`. A WHATWG URL parser is the judge: what it keeps on our origin comes
    /// back byte for byte, without a fragment. What is not ASCII is written as the parser writes it.
    ///
    /// # Errors
    /// When it does not begin with a slash, leads to another origin, or has a control character.
    pub fn parse(text: &str) -> Result<Self, NotAReturnPath> {
        let base = Url::parse("https://origin.invalid").map_err(|_| NotAReturnPath)?;
        let text = text.split('#').next().unwrap_or_default();
        if !text.starts_with('/') || names_a_host(text) || text.chars().any(char::is_control) {
            return Err(NotAReturnPath);
        }
        let url = base.join(text).map_err(|_| NotAReturnPath)?;
        if url.origin() != base.origin() {
            return Err(NotAReturnPath);
        }
        if text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Self::short(text);
        }
        // The parser may have written a path that begins with two slashes: alone it leads elsewhere.
        let written = url
            .as_str()
            .strip_prefix(base.as_str().trim_end_matches('/'));
        let written = written.filter(|written| !names_a_host(written));
        Self::short(written.ok_or(NotAReturnPath)?)
    }

    fn short(text: &str) -> Result<Self, NotAReturnPath> {
        let path = text.split('?').next().unwrap_or_default();
        match (text.len() <= LONGEST, path.len() <= LONGEST) {
            (true, _) => Ok(Self(text.to_owned())),
            (false, true) => Ok(Self(path.to_owned())),
            (false, false) => Err(NotAReturnPath),
        }
    }

    /// The path without its query.
    pub fn path(&self) -> &str {
        self.0.split('?').next().unwrap_or_default()
    }

    /// The text for a `Location` header.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a reference that begins with a slash names a host (URL Standard, "relative slash state"). No
/// such host is ours, and none is parsed.
fn names_a_host(text: &str) -> bool {
    text.get(1..)
        .is_some_and(|rest| rest.starts_with(['/', '\\']))
}

impl fmt::Display for ReturnPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<ReturnPath> for String {
    fn from(path: ReturnPath) -> Self {
        path.0
    }
}

impl TryFrom<String> for ReturnPath {
    type Error = NotAReturnPath;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

/// The text is not a plain path on this origin.
#[derive(Debug, Eq, PartialEq)]
pub struct NotAReturnPath;

impl fmt::Display for NotAReturnPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a plain path on this origin")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use url::Url;

    use super::{LONGEST, NotAReturnPath};
    use crate::terms::ReturnPath;

    #[test]
    fn paths_of_this_origin_are_kept_as_they_came() {
        for path in [
            "/",
            "/whoami",
            "/a/b?c=d&e=%2Ff",
            "/a%20b",
            "/caf%C3%A9",
            "/x?rd=//y",
        ] {
            assert_eq!(
                ReturnPath::parse(path).map(String::from),
                Ok(path.to_owned())
            );
        }
    }

    #[test]
    fn the_fragment_is_dropped() {
        assert_eq!(
            ReturnPath::parse("/a?b=c#d").map(String::from),
            Ok("/a?b=c".to_owned())
        );
    }

    /// Where a browser on our page goes, by the WHATWG URL parser.
    fn origin_of(text: &str) -> String {
        let page = Url::parse("https://proxy.example/callback?state=x").unwrap();
        let url = page.join(text).unwrap();
        url.origin().ascii_serialization()
    }

    #[test]
    fn everything_that_leads_elsewhere_is_refused() {
        let elsewhere = [
            "",
            "whoami",
            "evil.example",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\/evil.example",
            "\\\\evil.example",
            "https://evil.example",
            "https:evil.example",
            "http:/evil.example",
            "javascript:alert(1)",
            "data:text/html,x",
            "/\tevil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            "/\r/evil.example",
            " //evil.example",
            "\t//evil.example",
            "/\0",
            "/\u{7f}",
            "?a=b",
            "#a",
            "@evil.example",
            "//evil.example/%2e%2e",
            "/\\\\evil.example",
            "/.//evil.example\u{e9}",
            "/..//evil.example\u{e9}",
            // Nobody's origin is ours, whatever the parser is given as a base.
            "//origin.invalid/x",
            "/\\origin.invalid/x",
            "//origin.invalid/\u{e9}",
            "/..//origin.invalid/\u{e9}",
        ];
        for path in elsewhere {
            assert_eq!(ReturnPath::parse(path), Err(NotAReturnPath), "{path:?}");
        }
    }

    #[test]
    fn what_the_parser_keeps_on_our_origin_comes_back_byte_for_byte() {
        for path in [
            "/app%252Ffoo",
            "/a;b",
            "/a//b",
            "/..//evil.example",
            "/./..//evil.example",
            "/%2e%2e//evil.example",
            "/.%2e/evil",
            "/%2f/evil.example",
            "/%5Cevil.example",
            "/%09/evil.example",
            "/%0d%0aset-cookie:a=b",
            "/%00",
            "/;@evil.example",
            "/%",
            "/%zz",
            "/a/./b",
            "/a\\b?c=\\d",
            "/search?q=a+b&r=%20;/../x",
        ] {
            let parsed = ReturnPath::parse(path).map(String::from);
            assert_eq!(parsed.as_deref(), Ok(path));
            assert_eq!(origin_of(path), "https://proxy.example", "{path}");
        }
    }

    #[test]
    fn what_is_not_ascii_is_written_as_the_parser_writes_it() {
        for (given, written) in [
            ("/caf\u{e9}?x=\u{fc}", "/caf%C3%A9?x=%C3%BC"),
            ("/a b", "/a%20b"),
            ("/\u{ff0f}evil.example", "/%EF%BC%8Fevil.example"),
            ("/\u{2028}evil", "/%E2%80%A8evil"),
            ("/\u{3002}evil", "/%E3%80%82evil"),
        ] {
            let parsed = ReturnPath::parse(given).map(String::from);
            assert_eq!(parsed.as_deref(), Ok(written));
            assert_eq!(origin_of(written), "https://proxy.example", "{written}");
        }
    }

    /// No value leads a browser to another origin: scraps of addresses, put together in every way.
    #[test]
    fn no_combination_leads_elsewhere() {
        let scraps = [
            "/",
            "//",
            "\\",
            ".",
            "..",
            "%2e",
            "%2f",
            "%5c",
            ";",
            "@",
            ":",
            "?",
            "#",
            "\t",
            "\n",
            " ",
            "\u{ff0f}",
            "\u{3002}",
            "\u{2028}",
            "evil.example",
            "https:",
            "javascript:",
            "%09",
            "[",
            "\u{ad}",
            "x",
        ];
        let mut accepted = 0;
        for first in scraps {
            for second in scraps {
                for third in scraps {
                    for fourth in ["", "evil.example", "/evil.example", "\\evil.example"] {
                        let text = [first, second, third, fourth].concat();
                        let Ok(path) = ReturnPath::parse(&text) else {
                            continue;
                        };
                        accepted += 1;
                        let to = path.as_str();
                        assert_eq!(origin_of(to), "https://proxy.example", "{text:?} {to:?}");
                        assert!(to.bytes().all(|byte| byte.is_ascii_graphic()), "{to:?}");
                        assert_eq!(ReturnPath::parse(to).as_ref(), Ok(&path), "{to:?}");
                    }
                }
            }
        }
        assert!(accepted > 1000, "{accepted}");
    }

    #[test]
    fn a_long_query_is_given_up_and_a_long_path_refused() {
        let long = "x".repeat(LONGEST);
        assert_eq!(
            ReturnPath::parse(&format!("/a?{long}")).map(String::from),
            Ok("/a".to_owned())
        );
        assert_eq!(ReturnPath::parse(&format!("/{long}")), Err(NotAReturnPath));
    }
}
