//! Authorization codes (RFC 6749, section 1.3.1).

use super::sign_on::SignOn;

/// An authorization code, as it was issued.
#[derive(Clone)]
pub(crate) struct Code {
    pub(crate) sign_on: SignOn,
    pub(crate) redirect_uri: String,
    pub(crate) scope: String,
    pub(crate) nonce: Option<String>,
    pub(crate) challenge: Option<(String, String)>,
    pub(crate) issued_at: u64,
    pub(crate) redeemed: bool,
}
