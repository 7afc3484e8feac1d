//! How many sign-ins may fail.

use ipnet::IpNet;

use crate::settings::reader::Reader;
use crate::settings::table;

/// How many sign-ins may fail.
#[derive(Clone, Debug)]
pub struct FailureLimit {
    /// From one client address in a minute; 0 is no limit.
    pub per_minute: u64,
    /// The proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
}

impl FailureLimit {
    /// Reads `FAILED_SIGN_INS_PER_MINUTE` and `TRUSTED_PROXIES`.
    pub fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let per_minute = reader.read(&table::FAILED_SIGN_INS_PER_MINUTE);
        let trusted_proxies = reader.read_optional(&table::TRUSTED_PROXIES);
        Some(Self {
            per_minute: per_minute?,
            trusted_proxies: trusted_proxies.unwrap_or_default(),
        })
    }
}
