//! `aks-oauth-proxy sidecar`.

use std::net::SocketAddr;
use std::path::PathBuf;

use aks_oauth_proxy_component::settings::native::{
    AZURE_FEDERATED_TOKEN_FILE, KUBERNETES_TOKEN_FILE,
};
use aks_oauth_proxy_component::settings::table::{KUBERNETES_AUTH, SIDECAR_TOKEN};
use aks_oauth_proxy_component::settings::{KubernetesAuth, Misconfigured, Reader};
use egress::Proxies;
use listener::{Ending, Limits};
use metrics::Registry;
use sidecar::{Config, Listener};
use traces::Traces;

use crate::announce::announce;
use crate::cli;
use crate::environment::{Lookup, of_process, setting};
use crate::exit::Failure;
use crate::files;
use crate::{kubelogin, proxies, scrape, shutdown, tracing};

/// Runs until it is told to stop.
pub(crate) async fn run(arguments: cli::Sidecar) -> Result<(), Failure> {
    let tls = arguments.tls.files();
    let settings =
        read(&of_process, tls.is_some()).map_err(|error| Failure::Settings(error.faults))?;
    let config = settings.config;
    config.kubelogin.iter().for_each(kubelogin::warn);
    let name = "aks-oauth-proxy-sidecar";
    let traces = tracing::start(settings.traces, name, settings.proxies, Vec::new())?;
    let ending = shutdown::requested(arguments.connections.times())?;
    let limits = arguments.connections.limits(Vec::new());
    files::allow(limits.connections);
    let scraped = scrape::bind(arguments.metrics.metrics_listen).await?;
    let listener = Listener::bind(arguments.listen, tls, limits)
        .await
        .map_err(bind_failure)?
        .with_traces(traces.clone());
    announce(&listener.origin().map_err(Failure::internal)?);
    let mut registry = scrape::registry("sidecar");
    listener.counts().register(&mut registry);
    listener.connections().register(&mut registry);
    traces.counts().register(&mut registry);
    scrape::serve(scraped, registry)?;
    sidecar::serve(listener, config, ending).await;
    traces.end().await;
    Ok(())
}

struct Settings {
    config: Config,
    traces: Option<traces::Settings>,
    proxies: Proxies,
}

/// The sidecar of `serve`, in this process on a free loopback port. Its counts are registered, but not its
/// connections, which are not clients'.
pub(crate) async fn start(
    config: Config,
    ending: Ending,
    registry: &mut Registry,
    traces: Traces,
) -> Result<String, Failure> {
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    let listener = Listener::bind(any, None, Limits::default())
        .await
        .map_err(bind_failure)?
        .with_traces(traces);
    let origin = listener.origin().map_err(Failure::internal)?;
    listener.counts().register(registry);
    tokio::spawn(sidecar::serve(listener, config, ending));
    Ok(origin)
}

fn bind_failure(error: sidecar::BindError) -> Failure {
    match error {
        sidecar::BindError::NotLoopback(_) | sidecar::BindError::Certificate(_) => {
            Failure::Usage(error.to_string())
        }
        sidecar::BindError::Io(..) => Failure::internal(error),
    }
}

/// The file with the service account's token, if the component impersonates users.
pub(crate) fn service_account_token_file(reader: &mut Reader<'_>) -> Option<PathBuf> {
    match reader.read(&KUBERNETES_AUTH)? {
        KubernetesAuth::Token => None,
        KubernetesAuth::Impersonate => reader.read(&KUBERNETES_TOKEN_FILE).map(PathBuf::from),
    }
}

/// With TLS the sidecar may be for kubelogin alone. The proxies are for the collector: kubelogin reads the
/// variables itself.
fn read(environment: Lookup<'_>, over_tls: bool) -> Result<Settings, Misconfigured> {
    let source = |name: &str| setting(environment, name);
    let mut reader = Reader::new(&source);
    let token = reader.required(&SIDECAR_TOKEN);
    let file = if over_tls {
        reader.read_optional(&AZURE_FEDERATED_TOKEN_FILE)
    } else {
        reader.read(&AZURE_FEDERATED_TOKEN_FILE)
    };
    let service_account = service_account_token_file(&mut reader);
    let kubelogin = kubelogin::read(&mut reader);
    let config = token.map(|token| Config {
        token: token.reveal().to_owned(),
        federated_token_file: file.map(PathBuf::from),
        service_account_token_file: service_account,
        kubelogin,
    });
    let (proxies, mut faults) = proxies::read(environment);
    let (traces, wrong) = tracing::read(environment);
    faults.extend(wrong);
    let settings = config.map(|config| Settings {
        config,
        traces,
        proxies,
    });
    proxies::unless(faults, reader.finish(settings))
}
