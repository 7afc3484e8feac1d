//! Runs of kubelogin, each a job: started for an owner, asked for, and ended.
//!
//! An owner is a name that the component makes; nothing is known here of sessions or users. There is
//! one job for each owner. A result is kept until it is deleted, at most five minutes.

mod credential;
mod failure;
pub mod guard;
mod prompt;
mod registry;
mod routes;
mod run;

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

pub(crate) use self::failure::Failure;
pub(crate) use self::registry::Jobs;
pub(crate) use self::routes::router;

/// How long a device code lives, and so a job once it has one.
const CODE: Duration = Duration::from_secs(15 * 60);
/// How long a result is kept for whoever asks.
const KEPT: Duration = Duration::from_secs(5 * 60);

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
    /// The program, with its first arguments, that runs [`guard::run`].
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
    fn arguments(&self, directory: &std::path::Path) -> Vec<OsString> {
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
