//! Places for requests that last, and whether these may go on.

use serde::{Deserialize, Serialize};
use verdict::{Outcome, Writing};

use super::access::Access;
use super::caller::Caller;
use super::error::KubernetesError;
use super::last_event;
use crate::carrier::{self, End};
use crate::platform::Platform;
use crate::problem::Failure;
use crate::session::streams::{self, Holder, Place};
use crate::session::{CredentialRecord, Handle};
use crate::store::{Keyring, StoreFailure};
use crate::terms::Secret;
use crate::terms::encoding::sha256;

/// The result of a look at a request that lasts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Look {
    /// It goes on.
    GoesOn,
    /// The credential has ended, or was revoked.
    Ended,
    /// There is no place for it.
    NoPlace,
}

/// Whose request lasts, as it is kept while it does.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Whose {
    /// Of the holder of this credential.
    Credential(Secret),
    /// Of a caller with their own token.
    OwnToken(Holder),
}

impl Whose {
    /// Of `caller`.
    pub(super) fn of(caller: &Caller, keyring: &Keyring) -> Self {
        match caller {
            Caller::SignedIn(credential) => Self::Credential(credential.handle.write(keyring)),
            Caller::OwnToken(token) => Self::OwnToken(Holder::of_token(token)),
        }
    }

    /// Tells them from all others.
    pub(super) fn fingerprint(&self) -> String {
        match self {
            Self::Credential(credential) => sha256(credential.reveal()),
            Self::OwnToken(holder) => holder.fingerprint(),
        }
    }
}

impl<P: Platform> Access<'_, P> {
    /// Whether a request that has lasted for a while may go on. It then keeps its place or takes
    /// one, however short it was meant to be: whoever lets others wait must not hold up everybody.
    ///
    /// # Errors
    /// When the store cannot say.
    pub(super) async fn look(
        &self,
        whose: &Whose,
        place: &mut Option<Place>,
    ) -> Result<Look, StoreFailure> {
        let holder = self.holder(whose).await?;
        self.keep(holder.as_ref(), place).await
    }

    /// The same; it is known already who holds the places, if they still may.
    ///
    /// # Errors
    /// When the store cannot say.
    pub(super) async fn keep(
        &self,
        holder: Option<&Holder>,
        place: &mut Option<Place>,
    ) -> Result<Look, StoreFailure> {
        let Some(holder) = holder else {
            return Ok(Look::Ended);
        };
        match place {
            Some(place) => place.renew(self.records).await?,
            None => *place = self.take_place(holder).await?,
        }
        Ok(place.as_ref().map_or(Look::NoPlace, |_| Look::GoesOn))
    }

    /// What follows from a `look` at the request `request_id`. Its client gets events, if they have a
    /// `writing`.
    pub(super) fn follows(
        &self,
        look: Result<Look, StoreFailure>,
        writing: Option<Writing>,
        request_id: &str,
    ) -> carrier::Look<Failure> {
        let (outcome, why) = match look {
            Ok(Look::GoesOn) => return carrier::Look::GoesOn,
            Err(_) => return carrier::Look::Unknown,
            Ok(Look::Ended) => (Outcome::SessionEnded, self.ended()),
            Ok(Look::NoPlace) => (Outcome::TooManyStreams, self.no_place()),
        };
        let last = writing.map(|writing| last_event::error(writing, &why, request_id));
        carrier::Look::Ends(End {
            outcome,
            why: why.into(),
            last,
        })
    }

    /// Whether a request may be sent that will last. It takes a place, as [`Access::place`] says.
    ///
    /// # Errors
    /// When the store cannot say.
    pub(super) async fn lasts(
        &self,
        whose: &Whose,
        place: &mut Option<Place>,
    ) -> Result<Look, StoreFailure> {
        if place.is_some() || matches!(whose, Whose::OwnToken(_)) {
            return Ok(Look::GoesOn);
        }
        self.look(whose, place).await
    }

    /// Who holds the places, if they still may.
    ///
    /// # Errors
    /// When the store cannot say.
    pub(super) async fn holder(&self, whose: &Whose) -> Result<Option<Holder>, StoreFailure> {
        let credential = match whose {
            Whose::OwnToken(holder) => return Ok(Some(holder.clone())),
            Whose::Credential(credential) => credential,
        };
        let Some(handle) = Handle::<CredentialRecord>::parse(credential.reveal()) else {
            return Ok(None);
        };
        let credential = self.open(handle).await?;
        Ok(credential.map(|credential| Holder::person(&credential.record.user)))
    }

    /// A place for a request of `caller` that will last. A caller with their own token takes none
    /// before the first look: only then is it known that the API server has not refused the token,
    /// and a stranger's token must leave nothing in the store.
    ///
    /// # Errors
    /// When there is no place, or the store fails.
    pub(super) async fn place(&self, caller: &Caller) -> Result<Option<Place>, Failure> {
        let Caller::SignedIn(credential) = caller else {
            return Ok(None);
        };
        let holder = Holder::person(&credential.record.user);
        match self.take_place(&holder).await? {
            Some(place) => Ok(Some(place)),
            None => Err(self.no_place().into()),
        }
    }

    /// What a caller is told whose credential has ended.
    fn ended(&self) -> KubernetesError {
        KubernetesError::Ended(self.settings.public_url.clone())
    }

    /// What a caller is told whose places are all taken.
    fn no_place(&self) -> KubernetesError {
        KubernetesError::TooManyStreams(self.settings.kubernetes.streams)
    }

    async fn take_place(&self, holder: &Holder) -> Result<Option<Place>, StoreFailure> {
        streams::take(self.records, holder, self.settings.kubernetes.streams).await
    }
}
