//! How a simulator is set up.

use std::path::PathBuf;

/// What a simulator is started with.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where the CA's certificate and the federated token are written.
    pub directory: PathBuf,
    /// The host of the https listener, and of its certificate besides `localhost`.
    pub host: String,
    /// The tenant.
    pub tenant_id: String,
    /// The application that is registered in it.
    pub client_id: String,
    /// The application's redirect URIs.
    pub redirect_uris: Vec<String>,
    /// The application's front-channel logout URL, if it has registered one.
    pub front_channel_logout_uri: Option<String>,
    /// Who signs in without being asked.
    pub auto_sign_in: Option<String>,
    /// The life of access tokens, in seconds.
    pub access_token_lifetime: u64,
}
