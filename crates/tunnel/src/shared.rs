//! What all connections of one tunnel share.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::counts::Counts;
use crate::kind::Kind;
use crate::pool::Host;
use crate::rounds::Rounds;
use crate::{Limits, Origin};

/// What each connection needs from its tunnel.
pub(crate) struct Shared {
    /// The API server, one entry per origin.
    pub(crate) api_servers: Vec<Arc<Host>>,
    /// The apps.
    pub(crate) apps: Vec<Arc<Host>>,
    pub(crate) limits: Limits,
    /// The rounds that look at all that is carried.
    pub(crate) rounds: Rounds,
    /// Ends everything at once.
    pub(crate) stop: CancellationToken,
    pub(crate) counts: Counts,
}

impl Shared {
    /// The server at `origin`, if requests of this `kind` may go there.
    pub(crate) fn host(&self, kind: Kind, origin: &Origin) -> Option<&Arc<Host>> {
        let hosts = match kind {
            Kind::Kubernetes => &self.api_servers,
            Kind::App => &self.apps,
        };
        hosts.iter().find(|host| host.is(origin))
    }
}
