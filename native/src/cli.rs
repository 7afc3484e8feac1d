//! The command line.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, value_parser};
use doctor::Check;
use ipnet::IpNet;
use listener::{Limits, Times};
use tls::Files;

use crate::convert::Convert;

/// Sign in once with Microsoft Entra, and use AKS as yourself.
///
/// Settings come from the environment; docs/settings.md lists them. Exit codes: 64 if the command line, a
/// setting or a file is wrong, 70 for another error; `healthcheck` exits with 1 if the check fails.
#[derive(Parser)]
#[command(version)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    Serve(Serve),
    Sidecar(Sidecar),
    Tunnel(Tunnel),
    Healthcheck(Healthcheck),
    Doctor(Doctor),
    Convert(Convert),
    #[command(hide = true)]
    KubeloginGuard(Guard),
}

/// Run the proxy: the Spin component and its sidecar, in one process.
///
/// Checks every setting first and reports all problems at once. Prints one line of JSON with its address when
/// it listens. SIGTERM and Ctrl-C stop it; requests in flight may finish.
///
/// With --tls-cert and --tls-key it speaks https, with HTTP/2 for clients that choose it.
///
/// A setting is taken from SPIN_VARIABLE_NAME, else from NAME. Unless SIDECAR_URL is set, a
/// sidecar is started on a free loopback port, and AZURE_FEDERATED_TOKEN_FILE is needed.
#[derive(Args)]
pub(crate) struct Serve {
    /// The Spin manifest.
    #[arg(long, value_name = "FILE", default_value = "spin.toml")]
    pub(crate) manifest: PathBuf,

    /// Where the key-value stores are; without it, one SQLite file in the state directory.
    #[arg(long, value_name = "FILE")]
    pub(crate) runtime_config: Option<PathBuf>,

    /// The directory for the compilation cache and the store.
    #[arg(long, value_name = "DIRECTORY", default_value = ".spin")]
    pub(crate) state_dir: PathBuf,

    /// Listen here; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub(crate) listen: SocketAddr,

    /// The most requests at once; further ones get 503, or below /k8s/ 429.
    #[arg(
        long,
        value_name = "NUMBER",
        default_value_t = 1000,
        value_parser = value_parser!(u32).range(1..=20_000)
    )]
    pub(crate) max_instances: u32,

    /// The most of these for one client address; by default half of them. Behind an ingress set
    /// TRUSTED_PROXIES, or all clients count as one.
    #[arg(long, value_name = "NUMBER", value_parser = value_parser!(u32).range(1..=20_000))]
    pub(crate) max_instances_per_client: Option<u32>,

    #[command(flatten)]
    pub(crate) connections: Connections,

    /// The time limit for a call of the component that sets none itself, as in Spin. For tests: the component
    /// sets one wherever it matters.
    #[arg(long, hide = true, value_name = "SECONDS", default_value_t = 600)]
    pub(crate) outbound_limit_seconds: u64,

    #[command(flatten)]
    pub(crate) tls: Tls,

    #[command(flatten)]
    pub(crate) metrics: Metrics,
}

/// Ask a server of this program whether it is healthy: for probes, as Docker's HEALTHCHECK, and in pods whose
/// sidecar listens on loopback.
///
/// Exits with 0 if the answer is 2xx. Otherwise, or without an answer, it exits with 1 and prints the reason
/// on stderr. Over https no certificate is checked, as with a kubelet: the request holds no secret.
#[derive(Args)]
pub(crate) struct Healthcheck {
    /// What to ask.
    #[arg(
        long,
        value_name = "URL",
        default_value = "http://127.0.0.1:8080/livez"
    )]
    pub(crate) url: http::Uri,

    /// How long the answer may take.
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 3,
        value_parser = value_parser!(u64).range(1..=600)
    )]
    pub(crate) timeout_seconds: u64,
}

/// Run kubelogin, and end all its processes when it ends or stdin closes. For the sidecar's own use.
#[derive(Args)]
pub(crate) struct Guard {
    /// Its private directory, which is removed.
    pub(crate) directory: PathBuf,

    /// The program.
    pub(crate) program: PathBuf,

    /// Its arguments.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub(crate) arguments: Vec<OsString>,
}

/// Run the sidecar alone, as the companion of the component on SpinKube.
///
/// Serves the workload-identity token in AZURE_FEDERATED_TOKEN_FILE to clients with SIDECAR_TOKEN (32 bytes
/// or more), and runs kubelogin for them unless KUBELOGIN_ENABLED is false; that needs TENANT_ID. All are
/// settings in the environment. Prints one line of JSON with its address when it listens, and runs until
/// SIGTERM or Ctrl-C.
///
/// With --tls-cert and --tls-key it may listen beyond loopback, to run kubelogin for several replicas
/// (KUBELOGIN_URL); AZURE_FEDERATED_TOKEN_FILE is then not needed, and is better left out.
#[derive(Args)]
pub(crate) struct Sidecar {
    /// Listen here: without TLS a loopback address; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8081")]
    pub(crate) listen: SocketAddr,

    #[command(flatten)]
    pub(crate) connections: Connections,

    #[command(flatten)]
    pub(crate) tls: Tls,

    #[command(flatten)]
    pub(crate) metrics: Metrics,
}

/// The options for metrics.
#[derive(Args)]
pub(crate) struct Metrics {
    /// Serve Prometheus metrics at /metrics on this address, in the clear, to any client; port 0 takes a free
    /// one. Without it there are no metrics.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) metrics_listen: Option<SocketAddr>,
}

