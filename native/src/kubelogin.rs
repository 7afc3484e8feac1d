//! The settings of kubelogin.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use aks_oauth_proxy_component::settings::Reader;
use aks_oauth_proxy_component::settings::native::{
    KUBELOGIN_AUTHORITY_HOST, KUBELOGIN_BINARY, KUBELOGIN_CLIENT_ID, KUBELOGIN_ENVIRONMENT,
    KUBELOGIN_LOGIN, KUBELOGIN_MAX_JOBS, KUBELOGIN_MAX_QUEUED, KUBELOGIN_MIN_INTERVAL_SECONDS,
};
use aks_oauth_proxy_component::settings::table::{
    AKS_SERVER_ID, AUTHORITY_HOST, KUBELOGIN_ENABLED, TENANT_ID,
};
use sidecar::jobs::{Cloud, Kubelogin, guard};

use crate::cli;

/// The command of [`guard()`], with which kubelogin is run.
pub(crate) const GUARD: &str = "kubelogin-guard";

/// Reads all settings of kubelogin; `None` if it is not enabled, or if one is wrong, which is then a fault.
pub(crate) fn read(reader: &mut Reader<'_>) -> Option<Kubelogin> {
    if !reader.read(&KUBELOGIN_ENABLED)? {
        return None;
    }
    let tenant_id = reader.read(&TENANT_ID);
    let server_id = reader.read(&AKS_SERVER_ID);
    let common = reader.read(&AUTHORITY_HOST);
    let authority = reader.read_optional(&KUBELOGIN_AUTHORITY_HOST).or(common);
    let binary = reader.read(&KUBELOGIN_BINARY);
    let login = reader.read(&KUBELOGIN_LOGIN);
    let client_id = reader.read(&KUBELOGIN_CLIENT_ID);
    let environment = reader.read_optional(&KUBELOGIN_ENVIRONMENT);
    let most_running = reader.read(&KUBELOGIN_MAX_JOBS);
    let most_queued = reader.read(&KUBELOGIN_MAX_QUEUED);
    let interval = reader.read(&KUBELOGIN_MIN_INTERVAL_SECONDS);
    login?;
    Some(Kubelogin {
        binary: find(Path::new(&binary?)),
        client_id: client_id?.to_string(),
        tenant_id: tenant_id?.to_string(),
        server_id: server_id?.to_string(),
        cloud: match environment {
            Some(name) => Cloud::Environment(name),
            None => Cloud::Authority(authority?.to_string()),
        },
        most_running: usize::try_from(most_running?).ok()?,
        most_queued: usize::try_from(most_queued?).ok()?,
        interval: Duration::from_secs(interval?),
        guard: guard_command(),
    })
}

/// Warns of what will keep kubelogin from running. It is no error: it may be resolved later.
pub(crate) fn warn(kubelogin: &Kubelogin) {
    let binary = &kubelogin.binary;
    if !is_program(binary) {
        eprintln!(
            "warning: KUBELOGIN_BINARY ({}) is no program that can be run; kubelogin's jobs fail until \
             it is (KUBELOGIN_ENABLED=false turns them off)",
            binary.display()
        );
    }
}

/// `aks-oauth-proxy kubelogin-guard`.
pub(crate) fn guard(arguments: &cli::Guard) -> ExitCode {
    guard::run(
        &arguments.directory,
        &arguments.program,
        &arguments.arguments,
    )
}

/// A bare name is looked up in PATH here: kubelogin's own environment has none.
fn find(binary: &Path) -> PathBuf {
    if binary.components().count() > 1 {
        return std::path::absolute(binary).unwrap_or_else(|_| binary.to_owned());
    }
    let path = env::var_os("PATH").unwrap_or_default();
    let found = env::split_paths(&path).map(|directory| directory.join(binary));
    found
        .into_iter()
        .find(|path| is_program(path))
        .unwrap_or_else(|| binary.to_owned())
}

fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata()
        .is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}

fn guard_command() -> Vec<OsString> {
    // The program itself always exists; if its path is unknown, jobs fail with an error.
    let own = env::current_exe().unwrap_or_default();
    vec![own.into_os_string(), GUARD.into()]
}
