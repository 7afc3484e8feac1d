//! Signed tokens of the tenant (RFC 7519). Claims are read only after the signature is checked.

use std::fmt;

use jwt_compact::alg::{Rsa, RsaPublicKey, StrongAlg, StrongKey};
use jwt_compact::{AlgorithmExt, Claims, UntrustedToken, ValidationError};
use serde::Deserialize;
use serde_json::Value;

use super::Entra;
use super::metadata::Metadata;
use crate::outbound::Away;
use crate::platform::{Platform, UnixTime};
use crate::store::Records;

/// Which property of a token is wrong.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum InvalidToken {
    /// There is none, although `openid` was asked for.
    Missing,
    /// It is no JWT, or its header is wrong.
    Malformed,
    /// It is not signed with RS256.
    Algorithm,
    /// The tenant has no such key.
    UnknownKey(String),
    /// The signature is not the key's.
    Signature,
    /// Its claims do not have the types of OIDC Core: a time is no number, for example.
    MalformedClaims,
    /// This claim is missing, or of the wrong type.
    Claim(&'static str),
    /// This claim does not have the required value.
    Mismatch(&'static str),
    /// It has ended.
    Expired,
    /// It is not valid yet.
    NotYetValid,
}

impl fmt::Display for InvalidToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("there is none"),
            Self::Malformed => f.write_str("it is not a well-formed JWT"),
            Self::Algorithm => f.write_str("it is not signed with RS256"),
            Self::UnknownKey(_) => {
                f.write_str("it is signed with a key that the tenant does not have")
            }
            Self::Signature => f.write_str("its signature does not verify"),
            Self::MalformedClaims => f.write_str("its claims are not of the right types"),
            Self::Claim(claim) => write!(f, "its claim `{claim}` is missing or malformed"),
            Self::Mismatch(claim) => write!(f, "its claim `{claim}` is not the expected one"),
            Self::Expired => f.write_str("it has expired"),
            Self::NotYetValid => f.write_str("it is not valid yet"),
        }
    }
}

/// Why a token is not accepted.
#[derive(Debug)]
pub enum TokenFailure {
    /// It is not valid.
    Invalid(InvalidToken),
    /// What is needed to validate it is away.
    Away(Away),
}

impl<P: Platform> Entra<'_, P> {
    /// The result of `check` with `metadata`, which is fetched anew if the token's key may be new.
    ///
    /// # Errors
    /// When the token is not valid, or that fetch fails.
    pub(super) async fn checked<T>(
        &self,
        records: &Records<'_, P>,
        metadata: Metadata,
        check: impl Fn(&Metadata) -> Result<T, InvalidToken>,
    ) -> Result<T, TokenFailure> {
        let checked = match check(&metadata) {
            Err(InvalidToken::UnknownKey(kid)) => {
                let metadata = self
                    .metadata_with_key(records, metadata, &kid)
                    .await
                    .map_err(TokenFailure::Away)?;
                check(&metadata)
            }
            other => other,
        };
        checked.map_err(TokenFailure::Invalid)
    }
}

/// Header members that the library does not look at.
#[derive(Clone, Deserialize)]
struct ExtraHeader {
    crit: Option<Value>,
}

/// The claims of `token`. Its signature must be by a key of the tenant, with RS256, the only
/// algorithm that Entra uses.
///
/// # Errors
/// With the first property that is wrong.
pub(super) fn signed_claims(
    token: &str,
    metadata: &Metadata,
) -> Result<SignedClaims, InvalidToken> {
    let token: UntrustedToken<'_, ExtraHeader> =
        token.try_into().map_err(|_| InvalidToken::Malformed)?;
    // RFC 7515, section 4.1.11: nothing in `crit` is understood here.
    if token.header().other_fields.crit.is_some() {
        return Err(InvalidToken::Malformed);
    }
    if token.algorithm() != "RS256" {
        return Err(InvalidToken::Algorithm);
    }
    let kid = token
        .header()
        .key_id
        .as_deref()
        .ok_or(InvalidToken::Malformed)?;
    let unknown = || InvalidToken::UnknownKey(kid.to_owned());
    let jwk = metadata.key(kid).ok_or_else(unknown)?;
    let key = RsaPublicKey::try_from(&jwk)
        .ok()
        .and_then(|key| StrongKey::try_from(key).ok())
        .ok_or_else(unknown)?;
    let token = StrongAlg(Rsa::rs256())
        .validator::<Value>(&key)
        .validate(&token)
        .map_err(|error| match error {
            ValidationError::MalformedClaims(_) => InvalidToken::MalformedClaims,
            _ => InvalidToken::Signature,
        })?;
    Ok(SignedClaims(token.into_parts().1))
}

/// Claims whose signature was checked.
pub(super) struct SignedClaims(Claims<Value>);

impl SignedClaims {
    /// All claims but the times.
    pub(super) fn all(&self) -> &Value {
        &self.0.custom
    }

    /// A text that may be absent.
    pub(super) fn optional(&self, name: &str) -> Option<&str> {
        self.0.custom.get(name).and_then(Value::as_str)
    }

    /// A text that must be there.
    pub(super) fn text(&self, name: &'static str) -> Result<&str, InvalidToken> {
        self.optional(name)
            .filter(|text| !text.is_empty())
            .ok_or(InvalidToken::Claim(name))
    }

    /// A text that must be `value`.
    pub(super) fn equal(&self, name: &'static str, value: &str) -> Result<(), InvalidToken> {
        match self.text(name)? {
            claim if claim == value => Ok(()),
            _ => Err(InvalidToken::Mismatch(name)),
        }
    }

    /// Checks that the token has begun and has not ended, within the clock tolerance.
    pub(super) fn in_force(&self, now: UnixTime, clock_tolerance: u64) -> Result<(), InvalidToken> {
        if now >= self.expires_at()?.plus(clock_tolerance) {
            return Err(InvalidToken::Expired);
        }
        let not_before = moment(self.0.not_before.map(|moment| moment.timestamp()), "nbf")?;
        if not_before > now.plus(clock_tolerance) {
            return Err(InvalidToken::NotYetValid);
        }
        Ok(())
    }

    /// The claim `exp`.
    pub(super) fn expires_at(&self) -> Result<UnixTime, InvalidToken> {
        moment(self.0.expiration.map(|moment| moment.timestamp()), "exp")
    }
}

fn moment(seconds: Option<i64>, name: &'static str) -> Result<UnixTime, InvalidToken> {
    seconds
        .and_then(|seconds| u64::try_from(seconds).ok())
        .map(UnixTime)
        .ok_or(InvalidToken::Claim(name))
}
