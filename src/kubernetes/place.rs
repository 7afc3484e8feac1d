//! Places for requests that last, and whether these may go on.

use serde::{Deserialize, Serialize};
use verdict::{Outcome, Writing};

use super::access::Access;
use super::caller::Caller;
use super::error::KubernetesError;
use super::last_event;
use crate::carrier::{self, End};
use crate::desk::{Held, Holding, Look, Places};
use crate::platform::Platform;
use crate::problem::Failure;
use crate::session::streams::{Holder, Place};
use crate::session::{CredentialRecord, Handle, credential};
use crate::store::{Keyring, StoreFailure};
use crate::terms::Secret;
use crate::terms::encoding::sha256;

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

    /// Whether we know them. A token of one's own may be a stranger's, and made up: it takes no place before the
    /// API server has said that it knows it.
    pub(super) fn is_known(&self) -> bool {
        matches!(self, Self::Credential(_))
    }

    /// That of the credential, if it is one.
    fn handle(&self) -> Option<Handle<CredentialRecord>> {
        match self {
            Self::Credential(credential) => Handle::parse(credential.reveal()),
            Self::OwnToken(_) => None,
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
    /// The places of everybody.
    pub(super) fn places(&self) -> Places<'_, P> {
        Places {
            records: self.records,
            most: self.settings.kubernetes.streams,
        }
    }

    /// Whether a request that has lasted for a while may go on, as [`Places::keep`] says.
    ///
    /// # Errors
    /// When the store cannot say.
    pub(super) async fn look(
        &self,
        whose: &Whose,
        place: &mut Option<Place>,
    ) -> Result<Look, StoreFailure> {
        let holding = self.holdings(&[whose]).await.pop().unwrap_or(Ok(None))?;
        let near = whose.fingerprint();
        self.places().keep(holding.as_ref(), &near, place).await
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

    /// Who holds the places of each, if they still may.
    pub(super) async fn holdings(&self, all: &[&Whose]) -> Vec<Held> {
        let handles = all.iter().filter_map(|whose| whose.handle());
        let idle = self.settings.kubernetes.idle;
        let opened = credential::open_all(self.records, handles.collect(), idle).await;
        let mut opened = opened.into_iter();
        let held = all.iter().map(|whose| match whose {
            Whose::OwnToken(holder) => Ok(Some(Holding::By(holder.clone()))),
            Whose::Credential(_) if whose.handle().is_none() => Ok(None),
            Whose::Credential(_) => {
                let credential = opened.next().unwrap_or(Ok(None))?;
                let holder = credential.map(|found| Holder::person(&found.record.user));
                Ok(holder.map(Holding::By))
            }
        });
        held.collect()
    }

    /// A place for a request of `caller` that will last. A caller with their own token takes none
    /// before the first look ([`Whose::is_known`]).
    ///
    /// # Errors
    /// When there is no place, or the store fails.
    pub(super) async fn place(&self, caller: &Caller) -> Result<Option<Place>, Failure> {
        let Caller::SignedIn(credential) = caller else {
            return Ok(None);
        };
        let holder = Holder::person(&credential.record.user);
        let near = Whose::of(caller, self.records.keyring).fingerprint();
        match self.places().take(&holder, &near).await? {
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
}
