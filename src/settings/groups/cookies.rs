//! How cookies are named and sent.

use crate::settings::reader::Reader;
use crate::settings::table;
use crate::settings::values::same_site::SameSite;

/// How cookies are named and sent.
#[derive(Clone, Debug)]
pub struct CookieSettings {
    /// The session cookie's name.
    pub name: String,
    /// Whether cookies are `Secure`.
    pub secure: bool,
    /// The SameSite attribute of the session cookie. Attempts are always `Lax`: they have to arrive
    /// with Entra's redirect.
    pub same_site: SameSite,
}

impl CookieSettings {
    /// Reads `SESSION_COOKIE_NAME`, `SESSION_COOKIE_SECURE` and `SESSION_COOKIE_SAMESITE`.
    pub fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let name = reader.read(&table::SESSION_COOKIE_NAME);
        let secure = reader.read(&table::SESSION_COOKIE_SECURE);
        let same_site = reader.read(&table::SESSION_COOKIE_SAMESITE);
        let (name, secure) = (name?, secure?);
        if !secure && split_prefix(&name).0.is_some() {
            reader.fault(
                &table::SESSION_COOKIE_NAME,
                "has a prefix that browsers accept only with SESSION_COOKIE_SECURE=true",
            );
        }
        Some(Self {
            name,
            secure,
            same_site: same_site?,
        })
    }
}

/// The prefix of a cookie's name that browsers give a meaning, in any case, and the rest of the
/// name (RFC 6265bis, section 4.1.3).
pub(crate) fn split_prefix(name: &str) -> (Option<&'static str>, &str) {
    for prefix in ["__Host-", "__Secure-"] {
        if let Some((start, rest)) = name.split_at_checked(prefix.len())
            && start.eq_ignore_ascii_case(prefix)
        {
            return (Some(prefix), rest);
        }
    }
    (None, name)
}
