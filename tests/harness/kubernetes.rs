//! A real Kubernetes beside a stack, which trusts the tokens of its Entra.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::process::{Process, binary};
use crate::{Kubectl, Stack};

/// A cluster of its own for a test.
pub struct Kubernetes {
    description: Value,
    tools: PathBuf,
    directory: TempDir,
    process: Process,
}

impl Kubernetes {
    /// Starts a cluster that trusts the stack's Entra. `cargo xtask test` builds its programs if Go is
    /// installed; without them a test prints a message and ends, and in CI it fails.
    pub fn start(stack: &Stack) -> Option<Self> {
        Self::beside(&stack.entra)
    }

    /// The same for an entra-sim by its description, without a proxy.
    pub(crate) fn beside(entra: &Value) -> Option<Self> {
        Self::with_images(entra, None)
    }

    /// The same, whose kubelet runs the images in the table `images` in isolation.
    pub(crate) fn with_images(entra: &Value, images: Option<&Path>) -> Option<Self> {
        let tools = tools()?;
        let directory = tempfile::tempdir().unwrap();
        let entra = |name: &str| entra[name].as_str().unwrap();
        let mut command = Command::new(binary("local-cluster"));
        command.arg("--bin-dir").arg(&tools);
        command.arg("--dir").arg(directory.path().join("cluster"));
        command.args(["--issuer", entra("https")]);
        command.args(["--issuer-ca", entra("ca_file")]);
        command.args(["--tenant-id", entra("tenant_id")]);
        command.args(["--service-account-issuer", entra("cluster_issuer")]);
        command.args(["--service-account-key", entra("cluster_key_file")]);
        if let Some(images) = images {
            command.arg("--images").arg(images);
        }
        let (process, description) = Process::start(&mut command);
        Some(Self {
            description,
            tools,
            directory,
            process,
        })
    }

    /// The process that has started all others.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Where the API server is.
    pub fn url(&self) -> &str {
        self.text("url")
    }

    /// The authority of its certificate.
    pub fn ca_file(&self) -> &Path {
        Path::new(self.text("ca_file"))
    }

    /// kubectl of an administrator, directly to the API server.
    pub fn administrator(&self) -> Kubectl {
        self.kubectl(self.admin_kubeconfig())
    }

    /// The kubeconfig of an administrator, who may also impersonate everybody.
    pub fn admin_kubeconfig(&self) -> &Path {
        Path::new(self.text("admin_kubeconfig"))
    }

    /// kubectl that sends `token` to `server`, whose authority is in `ca_file`.
    pub fn direct(&self, token: &str) -> Kubectl {
        self.through(self.url(), self.ca_file(), token)
    }

    /// kubectl that sends `token` to `server`, which has a certificate of the authority in `ca_file`.
    pub fn through(&self, server: &str, ca_file: &Path, token: &str) -> Kubectl {
        through(&self.tools, server, ca_file, token)
    }

    /// kubectl with this kubeconfig.
    pub fn kubectl(&self, kubeconfig: &Path) -> Kubectl {
        Kubectl::new(&self.tools, kubeconfig)
    }

    /// Makes a namespace in which alice has all rights, and waits until pods can be made in it.
    pub fn namespace(&self, name: &str) {
        let administrator = self.administrator();
        administrator.succeed(&["create", "namespace", name]);
        let alice = "--user=alice@contoso.example";
        let namespace = format!("--namespace={name}");
        let binding = [
            "create",
            "rolebinding",
            "alice",
            "--clusterrole=cluster-admin",
        ];
        administrator.succeed(&[&binding[..], &[alice, &namespace]].concat());
        let account = "serviceaccount/default";
        let authority = "configmap/kube-root-ca.crt";
        let wait = ["wait", "--for=create", account, authority, &namespace];
        administrator.succeed(&wait);
    }

    /// The API server's audit entries of users and clients so far.
    pub fn audit(&self) -> Vec<Value> {
        let log = fs::read_to_string(self.text("audit_log")).unwrap();
        log.lines()
            .filter_map(|line| serde_json::from_str(line).ok())
            .collect()
    }

    /// The directory of the programs.
    pub fn tools(&self) -> &Path {
        &self.tools
    }

    /// Where everything of the cluster is.
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// Kills it without warning; its children must still end.
    pub fn kill(&mut self) {
        self.process.kill();
    }

    fn text(&self, name: &str) -> &str {
        self.description[name].as_str().unwrap()
    }
}

impl Kubectl {
    /// A kubectl without a cluster, that sends `token` to `server`, whose authority is in `ca_file`; `None`
    /// without kubectl, as with [`Kubernetes::start`].
    pub fn to(server: &str, ca_file: &Path, token: &str) -> Option<Self> {
        Some(through(&tools()?, server, ca_file, token))
    }
}

impl Drop for Kubernetes {
    fn drop(&mut self) {
        // Its programs write into the directory until they have ended, so it waits for them.
        if self.process.is_running() {
            self.process.terminate();
            self.process.wait();
        }
    }
}

impl Stack {
    /// Records the consent of `user`.
    pub fn consent(&self, user: &str) {
        let consent = json!({ "user": user, "granted": true });
        self.control("consent", &consent);
    }

    /// The AKS token of `user`, who has consented; the stack must have `EXPOSE_ACCESS_TOKEN`.
    pub fn aks_token(&self, user: &str) -> String {
        self.consent(user);
        let shown = self.signed_in(user).get("/whoami").json();
        let token = shown["token"]["access_token"].as_str();
        token
            .unwrap_or_else(|| panic!("no token for {user}: {shown}"))
            .to_owned()
    }
}

fn through(tools: &Path, server: &str, ca_file: &Path, token: &str) -> Kubectl {
    let kubeconfig = json!({
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{ "name": "it", "cluster":
            { "server": server, "certificate-authority": ca_file } }],
        "users": [{ "name": "me", "user": { "token": token } }],
        "contexts": [{ "name": "it", "context": { "cluster": "it", "user": "me" } }],
        "current-context": "it",
    });
    let kubectl = Kubectl::new(tools, Path::new(""));
    let file = kubectl.directory().join("kubeconfig");
    fs::write(&file, kubeconfig.to_string()).unwrap();
    kubectl.with(file)
}

fn tools() -> Option<PathBuf> {
    let found = env::var_os("E2E_KUBERNETES").map(PathBuf::from);
    if found.is_none() {
        assert!(
            env::var_os("CI").is_none(),
            "in CI there must be a Kubernetes: install Go"
        );
        eprintln!(
            "skipped: there is no Kubernetes, since there is no Go to build it (E2E_KUBERNETES)"
        );
    }
    found
}
