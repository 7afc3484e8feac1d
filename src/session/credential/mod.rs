//! Client credentials: the bearer tokens in kubeconfigs. A credential is a handle of its own kind,
//! on the grant of the session that asked for it. It is in the grant's list of credentials, where
//! its owner can see and revoke it.

mod issue;
mod list;
mod record;
mod refused;

pub use self::issue::{Issue, MOST, issue};
pub use self::list::{Listed, listed, revoke};
pub use self::record::{CredentialRecord, open, open_all};
pub use self::refused::CredentialRefused;
