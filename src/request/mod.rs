//! A request, as it came to a function, and what may be wrong with it.

mod bad;
mod client_address;
mod incoming;
mod parameters;

pub use self::bad::BadRequest;
pub(crate) use self::client_address::{client_address, is_by_proxy};
pub use self::incoming::{LedBy, Request};
pub use self::parameters::Parameters;
