//! When browsers send the session cookie.

/// The SameSite attribute of the session cookie.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SameSite {
    /// Sent with top-level navigations from other sites.
    Lax,
    /// Never sent with a request that another site started.
    Strict,
}

pub(in crate::settings) fn parse(text: &str) -> Result<SameSite, String> {
    match text.to_ascii_lowercase().as_str() {
        "lax" => Ok(SameSite::Lax),
        "strict" => Ok(SameSite::Strict),
        _ => Err("is neither `Lax` nor `Strict`".to_owned()),
    }
}
