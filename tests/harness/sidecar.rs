//! The sidecar as a separate process, with the real kubelogin.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;
use ureq::Agent;

use crate::process::{Process, binary};
use crate::{Certificates, Response, Stack, browser};

/// The bearer of every sidecar here.
pub const SIDECAR_TOKEN: &str = "0123456789abcdef0123456789abcdef";

/// The body that starts a job.
const START: &str = r#"{"expires_in":900}"#;

/// A sidecar that runs kubelogin against a stack's Entra.
pub struct Sidecar {
    /// The process.
    pub process: Process,
    url: String,
    temporary: TempDir,
    agent: Agent,
}

/// The real kubelogin, which `cargo xtask test` builds if Go is installed. Without it a test prints a message
/// and ends; in CI it fails.
pub fn kubelogin() -> Option<PathBuf> {
    let found = env::var_os("E2E_KUBELOGIN").map(PathBuf::from);
    if found.is_none() {
        assert!(
            env::var_os("CI").is_none(),
            "in CI there must be a kubelogin: install Go"
        );
        eprintln!(
            "skipped: there is no kubelogin, since there is no Go to build it (E2E_KUBELOGIN)"
        );
    }
    found
}

impl Sidecar {
    /// Starts a sidecar on a free port. It trusts Entra's certificate unless `settings` say otherwise.
    pub fn start(stack: &Stack, kubelogin: &Path, settings: &[(&str, &str)]) -> Self {
        Self::start_at(0, stack, kubelogin, settings)
    }

    /// The same on `port`.
    pub fn start_at(port: u16, stack: &Stack, kubelogin: &Path, settings: &[(&str, &str)]) -> Self {
        let file = stack.entra["federated_token_file"].as_str().unwrap();
        let mut command = command(stack, kubelogin, port);
        command.env("AZURE_FEDERATED_TOKEN_FILE", file);
        command.envs(settings.iter().copied());
        Self::run(command)
    }

    /// A sidecar over TLS that runs kubelogin for several replicas, without a workload-identity token.
    pub fn start_over_tls(stack: &Stack, kubelogin: &Path, certificates: &Certificates) -> Self {
        let mut command = command(stack, kubelogin, 0);
        command.arg("--tls-cert").arg(certificates.certificate());
        command.arg("--tls-key").arg(certificates.key());
        Self::run(command)
    }

    fn run(mut command: Command) -> Self {
        let temporary = tempfile::tempdir().unwrap();
        command.env("TMPDIR", temporary.path());
        let (process, listening) = Process::start(&mut command);
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .proxy(None);
        Self {
            process,
            url: listening["url"].as_str().unwrap().to_owned(),
            temporary,
            agent: config.build().into(),
        }
    }

    /// Where it is.
    pub fn origin(&self) -> &str {
        &self.url
    }

    /// A request about jobs.
    pub fn ask(&self, method: &str, path: &str) -> Response {
        let request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("{}/v1/jobs/{path}", self.url))
            .header("authorization", format!("Bearer {SIDECAR_TOKEN}"));
        let body = if method == "POST" { START } else { "" };
        browser::read(self.agent.run(request.body(body).unwrap()).unwrap())
    }

    /// Starts a job; returns its path.
    pub fn start_job(&self, owner: &str) -> String {
        let job = self.ask("POST", owner).json();
        format!("{owner}/{}", job["id"].as_str().unwrap())
    }

    /// The job at `path` once it is in `state`.
    pub fn once(&self, path: &str, state: &str) -> Value {
        loop {
            let job = self.ask("GET", path).json();
            if job["state"] == state {
                return job;
            }
            let is_over = ["failed", "succeeded"]
                .iter()
                .any(|over| job["state"] == **over);
            assert!(!is_over, "not {state}: {job}");
            std::thread::yield_now();
        }
    }

    /// The directory for the runs' directories.
    pub fn temporary(&self) -> &Path {
        self.temporary.path()
    }

    /// How many directories of runs there are.
    pub fn directories(&self) -> usize {
        self.temporary.path().read_dir().unwrap().count()
    }
}

fn command(stack: &Stack, kubelogin: &Path, port: u16) -> Command {
    let entra = |name: &str| stack.entra[name].as_str().unwrap();
    let mut command = Command::new(binary("aks-oauth-proxy"));
    let listen = format!("127.0.0.1:{port}");
    command.args(["sidecar", "--listen", &listen]).env_clear();
    command
        .env("SIDECAR_TOKEN", SIDECAR_TOKEN)
        .env("TENANT_ID", entra("tenant_id"))
        .env("AUTHORITY_HOST", entra("https"))
        .env("SSL_CERT_FILE", entra("ca_file"))
        // As in a stack.
        .env("KUBELOGIN_MIN_INTERVAL_SECONDS", "0")
        .env("KUBELOGIN_BINARY", kubelogin);
    command
}
