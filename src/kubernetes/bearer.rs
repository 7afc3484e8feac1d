//! The bearer token that a client presents.

use http::{HeaderMap, header};
use serde_json::{Map, Value};

use crate::session::{CredentialRecord, Handle};
use crate::terms::Secret;
use crate::terms::encoding::from_base64url;

/// The one bearer token of a request (RFC 6750, section 2.1).
pub(super) enum Bearer {
    /// A credential of ours, by its form.
    Credential(Handle<CredentialRecord>),
    /// A JSON Web Token (RFC 7519). Nothing is known of it.
    Jwt(Secret),
    /// Anything else.
    Unknown,
}

impl Bearer {
    /// Reads `Authorization`; nothing if there is none, or more than one.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        let mut values = headers.get_all(header::AUTHORIZATION).iter();
        let (Some(value), None) = (values.next(), values.next()) else {
            return None;
        };
        let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
        scheme
            .eq_ignore_ascii_case("bearer")
            .then(|| Self::read(token))
    }

    /// Reads a bearer token from any place.
    pub(super) fn read(token: &str) -> Self {
        match Handle::parse(token) {
            Some(handle) => Self::Credential(handle),
            None if is_jwt(token) => Self::Jwt(Secret::new(token)),
            None => Self::Unknown,
        }
    }
}

/// Whether it has the form of a signed JWT (RFC 7515, section 3.1). The API server finds out who
/// issued it.
fn is_jwt(token: &str) -> bool {
    let mut parts = token.split('.');
    let head = parts.next().and_then(from_base64url);
    let head = head.and_then(|head| serde_json::from_slice::<Map<String, Value>>(&head).ok());
    let is_part = |part: &str| {
        let is_base64url = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        !part.is_empty() && part.bytes().all(is_base64url)
    };
    let signed = parts.clone().count() == 2 && parts.all(is_part);
    signed && head.is_some_and(|head| head.contains_key("alg"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use http::{HeaderMap, HeaderValue, header};

    use super::Bearer;

    const JWT: &str = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl";

    fn kind(values: &[&str]) -> &'static str {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::AUTHORIZATION, HeaderValue::from_str(value).unwrap());
        }
        match Bearer::of(&headers) {
            None => "none",
            Some(Bearer::Credential(_)) => "credential",
            Some(Bearer::Jwt(_)) => "jwt",
            Some(Bearer::Unknown) => "unknown",
        }
    }

    #[test]
    fn credentials_and_tokens_are_told_apart_by_their_form() {
        let credential = format!("1.abcdef.{}", "A".repeat(43));
        assert_eq!(kind(&[&format!("Bearer {credential}")]), "credential");
        assert_eq!(kind(&[&format!("bearer {credential}")]), "credential");
        assert_eq!(kind(&[&format!("Bearer {JWT}")]), "jwt");
        for other in [
            "x",
            "1.abcdef.x",
            "a.b.c",
            "eyJhbGciOiJSUzI1NiJ9.x.",
            "eyJhbGciOiJSUzI1NiJ9..x",
            "eyJhbGciOiJSUzI1NiJ9.x",
            "e30.e30.e30",
            "eyJhbGciOiJSUzI1NiJ9.x.y z",
        ] {
            assert_eq!(kind(&[&format!("Bearer {other}")]), "unknown", "{other}");
        }
    }

    #[test]
    fn there_must_be_one_and_only_one() {
        let (jwt, basic) = (format!("Bearer {JWT}"), "Basic eDp5".to_owned());
        for values in [
            &[][..],
            &[jwt.as_str(), &jwt],
            &[&basic],
            &["Bearer"],
            &["Bearer\t x"],
            &[JWT],
        ] {
            assert_eq!(kind(values), "none", "{values:?}");
        }
    }
}
