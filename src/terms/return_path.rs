//! Where a sign-in leads: a path on our own origin. It is parsed, since a blocklist alone is not
//! enough (RFC 9700, section 4.11). The tests have the cases of other proxies' advisories.

use std::fmt;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::terms::paths::has_two_readings;

/// The longest return path that is kept, in bytes. A longer one loses its query.
const LONGEST: usize = 1024;

/// A path and query on our own origin. The path begins with one `/` and has one reading.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct ReturnPath(String);

impl ReturnPath {
    /// Where a sign-in leads by default.
    pub fn whoami() -> Self {
        Self("/whoami".to_owned())
    }

    /// Reads the value of `rd`.
    ///
    /// # Errors
    /// When it is not a plain path on this origin.
    pub fn parse(text: &str) -> Result<Self, NotAReturnPath> {
        let base = Url::parse("https://origin.invalid").map_err(|_| NotAReturnPath)?;
        let (path, _) = text.split_once(['?', '#']).unwrap_or((text, ""));
        let plain = path.starts_with('/')
            && text.bytes().all(|b| b.is_ascii_graphic() && b != b'\\')
            && !has_two_readings(path);
        if !plain {
            return Err(NotAReturnPath);
        }
        let url = base.join(text).map_err(|_| NotAReturnPath)?;
        if url.origin() != base.origin() || url.path() != path {
            return Err(NotAReturnPath);
        }
        let whole = url
            .query()
            .map_or(path.to_owned(), |query| format!("{path}?{query}"));
        match (whole.len() <= LONGEST, path.len() <= LONGEST) {
            (true, _) => Ok(Self(whole)),
            (false, true) => Ok(Self(path.to_owned())),
            (false, false) => Err(NotAReturnPath),
        }
    }

    /// The text for a `Location` header.
    pub fn as_str(&self) -> &str {
        &self.0
    }
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

    #[test]
    fn everything_that_could_lead_elsewhere_is_refused() {
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
            "/..//evil.example",
            "/./..//evil.example",
            "/%2e%2e//evil.example",
            "/.%2e/evil",
            "/a/..",
            "/%2f/evil.example",
            "/%2F%2Fevil.example",
            "/%5cevil.example",
            "/%5Cevil.example",
            "/%252fevil.example",
            "/\tevil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            "/\r/evil.example",
            " //evil.example",
            "/ /evil.example",
            "/%09/evil.example",
            "/%0a/evil.example",
            "/%0d%0aset-cookie:a=b",
            "/%00",
            "/\0",
            "/a;b",
            "/;@evil.example",
            "/\u{2028}evil",
            "/\u{ff0f}evil.example",
            "/\u{3002}evil",
            "/a//b",
            "/%",
            "/%zz",
            "/%e",
            "/.",
            "/a/./b",
            "?a=b",
            "#a",
            "@evil.example",
            "/\u{7f}",
            "//evil.example/%2e%2e",
            "/\\\\evil.example",
        ];
        for path in elsewhere {
            assert_eq!(ReturnPath::parse(path), Err(NotAReturnPath), "{path:?}");
        }
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
