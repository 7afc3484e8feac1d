//! What is needed to recognise a browser.

use crate::settings::{CookieSettings, Lifetimes, Reader};
use crate::store::Keyring;

/// The settings of sessions.
pub(crate) struct SessionSettings {
    /// The secrets that seal and open them.
    pub(crate) keyring: Keyring,
    /// The cookies that hold their handles.
    pub(crate) cookies: CookieSettings,
    /// How long they live.
    pub(crate) lifetimes: Lifetimes,
}

impl SessionSettings {
    /// Reads `SESSION_…` and `CLOCK_TOLERANCE_SECONDS`.
    pub(crate) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let keyring = Keyring::read(reader);
        let cookies = CookieSettings::read(reader);
        let lifetimes = Lifetimes::read(reader);
        Some(Self {
            keyring: keyring?,
            cookies: cookies?,
            lifetimes: lifetimes?,
        })
    }
}
