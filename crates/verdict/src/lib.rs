//! What is decided on a request to the API server or an app, as data: where it goes and with which head, what its
//! client gets of the answer, how it is looked at while it lasts, and what its line in the log says.
//!
//! The component decides. It carries plain requests by itself where nothing native is in front; else native
//! code asks it ([`Message`]) and carries by the same verdict ([`Verdict`]). Neither of the two carriers
//! decides anything. What both must know alike stands here once: which headers go on and which end here,
//! where an event of a watch ends, how a request to the API server is read.

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
    Verdict,
};
pub use request_info::RequestInfo;
