//! How AKS tokens are obtained.

use crate::settings::reader::Reader;
use crate::settings::table;
use crate::terms::Guid;

/// How AKS tokens are obtained.
#[derive(Clone, Debug)]
pub struct AksSettings {
    /// The AKS server application.
    pub server_id: Guid,
    /// How long before its expiry a token is refreshed, in seconds.
    pub refresh_margin: u64,
}

impl AksSettings {
    /// Reads `AKS_SERVER_ID` and `TOKEN_REFRESH_MARGIN_SECONDS`.
    pub fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let server_id = reader.read(&table::AKS_SERVER_ID);
        let refresh_margin = reader.read(&table::TOKEN_REFRESH_MARGIN_SECONDS);
        Some(Self {
            server_id: server_id?,
            refresh_margin: refresh_margin?,
        })
    }
}
