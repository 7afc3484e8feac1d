//! A server around a tunnel. It carries requests to the API server and to apps, and streams all others to the
//! component. So an ingress need not tell them apart.

mod backend;
mod forward;
mod places;
mod probes;
mod server;

pub(crate) use self::backend::describe;
pub use self::server::Proxy;
