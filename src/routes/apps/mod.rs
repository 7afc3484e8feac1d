//! The reverse proxy: requests for the hosts of `UPSTREAMS` (docs/http-apps.md).
//!
//! Native code before the component, or an ingress, leads them below one prefix: at the host of an app its
//! own `/`, `/login` or `/healthz` are not ours. Each is decided on ([`case`]), and carried as decided: here, or by native code
//! ([`tunnel`]).

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
