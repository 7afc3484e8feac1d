//! How long sessions live.

use crate::settings::reader::Reader;
use crate::settings::table;

/// How long sessions live, in seconds.
#[derive(Clone, Copy, Debug)]
pub struct Lifetimes {
    /// How long an unused session lives.
    pub idle: u64,
    /// How long any session lives.
    pub absolute: u64,
    /// How far the clocks of the replicas and of Entra may be apart.
    pub clock_tolerance: u64,
}

/// The longest absolute timeout. Lists of sessions are walked this far, and the sweep begins this
/// far back.
pub const LONGEST_SESSION: u64 = 30 * 24 * 3600;

impl Lifetimes {
    /// Reads both timeouts and `CLOCK_TOLERANCE_SECONDS`.
    pub fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let idle = reader.read(&table::SESSION_IDLE_TIMEOUT_SECONDS);
        let absolute = reader.read(&table::SESSION_ABSOLUTE_TIMEOUT_SECONDS);
        let clock_tolerance = reader.read(&table::CLOCK_TOLERANCE_SECONDS);
        let (idle, absolute) = (idle?, absolute?);
        if absolute > LONGEST_SESSION {
            reader.fault(
                &table::SESSION_ABSOLUTE_TIMEOUT_SECONDS,
                format!("is longer than 30 days ({LONGEST_SESSION})"),
            );
        }
        if idle > absolute {
            reader.fault(
                &table::SESSION_IDLE_TIMEOUT_SECONDS,
                "is longer than SESSION_ABSOLUTE_TIMEOUT_SECONDS",
            );
        }
        Some(Self {
            idle,
            absolute,
            clock_tolerance: clock_tolerance?,
        })
    }
}
