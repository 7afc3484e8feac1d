//! What of an answer goes back to a client, whoever carries it: the component, or the tunnel for an
//! upgrade. And what no client may take away from a request.

mod end_to_end;
mod events;
mod location;
mod orders;

pub use end_to_end::is_end_to_end;
pub use events::{Events, Writing};
pub use location::lead_through;
pub use orders::{gives_orders, remove_orders};
