//! The state behind the routes.

use listener::Ending;
use traces::Traces;

use crate::config::Config;
use crate::counts::Counts;
use crate::jobs::Jobs;

/// The state for requests.
pub(crate) struct Service {
    pub(crate) config: Config,
    pub(crate) jobs: Option<Jobs>,
    /// The end of the sidecar.
    pub(crate) ending: Ending,
    pub(crate) counts: Counts,
    pub(crate) traces: Traces,
    /// Whether clients use TLS.
    pub(crate) over_tls: bool,
}
