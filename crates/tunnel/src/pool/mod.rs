//! Pools of kept connections to servers: HTTP/2 where the server speaks it, otherwise HTTP/1.1.
//!
//! A stream is opened only within the limit that the server has announced. Beyond it, `h2` would let the
//! stream wait for another to end, and a watch may last for hours. So there are as many connections as are
//! needed. A request that has not been sent is tried on another connection; any other must not be repeated.

mod body;
mod host;
mod http2;
mod lease;
mod place;
mod send;

pub(crate) use self::body::{Kept, Payload, Sent, Upload};
pub(crate) use self::host::{Host, UNUSED, UNUSED_OF_APP};
pub(crate) use self::lease::Lease;
pub(crate) use self::send::{Outgoing, send};
