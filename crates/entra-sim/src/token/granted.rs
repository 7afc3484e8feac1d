//! What the grants have in common.

use crate::scopes::Scopes;
use crate::state::SignOn;

/// What a grant was good for.
pub(super) struct Granted {
    pub(super) sign_on: SignOn,
    /// Whose tokens they are: refresh tokens are bound to it.
    pub(super) client_id: String,
    pub(super) scopes: Scopes,
    /// The nonce that goes into the ID token.
    pub(super) nonce: Option<String>,
}
