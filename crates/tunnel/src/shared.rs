//! What the connections of one tunnel share.

use std::sync::Arc;

use egress::Proxies;
use tokio_rustls::rustls::ClientConfig;
use tokio_util::sync::CancellationToken;

use crate::counts::Counts;
use crate::{Limits, Origin};

/// What each connection needs of its tunnel.
pub(crate) struct Shared {
    pub(crate) origins: Vec<Origin>,
    pub(crate) proxies: Proxies,
    pub(crate) limits: Limits,
    pub(crate) tls: Arc<ClientConfig>,
    /// Ends everything at once.
    pub(crate) stop: CancellationToken,
    pub(crate) counts: Counts,
}
