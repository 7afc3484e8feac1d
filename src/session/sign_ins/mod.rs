//! A user's sign-ins, as the user sees them. Each can be ended.

mod list;
mod refused;

pub use self::list::{Listed, end, listed};
pub use self::refused::NoSuchSignIn;
