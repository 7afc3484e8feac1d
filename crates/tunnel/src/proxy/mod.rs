//! A server around a tunnel: it carries requests to upgrade, and streams all others to the component,
//! so that an ingress need not tell them apart.

mod backend;
mod forward;
mod probes;
mod server;

pub use self::server::Proxy;
