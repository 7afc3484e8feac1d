//! A server around a tunnel: it carries requests to upgrade, and streams all others to the component,
//! so that an ingress need not tell them apart.

mod backend;
mod forward;
mod listener;
mod server;

pub use self::listener::Listener;
pub use self::server::Proxy;
