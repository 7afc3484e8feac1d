//! ID token validation (OpenID Connect Core 1.0, section 3.1.3.7).

use super::Entra;
use super::jwt::{InvalidToken, TokenFailure, signed_claims};
use super::membership::{self, Membership};
use super::metadata::Metadata;
use crate::platform::{Platform, UnixTime};
use crate::settings::Client;
use crate::store::Records;
use crate::terms::{Secret, User, secret};

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

/// What a valid ID token says.
#[derive(Clone)]
pub struct IdToken {
    /// The user whom it names.
    pub user: User,
    /// The session at Entra, if the registration asks for that claim.
    pub sid: Option<String>,
    /// What the rules of admission need.
    pub membership: Membership,
    /// When it ends.
    pub expires_at: UnixTime,
}

impl<P: Platform> Entra<'_, P> {
    /// Validates `token` by `metadata`, which is fetched anew if the token's key may be new.
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
    ) -> Result<IdToken, TokenFailure> {
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
        self.checked(records, metadata, check).await
    }
}

/// Validates `token`.
///
/// # Errors
/// With the first property that is wrong.
pub(super) fn verify(token: &str, expected: &Expected<'_>) -> Result<IdToken, InvalidToken> {
    // Steps 6 to 8: the signature, by the tenant's key, with the one algorithm that Entra uses.
    let claims = signed_claims(token, expected.metadata)?;
    // Step 2: the issuer.
    claims.equal("iss", &expected.metadata.issuer)?;
    // Steps 3 to 5: we are the only audience, so `azp` says nothing.
    claims.equal("aud", expected.client.client_id.as_str())?;
    claims.equal("tid", expected.client.tenant_id.as_str())?;
    // Step 9: it has not ended. Beyond that section, it has begun.
    claims.in_force(expected.now, expected.clock_tolerance)?;
    // Step 11: the nonce is this attempt's.
    if let Some(nonce) = expected.nonce
        && !secret::same(claims.text("nonce")?, nonce.reveal())
    {
        return Err(InvalidToken::Mismatch("nonce"));
    }
    claims.text("sub")?;
    let optional = |name: &str| claims.optional(name).map(str::to_owned);
    let user = User {
        tid: claims.text("tid")?.to_owned(),
        oid: claims.text("oid")?.to_owned(),
        name: optional("name"),
        preferred_username: optional("preferred_username"),
        email: membership::verified_email(claims.all()),
        login_hint: optional("login_hint"),
    };
    Ok(IdToken {
        user,
        sid: optional("sid"),
        membership: Membership::read(claims.all())?,
        expires_at: claims.expires_at()?,
    })
}
