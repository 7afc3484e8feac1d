//! Which requests are allowed, and for whom. The same rules hold for what is carried here and for
//! the tunnel.

use http::{HeaderMap, Method};
use verdict::{Audit, RequestInfo};

use super::access::Access;
use super::audit;
use super::bearer::Bearer;
use super::caller::Caller;
use super::error::KubernetesError;
use super::method;
use super::target::{self, Target};
use crate::platform::Platform;
use crate::problem::Failure;
use crate::request::BadRequest;

/// The largest size of a request's headers, in bytes.
const HEADERS: usize = 64 * 1024;

/// A request whose head has one reading.
pub(super) struct Asked<'a> {
    /// Where it goes.
    pub(super) target: Target<'a>,
    /// What it asks for.
    pub(super) info: RequestInfo,
}

impl<'a> Asked<'a> {
    /// Reads a head. `audit` learns what is asked. The caller need not be known for this.
    ///
    /// # Errors
    /// When the head could be read in two ways, is too large, or asks for what no API server has.
    pub(super) fn read(
        method: &Method,
        target: &'a str,
        headers: &HeaderMap,
        audit: &mut Audit,
    ) -> Result<Self, Failure> {
        if !target::is_below(target.split('?').next().unwrap_or_default()) {
            return Err(BadRequest::NotFound.into());
        }
        let target = Target::parse(target).ok_or(KubernetesError::AmbiguousPath)?;
        let info = RequestInfo::parse(method, target.as_str());
        audit.asks(info.clone(), headers);
        method::check(method)?;
        if weight(headers) > HEADERS {
            return Err(KubernetesError::HeadersTooLarge.into());
        }
        Ok(Self { target, info })
    }
}

impl<P: Platform> Access<'_, P> {
    /// Admits the caller who presents `bearer`. `audit` learns who that is.
    ///
    /// # Errors
    /// When the caller may not ask, or the store fails.
    pub(super) async fn admit(
        &self,
        bearer: Option<Bearer>,
        audit: &mut Audit,
    ) -> Result<Caller, Failure> {
        let caller = self.caller(bearer).await?;
        if let Caller::SignedIn(credential) = &caller {
            let (record, fingerprint) = (&credential.record, credential.handle.fingerprint());
            audit::by(audit, &record.user, fingerprint, &record.name);
        }
        Ok(caller)
    }
}

/// The size of headers, as RFC 9113, section 10.5.1, counts it.
fn weight(headers: &HeaderMap) -> usize {
    headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len() + 32)
        .sum()
}
