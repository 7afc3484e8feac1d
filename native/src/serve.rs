//! `aks-oauth-proxy serve`.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use aks_oauth_proxy_component::settings::native::AZURE_FEDERATED_TOKEN_FILE;
use aks_oauth_proxy_component::settings::table::{
    KUBELOGIN_URL, KUBERNETES_HOST, TRUSTED_PROXIES, UPSTREAMS,
};
use aks_oauth_proxy_component::settings::{
    Fault, Reader, RedisAccess, advise, app_hosts, app_origins, check_all, fill_slots,
};
use base64ct::{Base64UrlUnpadded, Encoding};
use egress::Proxies;
use host::{App, Manifest, Options, RedisSettings, Server};
use ipnet::IpNet;
use kubernetes_host::{AppHosts, KubernetesHost};
use listener::{Ending, Times};
use sidecar::Config;
use sidecar::jobs::Kubelogin;
use tokio::sync::watch;
use traces::Traces;
use tunnel::{Origin, Tunnel};

use crate::cli;
use crate::environment::{self, of_process};
use crate::exit::Failure;
use crate::front::Front;
use crate::listen::listen;
use crate::listeners::Listeners;
use crate::readiness::Readiness;
use crate::{
    again, kubelogin, proxies, redis, scrape, shutdown, sidecar as companion, tracing,
    tunnel as carrier,
};

/// The name of the function for apps in `[[client_tls]]`.
const APPS: &str = "apps";

/// Runs until it is told to stop. The sidecar ends last, so that requests in flight can finish.
pub(crate) async fn run(arguments: cli::Serve) -> Result<(), Failure> {
    let manifest = Manifest::read(&arguments.manifest)?;
    let mut variables = environment::variables(&manifest, &of_process);
    fill_slots(&mut variables);
    let ending = shutdown::requested(arguments.connections.times())?;
    let mut registry = scrape::registry("serve");
    let (stop_sidecar, stopped) = watch::channel(());
    if !variables.contains_key("tunnel_token") {
        variables.insert("tunnel_token".to_owned(), fresh_token()?);
    }
    let (mut shared, traces);
    let listeners = Listeners::new(arguments.listen, arguments.metrics.metrics_listen);
    if variables.contains_key("sidecar_url") {
        shared = check(&variables, false, &listeners)
            .map_err(Failure::Settings)?
            .shared;
        traces = start_traces(&mut shared)?;
    } else {
        let token = fresh_token()?;
        // Checked as if the sidecar listened: nothing is bound while a setting is wrong.
        variables.insert("sidecar_token".to_owned(), token.clone());
        variables.insert("sidecar_url".to_owned(), "http://127.0.0.1:8081".to_owned());
        let own = check(&variables, true, &listeners).map_err(Failure::Settings)?;
        warn(&own);
        shared = own.shared;
        traces = start_traces(&mut shared)?;
        let config = Config {
            token,
            federated_token_file: Some(own.federated_token_file),
            service_account_token_file: own.service_account_token_file,
            kubelogin: own.kubelogin,
        };
        let stop = Ending::after(async move {
            let mut stopped = stopped;
            // The channel is closed when `run` ends.
            while stopped.changed().await.is_ok() {}
            Times::default()
        });
        let origin = companion::start(config, stop, &mut registry, traces.clone()).await?;
        variables.insert("sidecar_url".to_owned(), origin);
    }
    give_advice(&variables);
    let redis = match shared.redis {
        Some(access) => redis::settings(access, &shared.proxies).await?,
        None => RedisSettings::default(),
    };
    let options = Options {
        manifest: arguments.manifest,
        runtime_config: arguments.runtime_config,
        redis,
        state_dir: arguments.state_dir,
        max_instances: arguments.max_instances,
        max_instances_per_client: arguments
            .max_instances_per_client
            .unwrap_or(arguments.max_instances.div_ceil(2)),
        trusted_proxies: shared.trusted_proxies,
        outbound_limit: Duration::from_secs(arguments.outbound_limit_seconds),
        proxies: shared.proxies,
        variables,
    };
    let app = App::load(&options)?.with_traces(traces.clone());
    let apps = reached_for(&app, shared.app_origins, &options.proxies);
    let tunnel = open(shared.tunnel, apps, &options.proxies)?;
    tunnel.counts().register(&mut registry);
    let readiness = Readiness::new(ending.clone());
    let front = Front::new(
        tunnel,
        shared.kubernetes_host,
        readiness,
        traces.clone(),
        ending.clone(),
    )
    .with_app_hosts(shared.app_hosts);
    let end_front = front.end();
    let app = app.telling_of_ends(front.look_now());
    if app.has_compiled() && !ending.is_draining() {
        again::once();
    }
    app.check_stores().await?;
    app.counts().register(&mut registry);
    let server = Server::new(app, ending).with_interceptor(Arc::new(front));
    let limits = arguments.connections.limits(options.trusted_proxies);
    let scraped = scrape::bind(arguments.metrics.metrics_listen).await?;
    let listener = listen(arguments.listen, arguments.tls, limits).await?;
    listener.counts().register(&mut registry);
    traces.counts().register(&mut registry);
    scrape::serve(scraped, registry)?;
    // Carried requests and others have the same time to end.
    tokio::join!(server.serve(listener), end_front);
    drop(stop_sidecar);
    traces.end().await;
    Ok(())
}

