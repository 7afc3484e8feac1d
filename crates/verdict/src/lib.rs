//! The decision on a request to the API server or an app, as data: its destination and head, the rules for
//! its answer, how it is looked at while it lasts, and its audit line.
//!
//! The component decides. Without native code in front, it also carries plain requests itself. Otherwise
//! native code asks it ([`Message`]) and carries by the same verdict ([`Verdict`]). Neither carrier decides
//! anything. What both need is here: which headers are passed on, where an event of a watch ends, and how a
//! request to the API server is read.

mod audit;
mod events;
mod forward;
mod headers;
mod line;
mod location;
mod message;
mod request_info;
mod written;

pub use audit::{Audit, Ended, Outcome};
pub use events::{Events, Writing};
pub use forward::{BodyRules, Forward, Limits, Looks, QUESTIONS, Rules};
pub use headers::{
    MisusedConnection, folded, impersonation, is_end_to_end, lists, named_by_connection,
    not_to_apps_client, not_to_client, orders, remove_hop_by_hop, remove_hosts_own, to_app,
    to_server, tokens, without_cookies, without_set_cookies,
};
pub use line::line;
pub use location::{lead_back_from, lead_through};
pub use message::{
    Answer, Ask, Closed, Connect, Failed, Fault, Looked, Message, Open, Plain, Refused, Stage,
    Together, Verdict,
};
pub use request_info::RequestInfo;
