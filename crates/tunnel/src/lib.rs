//! Carries requests and their answers between clients and servers, the API server and apps ([`Kind`]): upgraded
//! connections (`kubectl exec`, `attach`, `port-forward`, `cp`, and every WebSocket), which the component
//! cannot carry, since Spin upgrades none, and plain requests, which cost no instance while they last. The
//! component decides, and the tunnel carries.
//!
//! For each request, the component is asked (`POST /-/tunnel`, [`verdict::Message`] as JSON) and
//! answers with the head that goes to the server, or with what the client gets instead
//! ([`verdict::Verdict`]). While bytes flow it is asked
//! again and again whether they may go on, and at the end it is told what has been carried. The tunnel itself
//! knows no session, holds no secret but the bearer that it shows to the component, and connects only
//! to origins on its own list.
//!
//! [`Tunnel`] carries single requests; [`proxy`] is a server around it that streams everything else
//! to the component.

mod carrier;
mod component;
mod config;
mod connect;
mod counts;
mod decision;
mod desk;
mod extended;
mod failure;
#[cfg(fuzzing)]
pub mod fuzzing;
mod incoming;
mod internal;
mod kind;
mod leash;
mod log;
mod origin;
mod passage;
mod pool;
pub mod proxy;
mod reach;
mod refusal;
mod refused;
mod relay;
mod rounds;
mod shared;
mod ticket;
mod traffic;
mod tunnel;
mod upstream;
mod websocket;

pub use self::component::{Answered, Component};
pub use self::config::{Config, Limits, Server, Trust, Unusable};
pub use self::counts::Counts;
pub use self::extended::lead as lead_extended_connect;
pub use self::internal::{UNKNOWN_PATH, is_internal};
pub use self::kind::Kind;
pub use self::origin::{NotAnOrigin, Origin};
pub use self::reach::reach;
pub use self::refusal::is_upgrade;
pub use self::relay::{Body, BoxError};
pub use self::tunnel::Tunnel;
