//! `GET /callback`: where Entra sends people back to.
//!
//! Its security lies in the order. State and cookie are compared first, and what fails there writes
//! nothing. What Entra refused is told next, without a claim. Then comes what may be away: a 503 up to
//! there keeps the attempt, so that a reload works. Then the attempt is claimed, and only then is the
//! code redeemed. From the claim on, every outcome clears the attempt's cookie, and so does a refusal;
//! but if Entra does not know the proxy itself, and so has not looked at the code, the attempt goes on in
//! a cookie that has a claim of its own.

mod answer;
mod arrival;
mod error;
mod further_try;
mod interaction;
mod redemption;
mod reloaded;
mod respond;
mod settings;
mod sign_in;

pub(crate) use self::respond::{at_oauth2, respond};
