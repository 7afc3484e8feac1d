//! The sidecar as a process of its own, with the real kubelogin.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;
use ureq::Agent;

use crate::process::{Process, binary};
use crate::{Response, Stack, browser};

const TOKEN: &str = "0123456789abcdef0123456789abcdef";

/// A sidecar that runs kubelogin against a stack's Entra.
pub struct Sidecar {
    _process: Process,
    url: String,
    temporary: TempDir,
}

/// The real kubelogin, which `cargo xtask test` builds where Go is installed. Without it a test says so
/// and ends; in CI it must be there.
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
    /// Starts one. Entra's certificate is trusted unless `settings` say otherwise.
    pub fn start(stack: &Stack, kubelogin: &PathBuf, settings: &[(&str, &str)]) -> Self {
        let temporary = tempfile::tempdir().unwrap();
        let entra = |name: &str| stack.entra[name].as_str().unwrap();
        let mut command = Command::new(binary("aks-oauth-proxy"));
        command
            .env_clear()
            .args(["sidecar", "--listen", "127.0.0.1:0"]);
        command
            .env("SIDECAR_TOKEN", TOKEN)
            .env("AZURE_FEDERATED_TOKEN_FILE", entra("federated_token_file"))
            .env("TENANT_ID", entra("tenant_id"))
            .env("AUTHORITY_HOST", entra("https"))
            .env("SSL_CERT_FILE", entra("ca_file"))
            .env("KUBELOGIN_BINARY", kubelogin)
            .env("TMPDIR", temporary.path())
            .envs(settings.iter().copied());
        let (process, listening) = Process::start(&mut command);
        Self {
            _process: process,
            url: listening["url"].as_str().unwrap().to_owned(),
            temporary,
        }
    }

    /// A request about jobs.
    pub fn ask(&self, method: &str, path: &str) -> Response {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .proxy(None);
        let agent: Agent = config.build().into();
        let request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("{}/v1/jobs/{path}", self.url))
            .header("authorization", format!("Bearer {TOKEN}"));
        let body = r#"{"expires_in":900}"#;
        browser::read(agent.run(request.body(body).unwrap()).unwrap())
    }

    /// Starts a job; gives its path.
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

    /// How many directories of runs there are.
    pub fn directories(&self) -> usize {
        self.temporary.path().read_dir().unwrap().count()
    }
}
