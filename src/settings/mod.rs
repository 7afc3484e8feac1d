//! What the operator decides: names, defaults, checks and typed values.
//!
//! [`table`] is the one source of names, defaults, checks and documentation. A function reads only
//! the groups below that it needs, so it sees (and reports on) only the settings that it is granted.

mod admission;
mod consent;
mod groups;
mod kubelogin;
mod kubernetes;
pub mod native;
mod parse;
mod reader;
pub mod table;

#[cfg(test)]
mod tests;

pub use self::admission::{AdmissionSettings, AllowedUser};
pub use self::consent::{AksConsent, JobService};
pub(crate) use self::groups::split_prefix;
pub use self::groups::{
    AksSettings, Client, CookieSettings, FailureLimit, LONGEST_SESSION, Lifetimes, SameSite,
    SidecarSettings, Site,
};
pub use self::kubernetes::{
    KubeconfigSettings, KubernetesAuth, KubernetesSettings, Naming, UserClaim, tunnel_token,
};
pub use self::reader::{Fault, Misconfigured, Reader};

/// Checks every setting of the component at once, as `serve` does before it listens.
///
/// `source` gives the value of a setting by its name in lower case, as a Spin variable has it.
///
/// # Errors
/// With all problems, each naming its setting.
pub fn check_all(source: &dyn Fn(&str) -> Option<String>) -> Result<(), Misconfigured> {
    let mut reader = Reader::new(source);
    groups::read_all(&mut reader);
    reader.finish(Some(()))
}
