//! Accepts connections and speaks HTTP/1.1 and HTTP/2 on them, within limits: what `serve`, `tunnel`
//! and the sidecar share.
//!
//! A connection costs a file and some memory, and files are few. So there are so many connections at
//! once, and so many of one client; a handshake and the head of a request have their time; and a
//! connection on which no request is in flight ends. Who is turned away is counted, and told to the log
//! once a minute.
//!
//! A server ends in steps ([`Ending`]), so that nobody is refused who was sent here before everybody knew.

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
