//! One request to an app, on its way.

use super::settings::Settings;
use crate::apps::is_navigation;
use crate::call::Call;
use crate::request::Request;
use crate::store::Records;

/// One request to an app, on its way.
pub(super) struct Access<'a, P> {
    pub(super) call: &'a Call<'a, P>,
    /// The request to decide on. For a native carrier it is not the call's own.
    pub(super) request: &'a Request,
    pub(super) settings: &'a Settings,
    pub(super) records: &'a Records<'a, P>,
    pub(super) carriage: Carriage,
}

/// The carrier of a request, and its kind.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Carriage {
    /// The component, which can neither upgrade a connection nor set `Host`.
    Here,
    /// Native code, as a plain request.
    Native,
    /// Native code, as an upgrade of its connection (RFC 9110, section 7.8).
    Upgrade,
}

impl<P> Access<'_, P> {
    /// Whether a browser navigates, and can be redirected.
    pub(super) fn is_navigation(&self) -> bool {
        let may_be_led = self.carriage != Carriage::Upgrade;
        may_be_led && is_navigation(self.request, Some(&self.request.method))
    }
}
