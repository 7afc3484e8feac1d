//! Entra, for one request of ours, and why it gives no tokens.

use std::time::Duration;

use crate::entra_error::EntraError;
use crate::outbound::{Away, Outbound};
use crate::platform::Platform;
use crate::session::lease;
use crate::settings::{Client, SidecarSettings};

/// Entra, as this proxy's registration sees it.
pub struct Entra<'a, P> {
    /// The platform.
    pub platform: &'a P,
    /// The registration.
    pub client: &'a Client,
    /// Where the client assertion comes from.
    pub sidecar: &'a SidecarSettings,
    pub(super) outbound: Outbound<'a, P>,
}

impl<'a, P: Platform> Entra<'a, P> {
    /// For one request. From now on its outbound calls have a bounded total time.
    pub fn new(platform: &'a P, client: &'a Client, sidecar: &'a SidecarSettings) -> Self {
        Self::within(platform, client, sidecar, lease::BUDGET)
    }

    /// The same with another total time, from now on.
    pub fn within(
        platform: &'a P,
        client: &'a Client,
        sidecar: &'a SidecarSettings,
        budget: Duration,
    ) -> Self {
        Self {
            platform,
            client,
            sidecar,
            outbound: Outbound::within(platform, budget),
        }
    }
}

/// Why Entra gave no tokens.
#[derive(Debug)]
pub enum EntraFailure {
    /// It was asked, and refused.
    Refused(Box<EntraError>),
    /// It, or what is needed to ask it, is away.
    Away(Away),
}

impl From<Away> for EntraFailure {
    fn from(away: Away) -> Self {
        Self::Away(away)
    }
}
