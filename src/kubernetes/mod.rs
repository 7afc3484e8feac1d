//! The API server under the caller's own identity: whose request it is, what of it goes on, and until
//! when its answer may last.

mod access;
mod audit;
mod bearer;
mod challenge;
mod error;
mod headers;
mod impersonation;
mod kubeconfig;
mod method;
mod passage;
mod request_info;
mod review;
mod service_account;
mod target;
mod tunnel;
mod upgrade;
mod websocket;

#[cfg(test)]
mod tests;

pub(crate) use self::access::Settings as AccessSettings;
pub use self::error::KubernetesError;
pub(crate) use self::kubeconfig::Kubeconfig;
pub(crate) use self::passage::respond;
pub(crate) use self::target::is_below;
pub(crate) use self::tunnel::{Desk, Message};
