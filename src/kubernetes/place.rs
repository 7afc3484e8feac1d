//! Places for long answers, and whether these may go on.

use super::access::Access;
use super::caller::Caller;
use super::error::KubernetesError;
use crate::platform::Platform;
use crate::problem::Failure;
use crate::session::streams::{self, Place};
use crate::session::{CredentialRecord, Handle, Live};
use crate::store::StoreFailure;

/// The result of a look at a long answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Look {
    /// It goes on.
    GoesOn,
    /// The credential has ended, or was revoked.
    Ended,
    /// There is no place for it.
    NoPlace,
}

impl<P: Platform> Access<'_, P> {
    /// Whether an answer to the holder of `handle` that has lasted for a while may go on. It then
    /// keeps its place or takes one. A client that reads a short answer slowly must not hold up
    /// others.
    ///
    /// # Errors
    /// When the store cannot say.
    pub(super) async fn look(
        &self,
        handle: Handle<CredentialRecord>,
        place: &mut Option<Place>,
    ) -> Result<Look, StoreFailure> {
        let Some(credential) = self.open(handle).await? else {
            return Ok(Look::Ended);
        };
        match place {
            Some(place) => place.renew(self.records).await?,
            None => *place = self.take_place(&credential).await?,
        }
        Ok(place.as_ref().map_or(Look::NoPlace, |_| Look::GoesOn))
    }

    /// A place for a long answer to `caller`. A caller with their own token needs none.
    ///
    /// # Errors
    /// When there is no place, or the store fails.
    pub(super) async fn place(&self, caller: &Caller) -> Result<Option<Place>, Failure> {
        let Caller::SignedIn(credential) = caller else {
            return Ok(None);
        };
        match self.take_place(credential).await? {
            Some(place) => Ok(Some(place)),
            None => Err(KubernetesError::TooManyStreams(self.settings.kubernetes.streams).into()),
        }
    }

    async fn take_place(
        &self,
        credential: &Live<CredentialRecord>,
    ) -> Result<Option<Place>, StoreFailure> {
        let (record, most) = (&credential.record, self.settings.kubernetes.streams);
        streams::take(self.records, &record.grant.name(), record.end, most).await
    }
}
