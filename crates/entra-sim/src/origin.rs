//! The origin of a listener, and the issuer that follows from it.

use crate::state::Sim;

/// Where the listener is by which a request came.
#[derive(Clone)]
pub(crate) struct Origin(pub(crate) String);

/// The issuer of ID tokens.
pub(crate) fn v2_issuer(origin: &Origin, sim: &Sim) -> String {
    format!("{}/{}/v2.0", origin.0, sim.options.tenant_id)
}
