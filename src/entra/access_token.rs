//! Access tokens that somebody else obtained, so they may be anybody's. They are validated in full,
//! unlike a token from the token endpoint.

use super::Entra;
use super::claims::scopes;
use super::jwt::{InvalidToken, TokenFailure, signed_claims};
use super::metadata::Metadata;
use crate::platform::{Platform, UnixTime};
use crate::store::Records;
use crate::terms::{Guid, Secret, User};

/// What a valid access token says.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ValidAccessToken {
    /// When it ends.
    pub expires_at: UnixTime,
    /// What it allows.
    pub scopes: Vec<String>,
}

impl<P: Platform> Entra<'_, P> {
    /// Validates `token`, a v1 token of this tenant for the application `audience` (Microsoft's
    /// access token reference): signature, issuer, audience, times, and that it is `user`'s.
    ///
    /// # Errors
    /// When it is not valid, or keys and issuer cannot be had. Another user's is a mismatch of
    /// `oid`.
    pub async fn access_token(
        &self,
        records: &Records<'_, P>,
        token: &Secret,
        audience: &Guid,
        user: &User,
        clock_tolerance: u64,
    ) -> Result<ValidAccessToken, TokenFailure> {
        let metadata = self.metadata(records).await.map_err(TokenFailure::Away)?;
        let issuer = self.v1_issuer().await.map_err(TokenFailure::Away)?;
        let check = |metadata: &Metadata| {
            let claims = signed_claims(token.reveal(), metadata)?;
            claims.equal("iss", &issuer)?;
            // Entra writes the audience as the GUID, or as the App ID URI `spn:GUID`.
            let named = claims.text("aud")?;
            if named.strip_prefix("spn:").unwrap_or(named) != audience.as_str() {
                return Err(InvalidToken::Mismatch("aud"));
            }
            claims.equal("tid", &user.tid)?;
            claims.equal("oid", &user.oid)?;
            let now = self.platform.now();
            claims.in_force(now, clock_tolerance)?;
            let expires_at = claims.expires_at()?;
            if expires_at <= now {
                return Err(InvalidToken::Expired);
            }
            Ok(ValidAccessToken {
                expires_at,
                scopes: scopes(claims.optional("scp").unwrap_or_default()),
            })
        };
        self.checked(records, metadata, check).await
    }
}
