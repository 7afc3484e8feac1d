//! Carries plain requests to their servers and the answers back, as the component has decided.
//! Nothing is decided here: it does what the component's own carrier (`src/carrier`) does, in the same order,
//! and both pass the same table of conversations (`crates/verdict/conversations.json`, and `conversations-of-apps.json`).

mod account;
mod answer;
mod body;
mod carry;
mod download;
mod request;

pub(crate) use self::account::Place;
pub(crate) use self::request::Carrier;
