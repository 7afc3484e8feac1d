//! The checks, one in each file. Each gives its rows, and what others need from it.

pub(crate) mod api_server;
pub(crate) mod authority;
pub(crate) mod client_assertion;
pub(crate) mod clock;
pub(crate) mod discovery;
pub(crate) mod federated_token;
pub(crate) mod keys;
pub(crate) mod kubelogin;
pub(crate) mod public_address;
pub(crate) mod redirect_uri;
pub(crate) mod runtime_config;
pub(crate) mod settings;
pub(crate) mod sidecar;
pub(crate) mod store;
pub(crate) mod tunnel;
pub(crate) mod workload_identity;
