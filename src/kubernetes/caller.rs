//! Who calls the API server.

use super::access::Access;
use super::bearer::Bearer;
use super::error::KubernetesError;
use crate::platform::Platform;
use crate::problem::Failure;
use crate::session::{CredentialRecord, Handle, Live, credential};
use crate::store::StoreFailure;
use crate::terms::Secret;

/// A caller who may ask the API server. Requests to it are made only from this.
pub(crate) enum Caller {
    /// A caller with a credential of ours.
    SignedIn(Box<Live<CredentialRecord>>),
    /// A caller with their own token. The API server decides on it.
    OwnToken(Secret),
}

impl<P: Platform> Access<'_, P> {
    /// The caller who presents `bearer`.
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

    /// The credential of `handle`, if it is in force. This use counts.
    pub(crate) async fn open(
        &self,
        handle: Handle<CredentialRecord>,
    ) -> Result<Option<Live<CredentialRecord>>, StoreFailure> {
        let idle = self.settings.kubernetes.idle;
        credential::open(self.records, handle, idle).await
    }
}
