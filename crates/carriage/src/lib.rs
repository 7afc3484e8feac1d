//! What of an answer goes back to a client, whoever carries it: the component, or the tunnel for an
//! upgrade.

mod events;
mod location;
mod orders;

pub use events::{Events, Writing};
pub use location::lead_through;
pub use orders::{gives_orders, remove_orders};
