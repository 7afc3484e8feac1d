//! How many sign-ins of one client address have failed in this minute.

use std::net::IpAddr;

use super::expiry::{self, Entry};
use crate::platform::{Platform, UnixTime};
use crate::store::{Records, StoreFailure, store_key};

const KIND: &str = "failures";
/// How long failures are counted together, in seconds.
const MINUTE: u64 = 60;

/// The failures of one client address in one minute.
pub struct Failures {
    id: [u8; 32],
    end: UnixTime,
}

impl Failures {
    /// Those of `address`, now; all addresses of one client count as one.
    pub fn of<P: Platform>(records: &Records<'_, P>, address: IpAddr) -> Self {
        let minute = records.platform.now().0 / MINUTE;
        let client = forwarded::client(address);
        Self {
            id: records.keyring.name(KIND, &format!("{client} {minute}")),
            end: UnixTime((minute + 1) * MINUTE),
        }
    }

    /// How many there were.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn count<P: Platform>(&self, records: &Records<'_, P>) -> Result<i64, StoreFailure> {
        if records.exists(KIND, &self.id).await? {
            records.count(KIND, &self.id).await
        } else {
            Ok(0)
        }
    }

    /// Counts one more. True if it is the first, which leaves an expiry entry.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn add<P: Platform>(&self, records: &Records<'_, P>) -> Result<bool, StoreFailure> {
        let is_first = !records.exists(KIND, &self.id).await?;
        if is_first {
            let keys = vec![store_key(KIND, &self.id)];
            expiry::note(records, self.end, &Entry::Keys(keys)).await?;
        }
        records.increment(KIND, &self.id).await?;
        Ok(is_first)
    }

    /// After how many seconds they no longer count.
    pub fn left<P: Platform>(&self, records: &Records<'_, P>) -> u64 {
        self.end.since(records.platform.now()).max(1)
    }
}
