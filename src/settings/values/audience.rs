//! Audiences of access tokens.

use super::parse;
use crate::terms::Guid;

/// The audience of an access token: the id of an application, or its App ID URI.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Audience(String);

impl Audience {
    /// Whether `claim`, the `aud` of a token, names it. In v1 tokens Entra writes an application's id as
    /// `spn:GUID` too.
    pub fn is(&self, claim: &str) -> bool {
        let id = claim.strip_prefix("spn:").unwrap_or(claim);
        match Guid::parse(&self.0) {
            Some(guid) => Guid::parse(id).as_ref() == Some(&guid),
            None => claim == self.0,
        }
    }
}

pub(in crate::settings) fn list(text: &str) -> Result<Vec<Audience>, String> {
    parse::list(text, audience)
}

fn audience(entry: &str) -> Result<Audience, String> {
    if let Some(guid) = Guid::parse(entry) {
        return Ok(Audience(guid.to_string()));
    }
    let is_plain = entry.bytes().all(|byte| byte.is_ascii_graphic());
    let name = entry
        .split_once("://")
        .map(|(scheme, name)| (scheme, name.is_empty()));
    match name {
        Some(("api" | "https", false)) if is_plain => Ok(Audience(entry.to_owned())),
        _ => Err(format!(
            "has `{entry}`, which is neither an application id nor an App ID URI such as api://podinfo"
        )),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may")]

    use super::list;

    #[test]
    fn an_audience_is_named_by_id_or_by_uri() {
        let id = "11111111-AAAA-3333-4444-555555555555";
        let audiences = list(&format!("{id}, api://podinfo https://podinfo.example.com/")).unwrap();
        for claim in [id.to_owned(), id.to_ascii_lowercase(), format!("spn:{id}")] {
            assert!(audiences[0].is(&claim), "{claim}");
        }
        assert!(audiences[1].is("api://podinfo"));
        for claim in [
            "api://podinfo/",
            "API://podinfo",
            "spn:api://podinfo",
            "podinfo",
            id,
        ] {
            assert!(!audiences[1].is(claim), "{claim}");
        }
        assert!(audiences[2].is("https://podinfo.example.com/"));
        assert!(!audiences[2].is("https://podinfo.example.com"));
    }

    #[test]
    fn anything_else_is_none() {
        for text in [
            "podinfo",
            "*",
            "api://",
            "http://podinfo",
            "api://b\u{f6}",
            "",
        ] {
            assert!(list(text).is_err(), "{text}");
        }
    }
}
