//! The counts of the host. Labels are names in the manifest, or fixed words: never a path, a key or a client.

mod asked;
mod ends;
mod events;
mod families;

pub(crate) use self::asked::Asked;
pub use self::families::Counts;
