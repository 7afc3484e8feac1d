//! The gate leads from the cookie of a request to the session that it opens.

mod open;
mod settings;

pub(crate) use self::open::{Gate, sign_in_first};
pub(crate) use self::settings::SessionSettings;
