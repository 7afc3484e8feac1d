//! `cargo xtask up`: everything on this machine.

mod apps;
mod chart;
mod greeting;
mod kubernetes;
mod listening;
mod port;
mod programs;
mod settings;
mod spin;
mod supervisor;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use self::apps::Apps;
use self::greeting::greeting;
use self::port::free_port;
use self::programs::Programs;
use self::settings::{Environment, Identity, Settings};
use self::supervisor::{End, Supervisor};
use crate::spin::Program;
use crate::wasm::Preference;
use crate::workspace::Workspace;
use crate::{build, process, tools};

/// Start everything on http://localhost:8080: the component, its host, a simulated Entra ID.
///
/// Builds everything first. Without TENANT_ID and CLIENT_ID in the environment, entra-sim plays Entra ID and
/// the cluster that issues the federated token. With both, the real Entra ID is used, and
/// AZURE_FEDERATED_TOKEN_FILE must be set too. Every other setting may be set as well
/// (SESSION_IDLE_TIMEOUT_SECONDS=60 cargo xtask up); the environment is never overridden. Sessions are kept
/// in .spin, and a generated SESSION_SECRET in target/up. Ctrl-C stops everything.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Serve on this port of the loopback interface; 0 takes a free one.
    #[arg(long, default_value_t = 8080)]
    port: u16,

    /// Let entra-sim sign this user in without asking (alice, bob, carol, dave, erin).
    #[arg(long, value_name = "USER")]
    auto_sign_in: Option<String>,

    /// Serve with a real Spin instead of our own host: `spin` from the PATH, or this program, which must have
    /// the arguments of `spin up`. With --kubernetes the tunnel is in front of it.
    #[arg(long, value_name = "PROGRAM", num_args = 0..=1, default_missing_value = "spin")]
    spin: Option<PathBuf>,

    /// Start a Kubernetes behind the proxy, and serve over https, as kubectl requires.
    ///
    /// Its programs are pinned in tools/ and built with Go, about 10 minutes the first time. alice has all
    /// rights in the namespace demo; containers are processes of yours, without any isolation.
    #[arg(long)]
    kubernetes: bool,

    /// Install the Helm chart into that Kubernetes instead of starting the proxy here: its pods run the
    /// programs that are built here, in containers, by runc. Needs root.
    #[arg(long, requires = "kubernetes", conflicts_with = "spin")]
    chart: bool,

    /// Start two apps behind the sign-in, podinfo and one that shows its request, with a real nginx in front,
    /// over https: auth.apps.localhost, podinfo.apps.localhost and b.apps.localhost, which browsers resolve
    /// to this machine. Needs nginx, openssl, and Go to build podinfo.
    #[arg(long, conflicts_with_all = ["kubernetes", "spin"])]
    apps: bool,
}

/// Runs the command. The exit code is 0 after Ctrl-C or SIGTERM, and otherwise that of the program that ended
/// by itself.
pub(crate) fn run(
    workspace: &Workspace,
    preference: Option<Preference>,
    arguments: &Arguments,
) -> Result<ExitCode> {
    let environment = Environment::of_process();
    let identity = Identity::choose(&environment)?;
    if identity == Identity::Entra && arguments.auto_sign_in.is_some() {
        bail!("--auto-sign-in is entra-sim's: it needs TENANT_ID and CLIENT_ID to be unset");
    }
    let spin = arguments.spin.as_deref().map(Program::find).transpose()?;
    if arguments.apps && identity == Identity::Entra {
        bail!("--apps is for entra-sim: it needs TENANT_ID and CLIENT_ID to be unset");
    }
    if arguments.kubernetes && identity == Identity::Entra {
        bail!("--kubernetes trusts entra-sim: it needs TENANT_ID and CLIENT_ID to be unset");
    }
    if arguments.chart {
        chart::check()?;
    }
    let port = free_port(arguments.port)?;
    build::component(workspace, preference)?;
    build::native(workspace)?;

    let mut supervisor = Supervisor::new()?;
    let started = start(
        workspace,
        &mut supervisor,
        arguments,
        (identity, environment),
        spin.as_ref(),
        port,
    );
    let end = match started.map_err(anyhow::Error::downcast::<End>) {
        Ok(()) => supervisor.wait(),
        Err(Ok(end)) => end,
        // Dropping the supervisor stops the started programs.
        Err(Err(error)) => return Err(error),
    };
    println!("\nstopping what was started");
    supervisor.stop();
    Ok(conclude(&end))
}

