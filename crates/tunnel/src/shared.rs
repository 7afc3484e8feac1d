//! What the connections of one tunnel share.

use std::sync::Arc;

use egress::Proxies;
use tokio_rustls::rustls::ClientConfig;
use tokio_util::sync::CancellationToken;

use crate::counts::Counts;
use crate::pool::Host;
use crate::rounds::Rounds;
use crate::{Limits, Origin};

/// What each connection needs of its tunnel.
pub(crate) struct Shared {
    pub(crate) origins: Vec<Origin>,
    pub(crate) proxies: Proxies,
    pub(crate) limits: Limits,
    pub(crate) tls: Arc<ClientConfig>,
    /// The same origins, for plain requests.
    pub(crate) hosts: Vec<Arc<Host>>,
    /// Where all that is carried is looked at.
    pub(crate) rounds: Rounds,
    /// Ends everything at once.
    pub(crate) stop: CancellationToken,
    pub(crate) counts: Counts,
}

impl Shared {
    /// The connections to `origin`, if it is one of ours.
    pub(crate) fn host(&self, origin: &Origin) -> Option<&Arc<Host>> {
        self.hosts.iter().find(|host| host.is(origin))
    }
}
