//! The way of one request to an app.

use super::settings::Settings;
use crate::call::Call;
use crate::request::Request;
use crate::store::Records;

/// The way of one request to an app.
pub(super) struct Access<'a, P> {
    pub(super) call: &'a Call<'a, P>,
    /// The request that is decided on. A native carrier would tell of another one than the call's own.
    pub(super) request: &'a Request,
    pub(super) settings: &'a Settings,
    pub(super) records: Records<'a, P>,
}
