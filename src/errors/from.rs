//! What becomes an [`Error`] by itself.

use super::Error;
use crate::kubelogin::DeviceCodeError;
use crate::kubernetes::KubernetesError;
use crate::outbound::Away;
use crate::request::Repeated;
use crate::session::SessionError;
use crate::settings::Misconfigured;

impl From<Repeated> for Error {
    fn from(repeated: Repeated) -> Self {
        Self::BadParameter(repeated.0, "is given more than once")
    }
}

impl From<Misconfigured> for Error {
    fn from(error: Misconfigured) -> Self {
        Self::Misconfigured(error)
    }
}

impl From<DeviceCodeError> for Error {
    fn from(error: DeviceCodeError) -> Self {
        Self::DeviceCode(error)
    }
}

impl From<KubernetesError> for Error {
    fn from(error: KubernetesError) -> Self {
        Self::Kubernetes(error)
    }
}

impl From<SessionError> for Error {
    fn from(error: SessionError) -> Self {
        Self::Away(error.into())
    }
}

impl From<Away> for Error {
    fn from(away: Away) -> Self {
        Self::Away(away)
    }
}
