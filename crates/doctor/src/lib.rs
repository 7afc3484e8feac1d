//! Examines an installation of the proxy from where it runs: each check has a row that says what was
//! seen and, if something is wrong, what to do. Nothing is changed but a key of the doctor's own in the
//! store, and no row holds a secret.
//!
//! What a check needs from another one that has failed makes it `skipped`: the first red row is the one
//! to begin with.

mod call;
mod check;
mod checks;
mod claims;
mod entra_codes;
mod examine;
mod installation;
mod report;
mod row;
mod table;

pub use self::check::{Check, NoCheck};
pub use self::examine::examine;
pub use self::installation::{Identity, Installation, Kubelogin, TunnelWay, Webhook};
pub use self::report::Report;
pub use self::row::{Row, Status};
