//! What the host counts. Labels are names in the manifest, or words: never a path, a key or a client.

mod asked;
mod ends;
mod events;
mod families;

pub(crate) use self::asked::Asked;
pub use self::families::Counts;
