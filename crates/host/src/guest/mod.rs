//! The host's side of an instance that answers one request.

#[allow(
    missing_docs,
    unreachable_pub,
    unused_qualifications,
    reason = "generated"
)]
mod bindings;
mod bucket;
mod key_value;
mod link;
mod state;
mod variables;

pub(crate) use self::link::link;
pub(crate) use self::state::State;
