//! Who asks the API server.

use super::access::Access;
use super::bearer::Bearer;
use super::error::KubernetesError;
use crate::platform::Platform;
use crate::problem::Failure;
use crate::session::{CredentialRecord, Handle, Live, credential};
use crate::store::StoreFailure;
use crate::terms::Secret;

/// Somebody who may ask the API server: the only thing that a request to it is made from.
pub(crate) enum Caller {
    /// Who holds a credential of ours.
    SignedIn(Box<Live<CredentialRecord>>),
    /// Who brings a token of their own, of which the API server decides.
    OwnToken(Secret),
}

impl<P: Platform> Access<'_, P> {
    /// Who presents `bearer`.
    pub(super) async fn caller(&self, bearer: Option<Bearer>) -> Result<Caller, Failure> {
        let site = || self.settings.public_url.clone();
        match bearer {
            None => Err(KubernetesError::NoBearer(site()).into()),
            Some(Bearer::Credential(handle)) => match self.open(handle).await? {
                Some(credential) => Ok(Caller::SignedIn(Box::new(credential))),
                None => Err(KubernetesError::Ended(site()).into()),
            },
            Some(Bearer::Jwt(token)) if self.settings.kubernetes.passthrough => {
                Ok(Caller::OwnToken(token))
            }
            Some(Bearer::Jwt(_) | Bearer::Unknown) => Err(KubernetesError::Ended(site()).into()),
        }
    }

    /// The credential of `handle`, if it is in force; this use counts.
    pub(crate) async fn open(
        &self,
        handle: Handle<CredentialRecord>,
    ) -> Result<Option<Live<CredentialRecord>>, StoreFailure> {
        let idle = self.settings.kubernetes.idle;
        credential::open(self.records, handle, idle).await
    }
}
