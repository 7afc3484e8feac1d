//! The way of one request to the API server.

use super::settings::Settings;
use crate::call::Call;
use crate::store::Records;

/// The way of one request to the API server.
pub(crate) struct Access<'a, P> {
    pub(crate) call: &'a Call<'a, P>,
    pub(crate) settings: &'a Settings,
    pub(crate) records: &'a Records<'a, P>,
}
