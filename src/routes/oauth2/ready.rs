//! `GET /ready` tells probes whether the session store is available, as oauth2-proxy does. `/readyz` also
//! checks the sidecar.

use crate::call::Call;
use crate::outbound::{Away, Dependency};
use crate::platform::Platform;
use crate::problem::Failure;
use crate::respond::{self, Response};

/// The key that is looked up in the store. It does not exist.
const NOTHING: &str = "ready";

pub(crate) async fn respond<P: Platform>(call: &Call<'_, P>) -> Result<Response, Failure> {
    match call.platform.exists(NOTHING).await {
        Ok(_) => Ok(respond::text("OK")),
        Err(error) => Err(Away::new(Dependency::Store, error.to_string()).into()),
    }
}
