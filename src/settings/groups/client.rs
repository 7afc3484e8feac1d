//! This proxy's registration with Entra.

use crate::settings::reader::Reader;
use crate::settings::table;
use crate::terms::{Guid, Origin};

/// This proxy's registration with Entra.
#[derive(Clone, Debug)]
pub struct Client {
    /// The tenant in which people sign in.
    pub tenant_id: Guid,
    /// The application's id.
    pub client_id: Guid,
    /// The origin of Entra.
    pub authority_host: Origin,
}

impl Client {
    /// Reads `TENANT_ID`, `CLIENT_ID` and `AUTHORITY_HOST`.
    pub fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let tenant_id = reader.read(&table::TENANT_ID);
        let client_id = reader.read(&table::CLIENT_ID);
        let authority_host = reader.read(&table::AUTHORITY_HOST);
        Some(Self {
            tenant_id: tenant_id?,
            client_id: client_id?,
            authority_host: authority_host?,
        })
    }
}
