//! Carries requests and answers between clients and servers: the API server and apps ([`Kind`]). It carries
//! upgraded connections (`kubectl exec`, `attach`, `port-forward`, `cp`, every WebSocket), since Spin cannot
//! upgrade any. It carries plain requests, which then hold no instance of the component. The component
//! decides; the tunnel carries.
//!
//! The tunnel asks the component about each request (`POST /-/tunnel`, [`verdict::Message`] as JSON). The
//! answer has the head for the server, or the client's answer ([`verdict::Verdict`]). While bytes flow, the
//! tunnel asks repeatedly whether they may go on; at the end it reports what was carried. The tunnel knows no
//! session. Its only secret is its bearer for the component. It connects only to origins on its own list.
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
pub use self::extended::{lead as lead_extended_connect, refuse as refuse_extended_connect};
pub use self::internal::{UNKNOWN_PATH, is_internal};
pub use self::kind::Kind;
pub use self::origin::{NotAnOrigin, Origin};
pub use self::reach::reach;
pub use self::refusal::is_upgrade;
pub use self::relay::{Body, BoxError};
pub use self::tunnel::Tunnel;
