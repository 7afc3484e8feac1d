//! `aks-oauth-proxy doctor`.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use aks_oauth_proxy_component::settings::native::AZURE_FEDERATED_TOKEN_FILE;
use aks_oauth_proxy_component::settings::table::{
    CLOCK_TOLERANCE_SECONDS, COMPONENT, GRAPH_URL, KUBELOGIN_URL, KUBERNETES_API_URL, PUBLIC_CA,
};
use aks_oauth_proxy_component::settings::{
    Client, JobService, Reader, RedisAccess, SidecarSettings, Site, advise, fill_slots,
};
use doctor::{Identity, Installation, Kubelogin, Report, TunnelWay, Webhook, examine};
use egress::Proxies;
use host::{Options, RedisSettings, Surroundings};

use crate::cli;
use crate::environment::{given, of_process, setting};
use crate::exit::Failure;
use crate::listeners::Listeners;
use crate::{kubelogin, proxies, redis, serve, tunnel as carrier};

/// Stands for bearers that `serve` would generate: only their form matters here.
const PLACEHOLDER: &str = "a-bearer-that-serve-makes-for-itself";
const OWN_SIDECAR: &str = "http://127.0.0.1:8081";

/// Runs the checks and prints the results.
pub(crate) fn run(arguments: cli::Doctor) -> ExitCode {
    match report(&arguments).and_then(|report| print(&report, arguments.json)) {
        Ok(code) => code,
        Err(failure) => failure.report(),
    }
}

fn report(arguments: &cli::Doctor) -> Result<Report, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::internal(format!("cannot start: {error}")))?;
    let report = runtime.block_on(async {
        let installation = installation(arguments).await;
        examine(&installation, &arguments.without).await
    });
    // Checks that have timed out are not waited for.
    runtime.shutdown_background();
    Ok(report)
}

fn print(report: &Report, json: bool) -> Result<ExitCode, Failure> {
    if json {
        println!("{}", report.json().map_err(Failure::internal)?);
    } else {
        anstream::print!("{}", report.table());
    }
    Ok(ExitCode::from(u8::from(!report.is_well())))
}

/// The installation that `serve` would run with this environment.
async fn installation(arguments: &cli::Doctor) -> Installation {
    let mut variables: BTreeMap<String, String> = COMPONENT
        .iter()
        .map(|described| described.name().to_ascii_lowercase())
        .filter_map(|name| Some((name.clone(), setting(&of_process, &name)?)))
        .collect();
    fill_slots(&mut variables);
    let own_sidecar = !variables.contains_key("sidecar_url");
    let mut assume = |name: &str, value: &str| {
        let variable = variables.entry(name.to_owned());
        variable.or_insert_with(|| value.to_owned());
    };
    assume("tunnel_token", PLACEHOLDER);
    if own_sidecar {
        assume("sidecar_token", PLACEHOLDER);
        assume("sidecar_url", OWN_SIDECAR);
    }
    // It listens nowhere.
    let listeners = Listeners::default();
    let faults = serve::check(&variables, own_sidecar, &listeners).err();
    let source = |name: &str| {
        let given = variables.get(name).cloned();
        given.or_else(|| setting(&of_process, name))
    };
    let mut reader = Reader::new(&source);
    // Their errors are among the faults.
    let (proxies, _) = proxies::read(&of_process);
    let redis = match RedisAccess::read(&mut reader) {
        Some(access) => redis::settings(access, &proxies).await.unwrap_or_default(),
        None => RedisSettings::default(),
    };
    let tunnel = carrier::config(&mut reader, &proxies);
    let proxies = proxies::of_component(&mut reader, proxies);
    let site = Site::read(&mut reader);
    Installation {
        faults: faults.unwrap_or_default(),
        advice: advise(&source),
        surroundings: Surroundings::read(&options(arguments, redis, proxies)),
        client: Client::read(&mut reader),
        clock_tolerance: reader.read(&CLOCK_TOLERANCE_SECONDS),
        graph: reader.read(&GRAPH_URL),
        public_url: Site::read_public_url(site.as_ref(), &mut reader),
        public_ca: reader.read_optional(&PUBLIC_CA),
        site,
        identity: identity(&mut reader, own_sidecar),
        webhook: Webhook {
            client_id: given(&of_process, "AZURE_CLIENT_ID"),
            tenant_id: given(&of_process, "AZURE_TENANT_ID"),
            authority_host: given(&of_process, "AZURE_AUTHORITY_HOST"),
        },
        api_server: reader.read(&KUBERNETES_API_URL),
        tunnel: tunnel.map(|config| TunnelWay {
            origins: config.origins,
            proxies: config.proxies,
            trust: config.trust,
        }),
        kubelogin: who_runs_kubelogin(&mut reader, own_sidecar),
    }
}

/// The options for stores and calls; nothing listens, and no component runs.
fn options(arguments: &cli::Doctor, redis: RedisSettings, proxies: Proxies) -> Options {
    Options {
        manifest: PathBuf::new(),
        runtime_config: arguments.runtime_config.clone(),
        redis,
        state_dir: arguments.state_dir.clone(),
        max_instances: 0,
        max_instances_per_client: 0,
        trusted_proxies: Vec::new(),
        outbound_limit: Duration::ZERO,
        proxies,
        variables: BTreeMap::new(),
    }
}

fn identity(reader: &mut Reader<'_>, own_sidecar: bool) -> Option<Identity> {
    if own_sidecar {
        let file = reader.read(&AZURE_FEDERATED_TOKEN_FILE)?;
        return Some(Identity::File(PathBuf::from(file)));
    }
    SidecarSettings::read(reader).map(Identity::Sidecar)
}

fn who_runs_kubelogin(reader: &mut Reader<'_>, own_sidecar: bool) -> Option<Kubelogin> {
    let Some(JobService { url, token }) = JobService::read(reader)? else {
        return Some(Kubelogin::Off);
    };
    let elsewhere = reader.read_optional(&KUBELOGIN_URL).flatten().is_some();
    if own_sidecar && !elsewhere {
        return kubelogin::read(reader).map(|found| Kubelogin::Program(found.binary));
    }
    let settings = match elsewhere {
        true => ["KUBELOGIN_URL", "KUBELOGIN_TOKEN"],
        false => ["SIDECAR_URL", "SIDECAR_TOKEN"],
    };
    Some(Kubelogin::Service {
        url,
        token,
        settings,
    })
}
