//! App cookies: handles of their own kind, which open forward-auth and nothing else (ADR 34).
//!
//! A browser gets one at the host of an app. A *start* in a cookie of that host binds it to the browser,
//! and a *ticket* brings it from the proxy's own origin, where the session is.

pub mod cookie;
mod record;
mod refused;
mod scope;
mod start;
mod ticket;

pub use self::record::{AppRecord, for_apps, issue, open, open_all};
pub use self::refused::TicketRefused;
pub use self::scope::Scope;
pub use self::start::{Start, cookie_name};
pub use self::ticket::{Presented, redeem, ticket};
