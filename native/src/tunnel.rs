//! `aks-oauth-proxy tunnel`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use aks_oauth_proxy_component::settings::native::{
    KUBERNETES_CA_FILE, KUBERNETES_VIA_PROXY, TUNNEL_ABSOLUTE_TIMEOUT_SECONDS,
    TUNNEL_IDLE_TIMEOUT_SECONDS, TUNNEL_MAX_CONNECTIONS, TUNNEL_MAX_REQUESTS, TUNNEL_ORIGINS,
};
use aks_oauth_proxy_component::settings::table::{
    KUBERNETES_API_URL, KUBERNETES_HOST, TRUSTED_PROXIES, TUNNEL_TOKEN, UPSTREAMS,
};
use aks_oauth_proxy_component::settings::{
    Misconfigured, Reader, app_authorities, app_hosts, app_origins, component_url,
};
use aks_oauth_proxy_component::terms;
use egress::Proxies;
use ipnet::IpNet;
use kubernetes_host::{AppHosts, KubernetesHost};
use tunnel::proxy::Proxy;
use tunnel::{Config, Limits, Origin, Server, Trust, Tunnel, Unusable};

use crate::cli;
use crate::environment::{Lookup, of_process, setting};
use crate::exit::Failure;
use crate::listen::listen;
use crate::{proxies, scrape, shutdown, tracing};

/// The file with the cluster's authorities in a pod.
const SERVICE_ACCOUNT_CA: &str = "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt";

/// Runs until it is told to stop.
pub(crate) async fn run(arguments: cli::Tunnel) -> Result<(), Failure> {
    let settings = read(&of_process).map_err(|error| Failure::Settings(error.faults))?;
    // The component's certificate may be from an ingress or the operator, and so from any authority.
    let trust = Trust {
        webpki_roots: true,
        ..settings.config.trust.clone()
    };
    let traces = tracing::start(
        settings.traces,
        "aks-oauth-proxy-tunnel",
        settings.proxies.clone(),
        settings.trusted_proxies.clone(),
    )?;
    let app_tls = settings.app_trust.client_config().map_err(unusable)?;
    let apps = settings.app_origins.iter().map(|origin| Server {
        origin: origin.clone(),
        tls: app_tls.clone(),
        proxy_tls: app_tls.clone(),
    });
    let tunnel = Tunnel::new(Config {
        apps: apps.collect(),
        app_proxies: settings.proxies,
        ..settings.config
    })
    .map_err(unusable)?;
    let ending = shutdown::requested(arguments.connections.times())?;
    let proxy = Proxy::new(tunnel, settings.component, &trust, ending)
        .map_err(unusable)?
        .with_kubernetes_host(settings.kubernetes_host)
        .with_app_hosts(settings.app_hosts)
        .with_traces(traces.clone());
    let limits = arguments.connections.limits(settings.trusted_proxies);
    let scraped = scrape::bind(arguments.metrics.metrics_listen).await?;
    let listener = listen(arguments.listen, arguments.tls, limits).await?;
    let mut registry = scrape::registry("tunnel");
    proxy.counts().register(&mut registry);
    listener.counts().register(&mut registry);
    traces.counts().register(&mut registry);
    scrape::serve(scraped, registry)?;
    proxy.serve(listener).await;
    traces.end().await;
    Ok(())
}

struct Settings {
    config: Config,
    component: Origin,
    trusted_proxies: Vec<IpNet>,
    kubernetes_host: Option<KubernetesHost>,
    app_hosts: AppHosts,
    app_origins: Vec<Origin>,
    app_trust: Trust,
    traces: Option<traces::Settings>,
    proxies: Proxies,
}

fn read(environment: Lookup<'_>) -> Result<Settings, Misconfigured> {
    let source = |name: &str| setting(environment, name);
    let mut reader = Reader::new(&source);
    let (proxies, mut faults) = proxies::read(environment);
    let (traces, wrong) = tracing::read(environment);
    faults.extend(wrong);
    let component = component_url(&mut reader).and_then(|url| origin(&url));
    let config = config(&mut reader, &proxies);
    let kubernetes_host = reader.read_optional(&KUBERNETES_HOST);
    let upstreams = reader.read_optional(&UPSTREAMS);
    let app_trust = Trust {
        webpki_roots: true,
        ca_files: app_authorities(&mut reader)
            .into_iter()
            .map(PathBuf::from)
            .collect(),
    };
    let settings = config.zip(component);
    let settings = reader.finish(settings.map(|(config, component)| {
        Settings {
            trusted_proxies: config.trusted_proxies.clone(),
            config,
            component,
            kubernetes_host,
            app_origins: app_origins(upstreams.clone())
                .iter()
                .filter_map(origin)
                .collect(),
            app_hosts: app_hosts(upstreams),
            app_trust,
            traces,
            proxies,
        }
    }));
    proxies::unless(faults, settings)
}

/// Reads a tunnel's settings except its apps; `None` if one is wrong, which is then a fault. It may use
/// `proxies` if that is configured.
pub(crate) fn config(reader: &mut Reader<'_>, proxies: &Proxies) -> Option<Config> {
    let token = reader.required(&TUNNEL_TOKEN);
    let api = reader.read(&KUBERNETES_API_URL);
    let origins = reader.read_optional(&TUNNEL_ORIGINS);
    let ca_file = reader.read_optional(&KUBERNETES_CA_FILE);
    let connections = reader.read(&TUNNEL_MAX_CONNECTIONS);
    let requests = reader.read(&TUNNEL_MAX_REQUESTS);
    let idle = reader.read(&TUNNEL_IDLE_TIMEOUT_SECONDS);
    let absolute = reader.read(&TUNNEL_ABSOLUTE_TIMEOUT_SECONDS);
    let by_proxy = reader.read(&KUBERNETES_VIA_PROXY);
    let origins = origins.or_else(|| Some(vec![api?]))?;
    Some(Config {
        token: token?.reveal().to_owned(),
        origins: origins.iter().map(origin).collect::<Option<_>>()?,
        proxies: match by_proxy? {
            true => proxies.clone(),
            false => Proxies::default(),
        },
        trust: trust(ca_file.map(PathBuf::from)),
        apps: Vec::new(),
        app_proxies: Proxies::default(),
        trusted_proxies: reader.read_optional(&TRUSTED_PROXIES).unwrap_or_default(),
        limits: Limits {
            connections: usize::try_from(connections?).ok()?,
            requests: usize::try_from(requests?).ok()?,
            idle: Duration::from_secs(idle?),
            absolute: Duration::from_secs(absolute?),
            ..Limits::default()
        },
    })
}

/// The authorities in `ca_file`, else the cluster's, else those that browsers trust.
fn trust(ca_file: Option<PathBuf>) -> Trust {
    let own = Path::new(SERVICE_ACCOUNT_CA);
    let ca_file = ca_file.or_else(|| own.exists().then(|| own.to_owned()));
    Trust {
        webpki_roots: ca_file.is_none(),
        ca_files: ca_file.into_iter().collect(),
    }
}

/// The settings have checked it already.
pub(crate) fn origin(origin: &terms::Origin) -> Option<Origin> {
    origin.as_str().parse().ok()
}

pub(crate) fn unusable(error: Unusable) -> Failure {
    match error {
        Unusable::Authorities(why) => Failure::Usage(why),
        Unusable::Token => Failure::internal(error),
    }
}
