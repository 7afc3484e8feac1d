//! kubelogin: the program, its settings, and its arguments.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The lifetime of a device code, and so of a job that has one.
pub(super) const CODE: Duration = Duration::from_secs(15 * 60);

/// How kubelogin is run.
#[derive(Clone, Debug)]
pub struct Kubelogin {
    /// The program (`KUBELOGIN_BINARY`).
    pub binary: PathBuf,
    /// Its application (`KUBELOGIN_CLIENT_ID`).
    pub client_id: String,
    /// The tenant of the users.
    pub tenant_id: String,
    /// The AKS server application.
    pub server_id: String,
    /// Entra's location.
    pub cloud: Cloud,
    /// How many runs may be active (`KUBELOGIN_MAX_JOBS`).
    pub most_running: usize,
    /// How many more runs may wait (`KUBELOGIN_MAX_QUEUED`).
    pub most_queued: usize,
    /// The shortest time between two starts for one owner (`KUBELOGIN_MIN_INTERVAL_SECONDS`).
    pub interval: Duration,
    /// The command that runs [`guard::run`](super::guard::run): program and first arguments.
    pub guard: Vec<OsString>,
}

/// The Entra that kubelogin uses.
#[derive(Clone, Debug)]
pub enum Cloud {
    /// By kubelogin's name for it (`KUBELOGIN_ENVIRONMENT`).
    Environment(String),
    /// By its origin (`AUTHORITY_HOST`).
    Authority(String),
}

impl Kubelogin {
    /// The arguments of a run whose cache is in `directory`.
    pub(super) fn arguments(&self, directory: &Path) -> Vec<OsString> {
        let mut arguments: Vec<OsString> = ["get-token", "--login", "devicecode"]
            .map(OsString::from)
            .into();
        let mut option = |name: &str, value: &str| {
            arguments.extend([OsString::from(name), OsString::from(value)]);
        };
        option("--server-id", &self.server_id);
        option("--client-id", &self.client_id);
        option("--tenant-id", &self.tenant_id);
        match &self.cloud {
            Cloud::Environment(name) => option("--environment", name),
            Cloud::Authority(origin) => {
                option("--authority-host", &format!("{origin}/"));
                arguments.push("--disable-instance-discovery".into());
            }
        }
        // Otherwise variables of a workload-identity pod would override these arguments.
        arguments.push("--disable-environment-override".into());
        arguments.extend(["--timeout".into(), format!("{}s", CODE.as_secs()).into()]);
        arguments.extend(["--cache-dir".into(), directory.join("cache").into()]);
        arguments
    }
}
