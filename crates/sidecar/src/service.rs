//! What stands behind the routes.

use listener::Ending;
use traces::Traces;

use crate::config::Config;
use crate::counts::Counts;
use crate::jobs::Jobs;

/// What requests are answered from.
pub(crate) struct Service {
    pub(crate) config: Config,
    pub(crate) jobs: Option<Jobs>,
    /// When it ends.
    pub(crate) ending: Ending,
    pub(crate) counts: Counts,
    pub(crate) traces: Traces,
    /// Whether clients come over TLS.
    pub(crate) over_tls: bool,
}
