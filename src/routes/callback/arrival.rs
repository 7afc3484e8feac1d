//! What is known of a callback once state and cookie agree.

use http::StatusCode;

use super::settings::Settings;
use crate::addresses::DEVICE_CODE;
use crate::call::Call;
use crate::entra::Entra;
use crate::gate::Gate;
use crate::kubelogin::{DeviceCodeError, Kubelogin};
use crate::platform::Platform;
use crate::problem::Failure;
use crate::respond::{self, Response};
use crate::session::{Attempt, Live};

/// A callback of this browser's own attempt.
pub(super) struct Arrival<'a, P> {
    pub(super) call: &'a Call<'a, P>,
    pub(super) settings: &'a Settings,
    pub(super) gate: &'a Gate<'a, P>,
    pub(super) entra: Entra<'a, P>,
    pub(super) attempt: Attempt,
}

impl<P: Platform> Arrival<'_, P> {
    /// Lets kubelogin take over for `session`, and sends the browser there.
    pub(super) async fn device_code(&self, session: &Live) -> Result<Response, Failure> {
        let service = self.settings.jobs.as_ref();
        let kubelogin = Kubelogin {
            call: self.call,
            records: &self.gate.records,
            service: service.ok_or(DeviceCodeError::Disabled)?,
            session,
            clock_tolerance: self.clock_tolerance(),
        };
        kubelogin.start(self.attempt.return_path.clone()).await?;
        Ok(go_to(DEVICE_CODE))
    }

    /// How far clocks may be apart, in seconds.
    pub(super) fn clock_tolerance(&self) -> u64 {
        self.settings.sessions.lifetimes.clock_tolerance
    }
}

/// Sends the browser to `address`, which is ours.
pub(super) fn go_to(address: &str) -> Response {
    respond::redirect(StatusCode::FOUND, address)
}
