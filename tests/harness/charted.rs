//! The chart, installed by the real helm into a real Kubernetes whose kubelet runs the images.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

use crate::process::workspace;
use crate::sidecar::kubelogin;
use crate::{Browser, Builder, Kubectl, Kubernetes, Ran, Redis, Stack, images, spin};

/// The redirect URI in the predecessor's command.
const REDIRECT_URI: &str = "https://your-host/callback";

/// The values of the predecessor's command, except tenant and client.
const PREDECESSOR: [(&str, &str); 4] = [
    ("image.repository", REPOSITORY),
    ("image.tag", "1.0.0"),
    ("settings.redirectUri", REDIRECT_URI),
    (
        "sessionSecret.value",
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    ),
];

const REPOSITORY: &str = "ghcr.io/your-org/oauth-proxy";

/// The release.
const RELEASE: &str = "oauth-proxy";

/// entra-sim's federated credential has this namespace and service account.
const NAMESPACE: &str = "aks-oauth-proxy";

/// How long helm waits for pods: each compiles the component when it starts.
const PATIENCE: &str = "--timeout=10m";

/// A cluster for the chart, and its surroundings.
pub struct Charted {
    /// The cluster.
    pub kubernetes: Kubernetes,
    /// Its Entra; the proxy of this stack is not used.
    pub stack: Stack,
    _images: TempDir,
}

impl Charted {
    /// Starts both, with the release's namespace at the Pod Security level `level`. Its pods reach Entra and
    /// `redis`. `None`, with a message, if there is no Kubernetes or no container runtime is allowed.
    pub fn start(level: &str, redis: Option<&Redis>) -> Option<Self> {
        if let Err(why) = isolation() {
            eprintln!("not run: {why}");
            return None;
        }
        let directory = tempfile::tempdir().unwrap();
        let table = directory.path().join("images.json");
        let content = images::table(REPOSITORY, &["1.0.0", "1.0.1"], directory.path());
        fs::write(&table, content.to_string()).unwrap();
        let stack = Builder::default().redirect_uri(REDIRECT_URI).start();
        let kubernetes = Kubernetes::with_images(&stack.entra, Some(&table))?;
        let charted = Self {
            kubernetes,
            stack,
            _images: directory,
        };
        charted.make_namespace(level, redis);
        Some(charted)
    }

    /// Whether there is a real Spin for the Spin application; prints a message if not.
    pub fn has_spin() -> bool {
        let found = spin::program().is_some();
        if !found {
            eprintln!("not run: there is no Spin (cargo xtask test --spin PROGRAM)");
        }
        found
    }

    fn make_namespace(&self, level: &str, redis: Option<&Redis>) {
        let administrator = self.kubernetes.administrator();
        administrator.succeed(&["create", "namespace", NAMESPACE]);
        let level = format!("pod-security.kubernetes.io/enforce={level}");
        administrator.succeed(&["label", "namespace", NAMESPACE, &level]);
        let entra = ["http", "https"].map(|name| self.stack.entra[name].as_str().unwrap());
        let redis = redis.map(Redis::address);
        let ports: Vec<_> = entra
            .into_iter()
            .chain(redis.as_deref())
            .map(|address| address.rsplit(':').next().unwrap())
            .collect();
        let ports = format!("local-cluster/host-ports={}", ports.join(","));
        administrator.succeed(&["annotate", "namespace", NAMESPACE, &ports]);
    }

    /// The values of the predecessor's command, and those for this cluster: the simulated Entra's address,
    /// and a token without Azure's webhook.
    fn values(&self) -> Vec<(String, String)> {
        let entra = |name: &str| self.stack.entra[name].as_str().unwrap().to_owned();
        let given = PREDECESSOR.map(|(name, value)| (name, value.to_owned()));
        let own = [
            ("settings.tenantId", entra("tenant_id")),
            ("settings.clientId", entra("client_id")),
            ("settings.authorityHost", entra("http")),
            ("settings.graphUrl", entra("http")),
            ("settings.kubeloginAuthorityHost", entra("https")),
            ("settings.exposeAccessToken", "true".to_owned()),
            ("serviceAccount.name", NAMESPACE.to_owned()),
            (
                "serviceAccount.azureWorkloadIdentity.projectToken",
                "true".to_owned(),
            ),
        ];
        let without = ("settings.kubeloginEnabled", "false".to_owned());
        let without = kubelogin().is_none().then_some(without);
        let all = given.into_iter().chain(own).chain(without);
        all.map(|(name, value)| (name.to_owned(), value)).collect()
    }

    /// The predecessor's `helm upgrade --install`, with `values` besides; waits until all is ready.
    pub fn install(&self, values: &[(&str, &str)]) -> String {
        self.install_with(&["--wait", PATIENCE], values)
    }

    /// The same with further arguments in place of waiting.
    pub fn install_with(&self, arguments: &[&str], values: &[(&str, &str)]) -> String {
        let ran = self.run_install(arguments, values);
        self.succeeded(arguments, ran)
    }

    /// helm's error when it refuses to install.
    pub fn refusal(&self, arguments: &[&str], values: &[(&str, &str)]) -> String {
        let ran = self.run_install(arguments, values);
        assert_ne!(ran.code, 0, "{ran:?}");
        ran.stderr
    }

