//! The value of `UPSTREAMS`: apps to which this proxy carries requests itself.
//!
//! It is JSON or TOML, and is read whole: everything that is wrong with it is said at once, each with its place, as in
//! `[2].url: is no URL`. A field that nobody knows is wrong: it may be a rule with a slip of the pen.

mod document;
mod header;
mod path;
mod policy;
mod read;
mod upstream;

#[cfg(test)]
mod tests;

pub use self::header::{AppClaim, ClaimHeader};
pub use self::path::{PathPrefix, Public};
pub use self::policy::UpstreamPolicy;
pub(in crate::settings) use self::read::{list, read};
pub use self::upstream::{METHODS, Upstream, UpstreamLimits, UpstreamToken};
