//! Connections to servers, which are kept: HTTP/2 where it speaks that, HTTP/1.1 else.
//!
//! A stream of HTTP/2 is asked for only where there is room for it by what the server has announced. Were it
//! asked for beyond that, it would wait in `h2` until another ends, and a watch may last for hours. So there
//! are as many connections as it takes. A request that has not left is sent on another connection; any other
//! is not ours to repeat.

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
