//! `aks-oauth-proxy sidecar`.

use std::net::SocketAddr;
use std::path::PathBuf;

use aks_oauth_proxy_component::settings::table::{AZURE_FEDERATED_TOKEN_FILE, SIDECAR_TOKEN};
use aks_oauth_proxy_component::settings::{Misconfigured, Reader};
use sidecar::Config;

use crate::cli;
use crate::environment::{Lookup, of_process, setting};
use crate::exit::Failure;
use crate::kubelogin;
use crate::serve::announce;
use crate::shutdown;

/// Runs until it is told to stop.
pub(crate) async fn run(arguments: cli::Sidecar) -> Result<(), Failure> {
    let config = config(&of_process).map_err(|error| Failure::Settings(error.faults))?;
    config.kubelogin.iter().for_each(kubelogin::warn);
    let shutdown = shutdown::requested()?;
    let listener = sidecar::bind(arguments.listen)
        .await
        .map_err(bind_failure)?;
    announce(&listener)?;
    sidecar::serve(listener, config, shutdown)
        .await
        .map_err(Failure::internal)
}

/// The sidecar of `serve`: in this process, on a free loopback port.
pub(crate) async fn start(
    config: Config,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<SocketAddr, Failure> {
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    let listener = sidecar::bind(any).await.map_err(bind_failure)?;
    let address = listener.local_addr().map_err(Failure::internal)?;
    tokio::spawn(sidecar::serve(listener, config, shutdown));
    Ok(address)
}

fn bind_failure(error: sidecar::BindError) -> Failure {
    match error {
        sidecar::BindError::NotLoopback(_) => Failure::Usage(error.to_string()),
        sidecar::BindError::Io(..) => Failure::internal(error),
    }
}

fn config(environment: Lookup<'_>) -> Result<Config, Misconfigured> {
    let source = |name: &str| setting(environment, name);
    let mut reader = Reader::new(&source);
    let token = reader.required(&SIDECAR_TOKEN);
    let file = reader.read(&AZURE_FEDERATED_TOKEN_FILE);
    let kubelogin = kubelogin::read(&mut reader);
    let config = token.zip(file).map(|(token, file)| Config {
        token: token.reveal().to_owned(),
        federated_token_file: PathBuf::from(file),
        kubelogin,
    });
    reader.finish(config)
}
