//! What of a request goes on and what of an answer goes back, whoever carries it: the component, or native
//! code. And what no client may take away from a request.

mod events;
mod headers;
mod location;
mod request_info;

pub use events::{Events, Writing};
pub use headers::{
    impersonation, is_end_to_end, lists, remove_hop_by_hop, remove_orders, to_client, to_server,
    tokens,
};
pub use location::lead_through;
pub use request_info::RequestInfo;
