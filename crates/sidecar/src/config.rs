//! How the sidecar is set up.

use std::path::PathBuf;

use crate::jobs::Kubelogin;

/// What the sidecar is told at its start.
pub struct Config {
    /// The bearer that callers must send; at least 32 bytes that nobody can guess.
    pub token: String,
    /// The file with the workload-identity token (`AZURE_FEDERATED_TOKEN_FILE`). It is read anew
    /// for each request, and so need not exist yet. A sidecar that only runs kubelogin has none.
    pub federated_token_file: Option<PathBuf>,
    /// The file with the token of the pod's service account, if the component names users to the API
    /// server with it (`KUBERNETES_TOKEN_FILE`). Read anew for each request, too.
    pub service_account_token_file: Option<PathBuf>,
    /// How kubelogin is run, if it is.
    pub kubelogin: Option<Kubelogin>,
}
