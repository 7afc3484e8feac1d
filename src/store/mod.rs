//! The sealed store: records, lists and the keys that seal them (docs/sessions.md).

mod failure;
mod format;
mod keyring;
mod keys;
mod list;
mod records;
mod ticket;

pub use self::failure::StoreFailure;
pub use self::keyring::{Context, Keyring, Opened};
pub(crate) use self::keys::store_key;
pub(crate) use self::list::{List, ListKind};
pub use self::records::Records;
pub use self::ticket::Ticket;
