//! kubelogin: the program, its settings, and its arguments.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long a device code lives, and so a job once it has one.
pub(super) const CODE: Duration = Duration::from_secs(15 * 60);

/// How kubelogin is run.
#[derive(Clone, Debug)]
pub struct Kubelogin {
    /// The program (`KUBELOGIN_BINARY`).
    pub binary: PathBuf,
    /// Its application (`KUBELOGIN_CLIENT_ID`).
    pub client_id: String,
    /// The tenant in which people sign in.
    pub tenant_id: String,
    /// The AKS server application.
    pub server_id: String,
    /// Where Entra is.
    pub cloud: Cloud,
    /// How many may run at once (`KUBELOGIN_MAX_JOBS`).
    pub most_running: usize,
    /// How many more may wait for that (`KUBELOGIN_MAX_QUEUED`).
    pub most_queued: usize,
    /// The shortest time between two starts for one owner (`KUBELOGIN_MIN_INTERVAL_SECONDS`).
    pub interval: Duration,
    /// The program, with its first arguments, that runs [`guard::run`](super::guard::run).
    pub guard: Vec<OsString>,
}

/// Which Entra kubelogin asks.
#[derive(Clone, Debug)]
pub enum Cloud {
    /// One that kubelogin knows by name (`KUBELOGIN_ENVIRONMENT`).
    Environment(String),
    /// The one at this origin (`AUTHORITY_HOST`).
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
        // The variables of a workload-identity pod would replace what is said here.
        arguments.push("--disable-environment-override".into());
        arguments.extend(["--timeout".into(), format!("{}s", CODE.as_secs()).into()]);
        arguments.extend(["--cache-dir".into(), directory.join("cache").into()]);
        arguments
    }
}
