//! What the simulator holds. Nothing here knows a route.

mod applications;
mod clock;
mod code;
mod data;
mod device;
mod fault;
mod mutation;
mod sign_on;
mod sim;
pub(crate) mod users;

pub(crate) use self::applications::{KUBELOGIN, SERVICE_PRINCIPAL};
pub(crate) use self::clock::now;
pub(crate) use self::code::Code;
pub(crate) use self::device::{Decision, Device, DeviceCodeChange};
pub(crate) use self::fault::{At, Fault, Kind};
pub(crate) use self::mutation::Mutation;
pub(crate) use self::sign_on::SignOn;
pub(crate) use self::sim::Sim;
