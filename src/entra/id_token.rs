//! ID token validation (OpenID Connect Core 1.0, section 3.1.3.7).

use std::fmt;

use jwt_compact::alg::{Rsa, RsaPublicKey, StrongAlg, StrongKey};
use jwt_compact::{AlgorithmExt, Claims, UntrustedToken, ValidationError};
use serde::Deserialize;
use serde_json::Value;

use super::Entra;
use super::membership::{self, Membership};
use super::metadata::Metadata;
use crate::identity::User;
use crate::outbound::Away;
use crate::platform::{Platform, UnixTime};
use crate::secret::{self, Secret};
use crate::session::Records;
use crate::settings::Client;

/// What the token must say.
pub(super) struct Expected<'a> {
    /// Our registration.
    pub(super) client: &'a Client,
    /// The tenant's issuer and keys.
    pub(super) metadata: &'a Metadata,
    /// The attempt's nonce; a token that a refresh brings has none (section 12.2).
    pub(super) nonce: Option<&'a Secret>,
    /// The time.
    pub(super) now: UnixTime,
    /// How far the clocks of Entra and this host may be apart, in seconds.
    pub(super) clock_tolerance: u64,
}

/// Which property of an ID token is not right.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum InvalidIdToken {
    /// There is none, although `openid` was asked for.
    Missing,
    /// It is no JWT, or its header is not as it must be.
    Malformed,
    /// It is not signed with RS256.
    Algorithm,
    /// The tenant has no such key.
    UnknownKey(String),
    /// The signature is not the key's.
    Signature,
    /// Its claims are not what OIDC Core gives them as: a time that is none, for example.
    MalformedClaims,
    /// This claim is missing, or of the wrong type.
    Claim(&'static str),
    /// This claim has another value than it must have.
    Mismatch(&'static str),
    /// It has ended.
    Expired,
    /// It is not valid yet.
    NotYetValid,
}

impl fmt::Display for InvalidIdToken {
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

/// Header members that the library does not look at.
#[derive(Clone, Deserialize)]
struct ExtraHeader {
    crit: Option<Value>,
}

/// What a valid ID token says.
#[derive(Clone)]
pub struct IdToken {
    /// The user whom it names.
    pub user: User,
    /// The session at Entra, if the registration asks for that claim.
    pub sid: Option<String>,
    /// What rules of admission ask for.
    pub membership: Membership,
}

/// Why there is no valid ID token.
#[derive(Debug)]
pub enum IdTokenFailure {
    /// It is not to be believed.
    Invalid(InvalidIdToken),
    /// What it takes to find out is away.
    Away(Away),
}

impl<P: Platform> Entra<'_, P> {
    /// Validates `token` by `metadata`, which is fetched anew if the token's key may be a new one.
    ///
    /// # Errors
    /// When it is not valid, or that fetch fails.
    pub async fn id_token(
        &self,
        records: &Records<'_, P>,
        metadata: Metadata,
        token: &Secret,
        nonce: Option<&Secret>,
        clock_tolerance: u64,
    ) -> Result<IdToken, IdTokenFailure> {
        let check = |metadata: &Metadata| {
            let expected = Expected {
                client: self.client,
                metadata,
                nonce,
                now: self.platform.now(),
                clock_tolerance,
            };
            verify(token.reveal(), &expected)
        };
        let verified = match check(&metadata) {
            Err(InvalidIdToken::UnknownKey(kid)) => {
                let metadata = self
                    .metadata_with_key(records, metadata, &kid)
                    .await
                    .map_err(IdTokenFailure::Away)?;
                check(&metadata)
            }
            other => other,
        };
        verified.map_err(IdTokenFailure::Invalid)
    }
}

/// Validates `token`.
///
/// # Errors
/// With the first property that is not right.
pub(super) fn verify(token: &str, expected: &Expected<'_>) -> Result<IdToken, InvalidIdToken> {
    let token: UntrustedToken<'_, ExtraHeader> =
        token.try_into().map_err(|_| InvalidIdToken::Malformed)?;
    // Steps 6 to 8: the signature, by the tenant's key, with the one algorithm that Entra uses.
    // RFC 7515, section 4.1.11: nothing in `crit` is understood here.
    if token.header().other_fields.crit.is_some() {
        return Err(InvalidIdToken::Malformed);
    }
    if token.algorithm() != "RS256" {
        return Err(InvalidIdToken::Algorithm);
    }
    let kid = token
        .header()
        .key_id
        .as_deref()
        .ok_or(InvalidIdToken::Malformed)?;
    let unknown = || InvalidIdToken::UnknownKey(kid.to_owned());
    let jwk = expected.metadata.key(kid).ok_or_else(unknown)?;
    let key = RsaPublicKey::try_from(&jwk)
        .ok()
        .and_then(|key| StrongKey::try_from(key).ok())
        .ok_or_else(unknown)?;
    let token = StrongAlg(Rsa::rs256())
        .validator::<Value>(&key)
        .validate(&token)
        .map_err(|error| match error {
            ValidationError::MalformedClaims(_) => InvalidIdToken::MalformedClaims,
            _ => InvalidIdToken::Signature,
        })?;
    check_claims(token.claims(), expected)
}

fn check_claims(
    claims: &Claims<Value>,
    expected: &Expected<'_>,
) -> Result<IdToken, InvalidIdToken> {
    let optional = |name: &str| claims.custom.get(name).and_then(Value::as_str);
    let text = |name: &'static str| {
        optional(name)
            .filter(|text| !text.is_empty())
            .ok_or(InvalidIdToken::Claim(name))
    };
    let equal = |name: &'static str, value: &str| match text(name)? {
        claim if claim == value => Ok(()),
        _ => Err(InvalidIdToken::Mismatch(name)),
    };
    // Step 2: the issuer.
    equal("iss", &expected.metadata.issuer)?;
    // Steps 3 to 5: we are the audience, and the only one, so that `azp` says nothing.
    equal("aud", expected.client.client_id.as_str())?;
    equal("tid", expected.client.tenant_id.as_str())?;
    // Step 9: it has not ended; and, beyond that section, it has begun.
    let now = expected.now;
    if now
        >= moment(claims.expiration.map(|m| m.timestamp()), "exp")?.plus(expected.clock_tolerance)
    {
        return Err(InvalidIdToken::Expired);
    }
    if moment(claims.not_before.map(|m| m.timestamp()), "nbf")? > now.plus(expected.clock_tolerance)
    {
        return Err(InvalidIdToken::NotYetValid);
    }
    // Step 11: the nonce is this attempt's.
    if let Some(nonce) = expected.nonce
        && !secret::same(text("nonce")?, nonce.reveal())
    {
        return Err(InvalidIdToken::Mismatch("nonce"));
    }
    text("sub")?;
    let user = User {
        tid: text("tid")?.to_owned(),
        oid: text("oid")?.to_owned(),
        name: optional("name").map(str::to_owned),
        preferred_username: optional("preferred_username").map(str::to_owned),
        email: membership::verified_email(&claims.custom),
        login_hint: optional("login_hint").map(str::to_owned),
    };
    Ok(IdToken {
        user,
        sid: optional("sid").map(str::to_owned),
        membership: Membership::read(&claims.custom)?,
    })
}

fn moment(seconds: Option<i64>, name: &'static str) -> Result<UnixTime, InvalidIdToken> {
    seconds
        .and_then(|seconds| u64::try_from(seconds).ok())
        .map(UnixTime)
        .ok_or(InvalidIdToken::Claim(name))
}
