//! The configuration of the sidecar.

use std::path::PathBuf;

use crate::jobs::Kubelogin;

/// The configuration of the sidecar.
pub struct Config {
    /// The bearer that callers must send: at least 32 unguessable bytes.
    pub token: String,
    /// The file with the workload-identity token (`AZURE_FEDERATED_TOKEN_FILE`). It is read for each request,
    /// and need not exist yet. A sidecar for kubelogin alone has none.
    pub federated_token_file: Option<PathBuf>,
    /// The file with the token of the pod's service account, which the component needs to impersonate users
    /// (`KUBERNETES_TOKEN_FILE`). It is read for each request, too.
    pub service_account_token_file: Option<PathBuf>,
    /// How kubelogin is run; `None` if it is not.
    pub kubelogin: Option<Kubelogin>,
}
