//! Client credentials: the bearers in kubeconfigs. A credential is a handle of a kind of its own on the
//! grant of the session that asked for it. It stands in the grant's list of credentials, so that its
//! owner sees it there and can revoke it.

mod issue;
mod list;
mod record;
mod refused;

pub use self::issue::{Issue, MOST, issue};
pub use self::list::{Listed, listed, revoke};
pub use self::record::{CredentialRecord, open};
pub use self::refused::CredentialRefused;