/// The limits of a listener's connections, and how they end.
#[derive(Args)]
pub(crate) struct Connections {
    /// The most connections at once; further ones are closed at once. Each needs a file descriptor.
    #[arg(
        long,
        value_name = "NUMBER",
        default_value_t = Limits::default().connections,
        value_parser = value_parser!(u32).range(1..=100_000)
    )]
    max_connections: u32,

    /// The most of these for one client address; by default half of them. It does not apply to the addresses
    /// in TRUSTED_PROXIES, nor to a sidecar on loopback.
    #[arg(long, value_name = "NUMBER", value_parser = value_parser!(u32).range(1..=100_000))]
    max_connections_per_client: Option<u32>,

    /// How long a connection is kept after an answer: longer than the proxy in front keeps it, or requests
    /// are lost. nginx keeps connections for 60 seconds, Go and Azure's Application Gateway for 90, Envoy for
    /// an hour.
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = Limits::default().idle.as_secs(),
        value_parser = value_parser!(u64).range(1..=604_800)
    )]
    idle_timeout_seconds: u64,

    /// How long connections are accepted after SIGTERM, while /readyz fails, until every ingress has noticed.
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 5,
        value_parser = value_parser!(u64).range(..=3600)
    )]
    drain_seconds: u64,

    /// How long requests and upgraded connections may last after that, or after Ctrl-C. A second signal ends
    /// everything at once.
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 30,
        value_parser = value_parser!(u64).range(..=86_400)
    )]
    grace_seconds: u64,
}

impl Connections {
    /// The limits of a listener behind these proxies.
    pub(crate) fn limits(&self, trusted_proxies: Vec<IpNet>) -> Limits {
        let half = self.max_connections.div_ceil(2);
        Limits {
            connections: self.max_connections,
            per_client: self.max_connections_per_client.unwrap_or(half),
            trusted_proxies,
            idle: Duration::from_secs(self.idle_timeout_seconds),
            ..Limits::default()
        }
    }

    /// The times of its end.
    pub(crate) fn times(&self) -> Times {
        Times {
            draining: Duration::from_secs(self.drain_seconds),
            closing: Duration::from_secs(self.grace_seconds),
        }
    }
}

/// A listener's certificate: without it, it listens in the clear.
#[derive(Args)]
pub(crate) struct Tls {
    /// The certificate chain in PEM; read again when it changes.
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,

    /// The certificate's private key in PEM.
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
}

impl Tls {
    /// Its files, if they are given.
    pub(crate) fn files(self) -> Option<Files> {
        let files = self.tls_cert.zip(self.tls_key);
        files.map(|(certificates, key)| Files { certificates, key })
    }
}

/// Run the tunnel alone, in front of the component on SpinKube.
///
/// Carries the requests that a component cannot: `kubectl exec`, `attach`, `port-forward`, `cp` and every
/// WebSocket, as the component decides; streams every other request to the component. So an ingress routes
/// /k8s here. Settings in the environment: TUNNEL_TOKEN (32 bytes or more, shared with the component),
/// COMPONENT_URL (COMPONENT_PLAIN_HTTP), TRUSTED_PROXIES, KUBERNETES_HOST, KUBERNETES_CA_FILE, and, unless
/// the API server is `https://kubernetes.default.svc`, KUBERNETES_API_URL or TUNNEL_ORIGINS, the only
/// addresses to which it connects. Needs no token file and no service account. Prints one line of JSON with
/// its address when it listens, and runs until SIGTERM or Ctrl-C; open connections may then go on for a
/// while.
#[derive(Args)]
pub(crate) struct Tunnel {
    /// Listen here; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8082")]
    pub(crate) listen: SocketAddr,

    #[command(flatten)]
    pub(crate) connections: Connections,

    #[command(flatten)]
    pub(crate) tls: Tls,

    #[command(flatten)]
    pub(crate) metrics: Metrics,
}

/// Examine this installation, and name a remedy for each problem.
///
/// Run it where `serve` runs, with the same environment and files: in its pod, or as `helm test`. It checks
/// the settings, Entra, the workload-identity token (by asking Entra for a token that it throws away),
/// the redirect URI, the session store (with a key of its own), the sidecar, the API server and kubelogin,
/// each within five seconds. It prints a table, and no secret. Colours: only on a terminal, without NO_COLOR.
///
/// Exit codes: 0 if nothing has failed, warnings or not; 1 if something has; 64 if the command line is wrong.
#[derive(Args)]
pub(crate) struct Doctor {
    /// The file that configures the key-value stores; without it, there is one SQLite file in the state
    /// directory.
    #[arg(long, value_name = "FILE")]
    pub(crate) runtime_config: Option<PathBuf>,

    /// The state directory of `serve`.
    #[arg(long, value_name = "DIRECTORY", default_value = ".spin")]
    pub(crate) state_dir: PathBuf,

    /// Print one line of JSON: {"ok": …, "checks": [{"name", "status", "seen", "remedy"}]}.
    #[arg(long)]
    pub(crate) json: bool,

    /// Leave out this check; may be given several times.
    #[arg(
        long,
        value_name = "CHECK",
        value_parser = PossibleValuesParser::new(Check::ALL.iter().map(|check| check.name()))
            .try_map(|name| name.parse::<Check>())
    )]
    pub(crate) without: Vec<Check>,
}
