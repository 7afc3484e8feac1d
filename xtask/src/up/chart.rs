//! The part of `up --kubernetes --chart`: helm installs the proxy into the cluster, and its pods run the
//! programs that are built here.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde_json::{Map, Value, json};

use super::kubernetes::Cluster;
use super::listening::Simulator;
use super::programs::Programs;
use super::settings::Settings;
use crate::image::{DIRECTORY, KUBELOGIN, PATH, PROGRAM, USER};
use crate::process;
use crate::workspace::{COMPONENT, Workspace};

/// The chart's name for the image; the kubelet finds it in a table.
const REPOSITORY: &str = "local/aks-oauth-proxy";
const TAG: &str = "dev";

/// The namespace and the service account that entra-sim's federated credential names.
const NAMESPACE: &str = "aks-oauth-proxy";

/// The path of the authority of entra-sim's https in the pods.
const AUTHORITY: &str = "/etc/entra-sim";

/// Settings that the chart makes itself, or that concern processes on this machine.
const NOT_OF_THE_CHART: [&str; 9] = [
    "SESSION_SECRET",
    "SIDECAR_URL",
    "SIDECAR_TOKEN",
    "TUNNEL_TOKEN",
    "KUBELOGIN_URL",
    "KUBELOGIN_TOKEN",
    "KUBERNETES_API_URL",
    "KUBELOGIN_BINARY",
    "AZURE_FEDERATED_TOKEN_FILE",
];

/// Checks that the kubelet can run containers on this machine.
pub(super) fn check() -> Result<()> {
    let runc = process::which("runc");
    ensure!(
        runc.is_some(),
        "--chart runs containers by runc; install Debian's package runc"
    );
    let mut unshare = Command::new("unshare");
    unshare.args(["--mount", "--net", "--pid", "--ipc", "--uts", "--fork"]);
    ensure!(
        process::succeeds(unshare.arg("true")),
        "--chart runs containers, and this machine forbids namespaces: try as root"
    );
    Ok(())
}

/// Writes the kubelet's table of images: everything is at its path in the image.
pub(super) fn write_images(
    workspace: &Workspace,
    directory: &Path,
    kubelogin: Option<&Path>,
) -> Result<PathBuf> {
    let wasm = workspace.wasm(COMPONENT);
    let place = wasm.strip_prefix(workspace.path(""))?;
    let mut files = json!({
        format!("/{PROGRAM}"): workspace.binaries().join("aks-oauth-proxy"),
        format!("/{DIRECTORY}/spin.toml"): workspace.path("spin.toml"),
        format!("/{DIRECTORY}/{}", place.display()): wasm,
    });
    if let (Some(program), Some(files)) = (kubelogin, files.as_object_mut()) {
        files.insert(format!("/{KUBELOGIN}"), json!(program));
    }
    let table = json!({ format!("{REPOSITORY}:{TAG}"): {
        "entrypoint": [format!("/{PROGRAM}")],
        "workingDir": format!("/{DIRECTORY}"),
        "user": format!("{USER}:{USER}"),
        "env": { "PATH": PATH },
        "files": files,
    }});
    let path = directory.join("images.json");
    fs::write(&path, table.to_string())
        .with_context(|| format!("{} cannot be written", path.display()))?;
    Ok(path)
}

impl Programs<'_> {
    /// Installs the release, and waits until it is ready at `port` of this machine.
    pub(super) fn install(
        &self,
        settings: &Settings,
        port: u16,
        cluster: &Cluster,
        simulator: &Simulator,
    ) -> Result<()> {
        let mut kubectl = self.tool(cluster, "kubectl");
        kubectl.args(["apply", "--server-side", "--filename=-"]);
        feed(kubectl, &beside(cluster, simulator)?)?;
        println!("installing the chart; its pod compiles the component first");
        let mut helm = self.tool(cluster, "helm");
        helm.args(["upgrade", "--install", "oauth-proxy"])
            .arg(self.workspace().path("chart/oauth-proxy"))
            .args(["--namespace", NAMESPACE, "--wait", "--timeout=10m"])
            .args(["--values", "-"]);
        let names = self
            .workspace()
            .path("chart/oauth-proxy/files/settings.yaml");
        let known = fs::read_to_string(&names)
            .with_context(|| format!("cannot read {}", names.display()))?;
        let values = values(&chosen(settings, &known), settings, port)?;
        feed(helm, &values)
    }

    fn tool(&self, cluster: &Cluster, name: &str) -> Command {
        let mut command = self.workspace().command(cluster.tools.join(name));
        command
            .env("KUBECONFIG", &cluster.admin_kubeconfig)
            .env("HELM_CONFIG_HOME", self.state().join("helm"))
            .env("HELM_CACHE_HOME", self.state().join("helm"))
            .env("HELM_DATA_HOME", self.state().join("helm"));
        command
    }
}

