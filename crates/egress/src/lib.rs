//! The way out of a network that lets nothing out but a forward proxy: `HTTPS_PROXY`, `HTTP_PROXY`
//! and `NO_PROXY` of the environment, and the tunnel through such a proxy (CONNECT, RFC 9110, section
//! 9.3.6).
//!
//! The variables are read as Go reads them, since kubelogin, kubectl and most of what runs in a
//! cluster are written in it. hyper-util has a matcher for them too. It knows no ports in `NO_PROXY`,
//! drops in silence what it cannot read, and its tunnel does not tell with which status a proxy has
//! refused.
//!
//! This machine is never reached through a proxy.
//!
//! Host and tunnel send with hyper, and [`announce_body`] is what both have to tell it.

mod body;
mod connect;
mod exceptions;
mod failure;
mod proxies;
mod proxy;
mod target;
#[cfg(test)]
mod tests;

pub use self::body::announce_body;
pub use self::connect::{Stream, connect};
pub use self::failure::Failure;
pub use self::proxies::{Proxies, Wrong};
pub use self::proxy::Proxy;
pub use self::target::Target;
