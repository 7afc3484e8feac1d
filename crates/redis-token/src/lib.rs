//! Tokens of Entra with which `serve` proves itself to an Azure Redis: the application's own, got by
//! workload identity and renewed before they end. The component never sees them.
//!
//! The grant is client credentials (RFC 6749, section 4.4), the proof a client assertion (RFC 7523,
//! section 2.2): the token that the kubelet projects.

mod endpoint;
mod keep;
mod log;
mod post;
#[cfg(test)]
mod tests;
mod token;

pub use self::endpoint::Endpoint;
pub use self::keep::keep;
pub use self::token::Token;
