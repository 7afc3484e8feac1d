//! Single sign-on.

use super::users::User;

/// Somebody's single sign-on in one browser.
#[derive(Clone)]
pub(crate) struct SignOn {
    pub(crate) user: &'static User,
    /// The claim `sid`.
    pub(crate) sid: String,
}