/// The release's needs in its namespace: a route to entra-sim, its authority, and a certificate for
/// `localhost` for the pod.
fn beside(cluster: &Cluster, simulator: &Simulator) -> Result<Value> {
    let read = |path: &Path| {
        fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
    };
    let port = |origin: &str| origin.rsplit(':').next().unwrap_or_default().to_owned();
    let ports = [&simulator.origin, &simulator.tls_origin].map(|origin| port(origin));
    let of_namespace = |name: &str| json!({ "name": name, "namespace": NAMESPACE });
    Ok(json!({ "apiVersion": "v1", "kind": "List", "items": [
        {
            "apiVersion": "v1", "kind": "Namespace",
            "metadata": {
                "name": NAMESPACE,
                "labels": { "pod-security.kubernetes.io/enforce": "restricted" },
                "annotations": { "local-cluster/host-ports": ports.join(",") },
            },
        },
        {
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": of_namespace("entra-sim"),
            "data": { "ca.crt": read(Path::new(&simulator.ca_file))? },
        },
        {
            "apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/tls",
            "metadata": of_namespace("localhost-tls"),
            "stringData": { "tls.crt": read(&cluster.certificate)?, "tls.key": read(&cluster.key)? },
        },
    ]}))
}

/// The changed settings, by their names in the chart.
fn chosen(settings: &Settings, catalogue: &str) -> Map<String, Value> {
    let mut chosen = Map::new();
    for line in catalogue.lines() {
        let row = line.strip_prefix("- ").unwrap_or_default();
        let Ok(Value::Object(row)) = serde_json::from_str(row) else {
            continue;
        };
        let text = |name: &str| row.get(name).and_then(Value::as_str);
        let (Some(name), Some(value)) = (text("name"), text("value")) else {
            continue;
        };
        let given = settings.value(name);
        if let Some(given) = given.filter(|_| !NOT_OF_THE_CHART.contains(&name)) {
            chosen.insert(value.to_owned(), given.into());
        }
    }
    // The pods have it at another path.
    chosen.remove("kubernetesCaFile");
    chosen
}

fn values(chosen: &Map<String, Value>, settings: &Settings, port: u16) -> Result<Value> {
    let secret = settings.value("SESSION_SECRET");
    Ok(json!({
        "image": { "repository": REPOSITORY, "tag": TAG },
        "settings": chosen,
        "sessionSecret": { "value": secret.context("there is no session secret")? },
        "serviceAccount": {
            "name": NAMESPACE,
            "azureWorkloadIdentity": { "projectToken": true },
        },
        "tls": { "existingSecret": "localhost-tls" },
        "service": { "type": "LoadBalancer", "port": port },
        // kubelogin trusts entra-sim's https.
        "extraEnv": [{ "name": "SSL_CERT_FILE", "value": format!("{AUTHORITY}/ca.crt") }],
        "extraVolumes": [{ "name": "entra-sim", "configMap": { "name": "entra-sim" } }],
        "extraVolumeMounts": [{ "name": "entra-sim", "mountPath": AUTHORITY, "readOnly": true }],
    }))
}

/// Runs `command` with this on stdin: secrets must not be arguments.
fn feed(mut command: Command, input: &Value) -> Result<()> {
    let what = process::line(&command);
    let mut child = command
        .stdin(Stdio::piped())
        .spawn()
        .with_context(|| format!("could not start `{what}`"))?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input.to_string().as_bytes())?;
    }
    let status = child.wait()?;
    ensure!(status.success(), "`{what}` failed ({status})");
    Ok(())
}

/// What to type.
pub(super) fn greeting(cluster: &Cluster) -> Vec<String> {
    let tool = |name: &str| cluster.tools.join(name).display().to_string();
    let kubeconfig = cluster.admin_kubeconfig.display();
    vec![
        format!(
            "    release     {} --kubeconfig {kubeconfig} -n {NAMESPACE} list",
            tool("helm")
        ),
        format!(
            "    its pods    {} --kubeconfig {kubeconfig} -n {NAMESPACE} get all",
            tool("kubectl")
        ),
    ]
}
