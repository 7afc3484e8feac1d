//! What Entra sent the browser back with, as it came.

use crate::entra_error::EntraError;
use crate::request::{BadRequest, Parameters};

/// What Entra sent the browser back with.
pub(super) enum Answer<'a> {
    /// RFC 6749, section 4.1.2. Entra sends no `iss`. If there is one, it must be right (RFC 9207,
    /// section 2.4).
    Code {
        code: &'a str,
        issuer: Option<&'a str>,
    },
    /// RFC 6749, section 4.1.2.1. Nothing is sent anywhere because of it, so its `iss` is not
    /// checked.
    Refusal(Box<EntraError>),
}

impl<'a> Answer<'a> {
    pub(super) fn read(query: &'a Parameters) -> Result<Self, BadRequest> {
        let (code, error) = (query.one("code")?, query.one("error")?);
        let description = query.one("error_description")?.unwrap_or_default();
        match (code, error) {
            (_, Some(error)) => Ok(Self::Refusal(Box::new(EntraError::from_callback(
                error,
                description,
            )))),
            (Some(code), None) if !code.is_empty() => Ok(Self::Code {
                code,
                issuer: query.one("iss")?,
            }),
            _ => Err(BadRequest::Parameter("code", "is missing")),
        }
    }
}
