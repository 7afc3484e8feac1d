//! The API server under the caller's own identity: whose request it is, what of it is passed on,
//! and how long its answer may last.

mod access;
mod admit;
mod audit;
mod bearer;
mod caller;
mod case;
mod challenge;
mod error;
#[cfg(fuzzing)]
pub mod fuzzing;
mod impersonation;
mod kubeconfig;
mod last_event;
mod method;
mod passage;
mod place;
mod refused;
mod review;
mod service_account;
mod settings;
mod status;
mod target;
mod token;
mod tunnel;
mod upgrade;
mod websocket;
mod word;

#[cfg(test)]
mod tests;

pub(crate) use self::kubeconfig::{Kubeconfig, cluster_name, context_name};
pub(crate) use self::passage::respond;
pub(crate) use self::tunnel::answer;
