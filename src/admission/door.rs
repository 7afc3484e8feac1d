//! Whether the rules admit a user.

use super::refusal::{Refusal, Rule};
use super::rules::refused_by_token;
use crate::entra::{Entra, IdToken, InvalidToken, TokenAnswer, TokenFailure};
use crate::outbound::Away;
use crate::platform::Platform;
use crate::settings::AdmissionSettings;
use crate::store::Records;
use crate::terms::{Secret, User};

/// What is needed to ask the rules.
pub struct Door<'a, P> {
    /// Entra, which says the groups of a user.
    pub entra: &'a Entra<'a, P>,
    /// The store, which keeps them for a while.
    pub records: &'a Records<'a, P>,
    /// The rules.
    pub settings: &'a AdmissionSettings,
    /// How far the clocks of Entra and this host may be apart, in seconds.
    pub clock_tolerance: u64,
}

/// Why a user is not admitted.
#[derive(Debug)]
pub enum NotAdmitted {
    /// A rule refuses the user.
    Refused(Box<Refusal>),
    /// The rules cannot be asked for the moment.
    Away(Away),
    /// There is no valid ID token to ask them about.
    IdToken(InvalidToken),
}

impl<P: Platform> Door<'_, P> {
    /// Whether the rules admit the user whom `id_token` names. `refresh_token` is that user's.
    ///
    /// # Errors
    /// When one of them does not, or cannot be asked.
    pub async fn admit(
        &self,
        id_token: &IdToken,
        refresh_token: Option<&Secret>,
    ) -> Result<(), NotAdmitted> {
        let IdToken {
            user, membership, ..
        } = id_token;
        let upn = membership.upn.as_deref();
        let refused = match refused_by_token(self.settings, user, upn, &membership.roles) {
            None if self.refused_by_groups(id_token, refresh_token).await? => Some(Rule::Groups),
            refused => refused,
        };
        match refused {
            None => Ok(()),
            Some(rule) => Err(NotAdmitted::Refused(Box::new(Refusal {
                user: user.clone(),
                rule,
            }))),
        }
    }

    /// The same for `user`, with the ID token that a refresh brought.
    ///
    /// # Errors
    /// As [`Door::admit`], and when that ID token is not valid or another user's.
    pub async fn admit_again(
        &self,
        user: &User,
        answer: &TokenAnswer,
        refresh_token: &Secret,
    ) -> Result<(), NotAdmitted> {
        match self.settings.any() {
            true => self
                .known_again(user, answer, refresh_token)
                .await
                .map(drop),
            false => Ok(()),
        }
    }

    /// The same, and what the ID token says of the user.
    ///
    /// # Errors
    /// As [`Door::admit_again`].
    pub async fn known_again(
        &self,
        user: &User,
        answer: &TokenAnswer,
        refresh_token: &Secret,
    ) -> Result<IdToken, NotAdmitted> {
        let missing = || NotAdmitted::IdToken(InvalidToken::Missing);
        let token = answer.id_token.as_ref().ok_or_else(missing)?;
        let metadata = self.entra.metadata(self.records).await?;
        let id_token = self
            .entra
            .id_token(self.records, metadata, token, None, self.clock_tolerance)
            .await?;
        if !id_token.user.is(user) {
            return Err(NotAdmitted::IdToken(InvalidToken::Mismatch("oid")));
        }
        self.admit(&id_token, Some(refresh_token)).await?;
        Ok(id_token)
    }
}

impl From<Away> for NotAdmitted {
    fn from(away: Away) -> Self {
        Self::Away(away)
    }
}

impl From<TokenFailure> for NotAdmitted {
    fn from(failure: TokenFailure) -> Self {
        match failure {
            TokenFailure::Invalid(invalid) => Self::IdToken(invalid),
            TokenFailure::Away(away) => Self::Away(away),
        }
    }
}