fn conclude(end: &End) -> ExitCode {
    let End::Exited { status, .. } = end else {
        println!("stopped");
        return ExitCode::SUCCESS;
    };
    eprintln!("error: {end}; everything else was stopped");
    // `up` fails even if a program ends with success.
    if status.success() {
        ExitCode::FAILURE
    } else {
        process::exit_code(*status)
    }
}

fn start(
    workspace: &Workspace,
    supervisor: &mut Supervisor,
    arguments: &Arguments,
    (identity, environment): (Identity, Environment),
    spin: Option<&Program>,
    port: u16,
) -> Result<()> {
    let programs = Programs::new(workspace, identity)?;
    let origin = origin(arguments, port);
    let apps = arguments.apps.then(|| Apps::prepare(&programs, port));
    let apps = apps.transpose()?;
    let mut settings = Settings::new(environment, &origin);
    if let Some(apps) = &apps {
        settings.apps(apps.origins(), apps.shown());
    }
    let simulator = match identity {
        Identity::Entra => None,
        Identity::Simulated => {
            let redirect_uri = settings.redirect_uri();
            let user = arguments.auto_sign_in.as_deref();
            Some(programs.simulator(supervisor, port, &redirect_uri, user)?)
        }
    };
    let kubelogin = match &simulator {
        Some(_) => tools::kubelogin(workspace)?,
        None => None,
    };
    if let Some(simulator) = &simulator {
        settings.simulated(simulator);
        settings.kubelogin(kubelogin.as_deref(), simulator);
    }
    let images = arguments
        .chart
        .then(|| chart::write_images(workspace, programs.state(), kubelogin.as_deref()))
        .transpose()?;
    let cluster = match &simulator {
        Some(simulator) if arguments.kubernetes => {
            let tools = tools::kubernetes(workspace)?;
            let tools = tools.context("--kubernetes needs Go, to build Kubernetes")?;
            let images = images.as_deref();
            Some(programs.cluster(supervisor, port, &tools, simulator, images)?)
        }
        _ => None,
    };
    if let Some(cluster) = &cluster {
        settings.kubernetes(cluster)?;
    }
    settings.session_secret(programs.state())?;
    match (spin, &cluster, &simulator) {
        (_, Some(cluster), Some(simulator)) if arguments.chart => {
            programs.install(&settings, port, cluster, simulator)?;
        }
        (Some(spin), ..) => {
            programs.spin(supervisor, spin, &mut settings, port, cluster.as_ref())?;
        }
        (None, ..) => {
            let port = apps.as_ref().map_or(port, |apps| apps.proxy);
            programs.serve(supervisor, &settings, port, cluster.as_ref())?;
        }
    }
    if let Some(apps) = &apps {
        apps.start(&programs, supervisor)?;
    }
    let user = arguments.auto_sign_in.as_deref();
    println!(
        "{}",
        greeting(
            &origin,
            simulator.as_ref(),
            cluster.as_ref(),
            apps.as_ref(),
            user
        )
    );
    if let Some(cluster) = cluster.filter(|_| arguments.chart) {
        println!("{}\n", chart::greeting(&cluster).join("\n"));
    }
    Ok(())
}

/// The proxy's origin.
fn origin(arguments: &Arguments, port: u16) -> String {
    if arguments.apps {
        return Apps::own(port);
    }
    let scheme = if arguments.kubernetes {
        "https"
    } else {
        "http"
    };
    format!("{scheme}://localhost:{port}")
}
