//! What native carriers ask and are told, whatever a request is for: what is sealed for them in tickets, the
//! places of requests that last, and looks at many of these.
//!
//! What is decided on requests of one kind is a [`Kind`]: those to the API server, and those to apps.

mod connection;
mod counter;
mod kind;
mod looks;
mod places;
mod seen;
mod written;

pub(crate) use self::connection::Connection;
pub(crate) use self::counter::{Desk, Told};
pub(crate) use self::kind::{Carried, Decided, Kind};
pub(crate) use self::places::{Held, Holding, Look, Places};
pub(crate) use self::written::{head, unauthorized};
