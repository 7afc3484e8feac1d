//! A server around a tunnel: it carries what is for the API server and for apps, and streams all others to the component,
//! so that an ingress need not tell them apart.

mod backend;
mod forward;
mod probes;
mod server;

pub(crate) use self::backend::describe;
pub use self::server::Proxy;
