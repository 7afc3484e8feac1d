//! Accepts connections and serves HTTP/1.1 and HTTP/2 within limits, for `serve`, `tunnel` and the sidecar.
//!
//! Each connection costs a file descriptor and some memory. So the number of connections is limited, in all
//! and per client. A handshake and the head of a request have time limits. A connection without a request in
//! flight ends. Refused connections are counted, and logged once a minute.
//!
//! A server ends in steps ([`Ending`]), so that clients that do not know of the end yet are still served.

mod accept;
mod activity;
mod answer;
mod client;
mod complaint;
mod counts;
mod ending;
mod handshakes;
mod heard;
mod held;
mod limits;
mod places;
mod protocols;
mod resumable;
mod server;
mod shares;

pub use self::accept::{Listener, prepare};
pub use self::answer::SHORT_ANSWER;
pub use self::client::Client;
pub use self::complaint::Complaint;
pub use self::counts::Counts;
pub use self::ending::{Ending, Times};
pub use self::held::Held;
pub use self::limits::Limits;
pub use self::protocols::protocols;
pub use self::resumable::Resumable;
pub use self::server::serve;
pub use self::shares::{Share, Shares};
