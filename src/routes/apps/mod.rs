//! The reverse proxy for the hosts of `UPSTREAMS` (docs/http-apps.md).
//!
//! Native code in front, or an ingress, rewrites these requests to one prefix: at an app's host, `/`,
//! `/login` and `/healthz` belong to the app. The component decides on each ([`case`]). Then it carries the
//! request here, or native code does ([`tunnel`]).

mod access;
mod case;
mod error;
mod lasting;
mod respond;
mod settings;
mod token;
mod tunnel;

#[cfg(test)]
mod tests;

pub(crate) use self::respond::respond;
pub(crate) use self::tunnel::{answer, is_of_app};
