//! Access tokens that programs bring in place of a sign-in (RFC 6750; Microsoft's access token reference).
//!
//! What costs nothing is looked at first, and at each request, since settings may have changed: all claims
//! but their signature. Whether that verifies is kept until the token ends, under the hash of the token.

use http::HeaderValue;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::Entra;
use super::claims::decode_unverified;
use super::jwt::{InvalidToken, SignedClaims, TokenFailure, signed_claims};
use super::membership::{self, Groups, Membership};
use super::metadata::Metadata;
use crate::platform::{Platform, UnixTime};
use crate::session::{Claims, write_until};
use crate::settings::{Audience, Bearers};
use crate::store::Records;
use crate::terms::{Secret, User};

/// The kind of the record of a token whose signature was verified.
const VERIFIED: &str = "bearer";

/// A token whose audience is one of ours. Nothing of it is verified.
pub struct Bearer<'a> {
    token: &'a Secret,
    claims: Value,
}

/// What is kept of a verified token.
#[derive(Deserialize, Serialize)]
struct Verified {
    /// When the token ends.
    ends: UnixTime,
}

impl<'a> Bearer<'a> {
    /// The bearer in a value of `Authorization` (RFC 6750, section 2.1); nothing if that is of another scheme.
    pub fn within(authorization: &HeaderValue) -> Option<Secret> {
        let (scheme, token) = authorization.to_str().ok()?.split_once(' ')?;
        let is_bearer = scheme.eq_ignore_ascii_case("bearer");
        is_bearer.then(|| Secret::new(token.trim_matches(' ')))
    }

    /// Reads `token`. Nothing if it is none of Entra's for one of the `audiences`: it is somebody else's to
    /// judge.
    pub fn read(token: &'a Secret, audiences: &[Audience]) -> Option<Self> {
        let claims = decode_unverified(token.reveal())?;
        let audience = claims.get("aud")?.as_str()?;
        let is_ours = audiences.iter().any(|known| known.is(audience));
        is_ours.then_some(Self {
            token,
            claims: Value::Object(claims),
        })
    }

    /// A claim that is a text.
    fn text(&self, name: &str) -> Option<&str> {
        let text = self.claims.get(name).and_then(Value::as_str);
        text.filter(|text| !text.is_empty())
    }

    fn moment(&self, name: &'static str) -> Result<UnixTime, InvalidToken> {
        let seconds = self.claims.get(name).and_then(Value::as_u64);
        seconds.map(UnixTime).ok_or(InvalidToken::Claim(name))
    }

    /// Checks everything but the signature, and by whom exactly it was issued. Says when it ends, with the
    /// tolerance.
    fn check(
        &self,
        tenant: &str,
        applications: bool,
        times: Times,
    ) -> Result<UnixTime, InvalidToken> {
        if self.text("tid") != Some(tenant) {
            return Err(InvalidToken::Mismatch("tid"));
        }
        self.text("oid").ok_or(InvalidToken::Claim("oid"))?;
        // An ID token names no client: it is for whoever it was issued to, and proves nothing to others.
        let client = self.text("azp").or(self.text("appid"));
        client.ok_or(InvalidToken::Claim("azp"))?;
        // Only a user's token has scopes.
        if self.text("scp").is_none() && !applications {
            return Err(InvalidToken::Claim("scp"));
        }
        let ends = self.moment("exp")?.plus(times.tolerance);
        if times.now >= ends {
            return Err(InvalidToken::Expired);
        }
        if self.moment("nbf")? > times.now.plus(times.tolerance) {
            return Err(InvalidToken::NotYetValid);
        }
        Ok(ends)
    }

    /// Whom it is about. Its groups are those that are in it: nobody can ask Microsoft Graph with it. Where
    /// there are too many for a token, none is known.
    fn told(&self, now: UnixTime) -> Result<Claims, InvalidToken> {
        let Membership { groups, roles, upn } = Membership::read(&self.claims)?;
        let optional = |name: &str| self.text(name).map(str::to_owned);
        let name = optional("preferred_username").or(optional("upn"));
        Ok(Claims {
            user: User {
                tid: optional("tid").unwrap_or_default(),
                oid: optional("oid").unwrap_or_default(),
                name: optional("name"),
                preferred_username: name,
                email: membership::verified_email(&self.claims),
                login_hint: None,
            },
            upn,
            groups: match groups {
                Groups::Listed(groups) => groups,
                Groups::InGraph => Vec::new(),
            },
            roles,
            at: now,
        })
    }
}

/// Now, and how far clocks may be apart, in seconds.
#[derive(Clone, Copy)]
struct Times {
    now: UnixTime,
    tolerance: u64,
}

impl<P: Platform> Entra<'_, P> {
    /// What a valid `bearer` says of its subject, and when it ends.
    ///
    /// # Errors
    /// When it is not valid, or keys and issuer cannot be had.
    pub async fn bearer(
        &self,
        records: &Records<'_, P>,
        bearer: &Bearer<'_>,
        settings: &Bearers,
        clock_tolerance: u64,
    ) -> Result<(Claims, UnixTime), TokenFailure> {
        let times = Times {
            now: self.platform.now(),
            tolerance: clock_tolerance,
        };
        let tenant = self.client.tenant_id.as_str();
        let (claims, ends) = bearer
            .check(tenant, settings.applications, times)
            .and_then(|ends| Ok((bearer.told(times.now)?, ends)))
            .map_err(TokenFailure::Invalid)?;
        let id = Sha256::digest(bearer.token.reveal());
        let kept: Option<Verified> = records
            .read_cached(VERIFIED, &id, &[])
            .await
            .map_err(away)?;
        if kept.is_none_or(|kept| kept.ends <= times.now) {
            self.verify(records, bearer).await?;
            write_until(records, ends, VERIFIED, &id, &Verified { ends })
                .await
                .map_err(away)?;
        }
        Ok((claims, ends))
    }

    /// Verifies the signature, and that the issuer is the tenant's: of v2 tokens, or of v1 tokens.
    async fn verify(
        &self,
        records: &Records<'_, P>,
        bearer: &Bearer<'_>,
    ) -> Result<(), TokenFailure> {
        let metadata = self.metadata(records).await.map_err(TokenFailure::Away)?;
        let issuer = metadata.issuer.clone();
        let check = |metadata: &Metadata| signed_claims(bearer.token.reveal(), metadata);
        let claims: SignedClaims = self.checked(records, metadata, check).await?;
        let named = claims.text("iss").map_err(TokenFailure::Invalid)?;
        if named == issuer {
            return Ok(());
        }
        let v1 = self
            .kept_v1_issuer(records)
            .await
            .map_err(TokenFailure::Away)?;
        claims.equal("iss", &v1).map_err(TokenFailure::Invalid)
    }
}

fn away(failure: crate::store::StoreFailure) -> TokenFailure {
    TokenFailure::Away(failure.into())
}