    fn run_install(&self, arguments: &[&str], values: &[(&str, &str)]) -> Ran {
        let chart = chart().display().to_string();
        let own = self.values();
        let own = own.iter().map(|(name, value)| (&**name, &**value));
        let sets: Vec<_> = own
            .chain(values.iter().copied())
            .map(|(name, value)| format!("--set={name}={value}"))
            .collect();
        let command = ["upgrade", "--install", RELEASE, &chart];
        let sets = sets.iter().map(String::as_str);
        let line: Vec<_> = command
            .into_iter()
            .chain(arguments.iter().copied())
            .chain(sets)
            .collect();
        self.run_helm(&line, "")
    }

    /// `helm` with these arguments and the release's namespace; it must succeed.
    pub fn helm(&self, arguments: &[&str]) -> String {
        let ran = self.run_helm(arguments, "");
        self.succeeded(arguments, ran)
    }

    fn succeeded(&self, arguments: &[&str], ran: Ran) -> String {
        assert_eq!(
            ran.code,
            0,
            "helm {arguments:?}: {ran:?}\n{}",
            self.pods_and_logs()
        );
        ran.stdout
    }

    /// The same with this on stdin, with any result.
    pub fn run_helm(&self, arguments: &[&str], input: &str) -> Ran {
        let kubectl = self.kubernetes.administrator();
        let mut helm = kubectl.other(&self.kubernetes.tools().join("helm"));
        helm.args(arguments).args(["--namespace", NAMESPACE]);
        Ran::of(&mut helm, input)
    }

    /// `kubectl` of an administrator in the release's namespace; it must succeed.
    pub fn kubectl(&self, arguments: &[&str]) -> String {
        self.kubectl_with(arguments, "")
    }

    /// The same with this on stdin.
    pub fn kubectl_with(&self, arguments: &[&str], input: &str) -> String {
        let namespace = ["--namespace", NAMESPACE];
        let administrator: Kubectl = self.kubernetes.administrator();
        administrator.succeed_with(&[&namespace[..], arguments].concat(), input)
    }

    /// The addresses of the proxy's pods that are not about to end.
    pub fn addresses(&self) -> Vec<String> {
        let selector = "--selector=app.kubernetes.io/component=proxy";
        // A terminating pod has a deletion timestamp.
        let template = "--output=go-template={{range .items}}{{if not .metadata.deletionTimestamp}}\
                        {{.status.podIP}} {{end}}{{end}}";
        let found = self.kubectl(&["get", "pods", selector, template]);
        found.split_whitespace().map(str::to_owned).collect()
    }

    /// A browser at the only pod of the proxy.
    pub fn browser(&self) -> Browser {
        let addresses = self.addresses();
        assert_eq!(addresses.len(), 1, "{addresses:?}");
        self.stack.browser_at(&at(&addresses[0]))
    }

    /// `browser` with its cookies, at the only pod that there is now.
    pub fn browser_like(&self, browser: &Browser) -> Browser {
        browser.at(&at(&self.addresses()[0]))
    }

    /// `browser` with its cookies, at each pod of the proxy.
    pub fn browsers_like(&self, browser: &Browser) -> Vec<Browser> {
        let addresses = self.addresses();
        addresses
            .iter()
            .map(|address| browser.at(&at(address)))
            .collect()
    }

    /// A browser in which `user` has signed in at the first pod of the proxy.
    pub fn signed_in(&self, user: &str) -> Browser {
        let mut browser = self.stack.browser_at(&at(&self.addresses()[0]));
        let response = self.stack.sign_in(&mut browser, user);
        assert_eq!(response.status, 302, "{response:?}");
        browser
    }

    /// Details for the message of a failure.
    fn pods_and_logs(&self) -> String {
        let administrator = self.kubernetes.administrator();
        let namespace = format!("--namespace={NAMESPACE}");
        let shown = [
            &["get", "pods,events", &namespace][..],
            &["get", "pods", &namespace, "--output=yaml"],
            &[
                "logs",
                &namespace,
                "--selector=app.kubernetes.io/instance=oauth-proxy",
                "--all-containers",
                "--tail=20",
            ],
        ];
        shown
            .map(|line| administrator.run(line))
            .map(|ran| ran.stdout + &ran.stderr)
            .join("\n")
    }
}

/// The chart's directory.
fn chart() -> PathBuf {
    workspace().join("chart/oauth-proxy")
}

fn at(address: &str) -> String {
    format!("http://{address}:8080")
}

/// Checks that the kubelet can run containers on this machine.
fn isolation() -> Result<(), String> {
    let unshare = [
        "--mount", "--net", "--pid", "--ipc", "--uts", "--fork", "true",
    ];
    match Command::new("unshare").args(unshare).output() {
        Ok(done) if done.status.success() => {}
        Ok(done) => {
            let said = String::from_utf8_lossy(&done.stderr).into_owned();
            return Err(format!("this machine forbids namespaces: {said}"));
        }
        Err(error) => return Err(format!("there is no unshare: {error}")),
    }
    match Command::new("runc").arg("--version").output() {
        Ok(_) => Ok(()),
        Err(error) => Err(format!("there is no runc (Debian's package runc): {error}")),
    }
}
