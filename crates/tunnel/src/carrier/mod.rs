//! Carries plain requests to their servers and the answers back, as the component has decided. It decides
//! nothing. The component's own carrier (`src/carrier`) does the same in the same order, and both pass the
//! same tables of conversations (`crates/verdict/conversations.json` and `conversations-of-apps.json`).

mod account;
mod answer;
mod body;
mod carry;
mod download;
mod request;

pub(crate) use self::account::Place;
pub(crate) use self::request::Carrier;
