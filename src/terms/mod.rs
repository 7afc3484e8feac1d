//! The basic terms: small values without IO and without decisions.

mod browser;
pub mod encoding;
mod guid;
pub mod host;
mod origin;
pub mod paths;
mod return_path;
pub mod secret;
mod user;

pub use self::browser::Browser;
pub use self::guid::Guid;
pub use self::origin::{Origin, is_loopback};
pub use self::return_path::ReturnPath;
pub use self::secret::Secret;
pub use self::user::{User, is_guest};
