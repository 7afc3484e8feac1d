//! What stands behind the routes.

use crate::config::Config;
use crate::counts::Counts;
use crate::jobs::Jobs;

/// What requests are answered from.
pub(crate) struct Service {
    pub(crate) config: Config,
    pub(crate) jobs: Option<Jobs>,
    pub(crate) counts: Counts,
}