/// Starts traces as configured. Sidecar and component share them.
fn start_traces(shared: &mut Shared) -> Result<Traces, Failure> {
    let (proxies, trusted) = (shared.all_proxies.clone(), shared.trusted_proxies.clone());
    tracing::start(shared.traces.take(), "aks-oauth-proxy", proxies, trusted)
}

/// Settings of this process alone.
#[derive(Default)]
pub(crate) struct Own {
    shared: Shared,
    federated_token_file: PathBuf,
    service_account_token_file: Option<PathBuf>,
    kubelogin: Option<Kubelogin>,
}

/// What its listener, component, tunnel and store share.
#[derive(Default)]
struct Shared {
    tunnel: Option<tunnel::Config>,
    trusted_proxies: Vec<IpNet>,
    kubernetes_host: Option<KubernetesHost>,
    app_hosts: AppHosts,
    app_origins: Vec<Origin>,
    redis: Option<RedisAccess>,
    /// The component's proxies.
    proxies: Proxies,
    /// The proxies in the environment.
    all_proxies: Proxies,
    traces: Option<traces::Settings>,
}

/// Checks all settings; returns those of this process, which has these `listeners`.
pub(crate) fn check(
    variables: &BTreeMap<String, String>,
    own_sidecar: bool,
    listeners: &Listeners,
) -> Result<Own, Vec<Fault>> {
    let mut faults = match check_all(&|name| variables.get(name).cloned()) {
        Ok(()) => Vec::new(),
        Err(error) => error.faults,
    };
    let source = |name: &str| {
        let given = variables.get(name).cloned();
        given.or_else(|| environment::setting(&of_process, name))
    };
    let mut reader = Reader::new(&source);
    let (proxies, wrong) = proxies::read(&of_process);
    faults.extend(wrong);
    let (traces, wrong) = tracing::read(&of_process);
    faults.extend(wrong);
    let apps = app_origins(reader.read_optional(&UPSTREAMS));
    for app in &apps {
        if let Some(option) = listeners.at(app.as_str()) {
            faults.push(Fault {
                setting: UPSTREAMS.name,
                what: format!("has {app}, where this program listens ({option}): that is no app"),
                example: UPSTREAMS.example,
            });
        }
    }
    let mut own = Own {
        shared: Shared {
            tunnel: carrier::config(&mut reader, &proxies),
            all_proxies: proxies.clone(),
            traces,
            proxies: proxies::of_component(&mut reader, proxies),
            trusted_proxies: reader.read_optional(&TRUSTED_PROXIES).unwrap_or_default(),
            kubernetes_host: reader.read_optional(&KUBERNETES_HOST),
            app_origins: apps.iter().filter_map(carrier::origin).collect(),
            app_hosts: app_hosts(reader.read_optional(&UPSTREAMS)),
            redis: RedisAccess::read(&mut reader),
        },
        ..Own::default()
    };
    if own_sidecar {
        let file = reader.read(&AZURE_FEDERATED_TOKEN_FILE);
        own.federated_token_file = file.unwrap_or_default().into();
        own.service_account_token_file = companion::service_account_token_file(&mut reader);
        // Otherwise another sidecar runs it, for all replicas.
        if reader.read_optional(&KUBELOGIN_URL).flatten().is_none() {
            own.kubelogin = kubelogin::read(&mut reader);
        }
    }
    if let Err(error) = reader.finish(Some(())) {
        // Faults that both report are listed once.
        let new = error.faults.into_iter();
        faults.extend(
            new.filter(|fault| !faults.contains(fault))
                .collect::<Vec<_>>(),
        );
    }
    match faults.is_empty() {
        true => Ok(own),
        false => Err(faults),
    }
}

/// Prints advice on the settings.
fn give_advice(variables: &BTreeMap<String, String>) {
    for advice in advise(&|name| variables.get(name).cloned()) {
        eprintln!("warning: {advice}");
    }
}

/// Warns of what will keep its sidecar from working, as long as it is missing.
fn warn(own: &Own) {
    let file = &own.federated_token_file;
    if !file.exists() {
        eprintln!(
            "warning: AZURE_FEDERATED_TOKEN_FILE ({}) does not exist yet; nobody can sign in until it does",
            file.display()
        );
    }
    own.kubelogin.iter().for_each(kubelogin::warn);
}

/// The tunnel of `config`, which exists once all settings are valid. It reaches `apps` by the component's
/// `proxies`.
fn open(
    config: Option<tunnel::Config>,
    apps: Vec<tunnel::Server>,
    proxies: &Proxies,
) -> Result<Tunnel, Failure> {
    let config = config.ok_or_else(|| Failure::internal("the tunnel has no settings"))?;
    let config = tunnel::Config {
        apps,
        app_proxies: proxies.clone(),
        ..config
    };
    Tunnel::new(config).map_err(carrier::unusable)
}

/// The apps at `origins`. They have the TLS settings of the function that calls them without native code.
fn reached_for(app: &App, origins: Vec<Origin>, proxies: &Proxies) -> Vec<tunnel::Server> {
    let server = |origin: Origin| {
        let proxy = proxies.to(&origin.target());
        let proxy = proxy.map_or("", |proxy| proxy.host());
        tunnel::Server {
            tls: app.client_tls(APPS, &origin.host()),
            proxy_tls: app.client_tls(APPS, proxy),
            origin,
        }
    };
    origins.into_iter().map(server).collect()
}

/// 256 random bits, for this run only.
fn fresh_token() -> Result<String, Failure> {
    let mut bytes = [0; 32];
    getrandom::getrandom(&mut bytes).map_err(Failure::internal)?;
    Ok(Base64UrlUnpadded::encode_string(&bytes))
}
