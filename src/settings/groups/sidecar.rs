//! How the sidecar is reached.

use crate::settings::reader::Reader;
use crate::settings::table;
use crate::terms::{Origin, Secret};

/// How the sidecar is reached.
#[derive(Clone)]
pub struct SidecarSettings {
    /// Its origin.
    pub url: Origin,
    /// The bearer token that it expects.
    pub token: Secret,
}

impl SidecarSettings {
    /// Reads `SIDECAR_URL` and `SIDECAR_TOKEN`.
    pub fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let url = reader.read(&table::SIDECAR_URL);
        let token = reader.read(&table::SIDECAR_TOKEN);
        Some(Self {
            url: url?,
            token: token?,
        })
    }
}
