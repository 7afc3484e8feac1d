//! The programs of a cluster, and their command lines.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;
use serde_json::{Value, json};

use crate::arguments::Arguments;
use crate::configuration::{self, CONTROLLER_MANAGER, NODE};
use crate::pki::{Authority, Certificate, SigningKey};
use crate::ports;

/// Whose members may everything.
const ADMINISTRATORS: &str = "system:masters";
/// Controllers that would write loopback addresses into objects that take none.
const WITHOUT: &str =
    "*,-endpoints-controller,-endpointslice-controller,-endpointslice-mirroring-controller";

/// Knows the command lines. All files are in one directory.
pub(crate) struct Programs {
    binaries: PathBuf,
    directory: PathBuf,
    api_port: u16,
    etcd_port: u16,
    authority: Authority,
    server: Certificate,
    kubelet_client: Certificate,
    service_accounts: SigningKey,
    service_account_issuer: String,
    images: Option<PathBuf>,
    authentication: PathBuf,
    audit_policy: PathBuf,
    controller_manager: PathBuf,
    node: PathBuf,
    administrator: PathBuf,
}

impl Programs {
    /// Makes certificates and configuration.
    pub(crate) fn prepare(arguments: &Arguments, directory: &Path) -> Result<Self> {
        let [api_port, etcd_port] = ports::free(arguments.listen_port)?;
        let url = format!("https://127.0.0.1:{api_port}");
        let authority = Authority::make(directory)?;
        let user = |file: &str, name: &str, group| {
            let certificate = authority.client(file, name, group)?;
            let content = configuration::kubeconfig(&url, &authority.file(), &certificate);
            configuration::write(directory, &format!("{file}.kubeconfig"), &content)
        };
        Ok(Self {
            binaries: std::path::absolute(&arguments.bin_dir)?,
            directory: directory.to_owned(),
            api_port,
            etcd_port,
            server: authority.server("localhost")?,
            kubelet_client: authority.client("kubelet-client", "kube-apiserver", None)?,
            service_accounts: match &arguments.service_account_key {
                Some(file) => SigningKey::given(&std::path::absolute(file)?),
                None => SigningKey::make(directory)?,
            },
            service_account_issuer: arguments.service_account_issuer.clone(),
            images: arguments
                .images
                .as_ref()
                .map(std::path::absolute)
                .transpose()?,
            authentication: configuration::write(
                directory,
                "authentication.json",
                &configuration::authentication(arguments)?,
            )?,
            audit_policy: configuration::write(
                directory,
                "audit-policy.json",
                &configuration::audit_policy(),
            )?,
            controller_manager: user(
                "controller-manager",
                CONTROLLER_MANAGER,
                Some(ADMINISTRATORS),
            )?,
            // It is the scheduler as well, and binds pods.
            node: user("node", NODE, Some(ADMINISTRATORS))?,
            administrator: user("admin", "admin", Some(ADMINISTRATORS))?,
            authority,
        })
    }

    /// What whoever has started this wants to know.
    pub(crate) fn describe(&self) -> Value {
        json!({
            "event": "listening",
            "url": self.url(),
            "ca_file": self.authority.file(),
            "admin_kubeconfig": self.administrator,
            "audit_log": self.audit_log(),
            "localhost_certificate": self.server.certificate,
            "localhost_key": self.server.key,
        })
    }

    /// The administrator's kubeconfig.
    pub(crate) fn administrator(&self) -> &Path {
        &self.administrator
    }

    /// A program in the directory of programs.
    pub(crate) fn binary(&self, name: &str) -> Command {
        let mut command = Command::new(self.binaries.join(name));
        command.current_dir(&self.directory);
        command
    }

    pub(crate) fn etcd(&self) -> Command {
        let mut etcd = self.binary("etcd");
        // The only member: nobody is to find it, and what it keeps does not outlive it.
        let nobody = "http://127.0.0.1:0";
        etcd.arg("--data-dir").arg(self.directory.join("etcd"));
        etcd.args(["--listen-client-urls", &self.etcd_url()]);
        etcd.args(["--advertise-client-urls", &self.etcd_url()]);
        etcd.args(["--listen-peer-urls", nobody]);
        etcd.args(["--initial-advertise-peer-urls", nobody]);
        etcd.args(["--initial-cluster", &format!("default={nobody}")]);
        etcd.arg("--unsafe-no-fsync");
        etcd
    }

    pub(crate) fn api_server(&self) -> Command {
        let mut server = self.binary("kube-apiserver");
        let mut file = |name: &str, path: &Path| {
            server.arg(format!("--{name}={}", path.display()));
        };
        file("tls-cert-file", &self.server.certificate);
        file("tls-private-key-file", &self.server.key);
        file("client-ca-file", &self.authority.file());
        file(
            "kubelet-client-certificate",
            &self.kubelet_client.certificate,
        );
        file("kubelet-client-key", &self.kubelet_client.key);
        file("service-account-key-file", &self.service_accounts.public);
        file(
            "service-account-signing-key-file",
            &self.service_accounts.private,
        );
        file("authentication-config", &self.authentication);
        file("audit-policy-file", &self.audit_policy);
        file("audit-log-path", &self.audit_log());
        server.arg(format!("--etcd-servers={}", self.etcd_url()));
        server.arg(format!("--secure-port={}", self.api_port));
        server.arg(format!(
            "--service-account-issuer={}",
            self.service_account_issuer
        ));
        server.args([
            "--bind-address=127.0.0.1",
            "--authorization-mode=RBAC",
            "--anonymous-auth=false",
            "--kubelet-preferred-address-types=InternalIP",
            // Services of both families are taken, and nothing listens at their addresses.
            "--service-cluster-ip-range=10.0.0.0/24,fd00:10::/112",
            // Nobody in the cluster looks for it, and endpoints take no loopback address.
            "--endpoint-reconciler-type=none",
        ]);
        server
    }

    pub(crate) fn controller_manager(&self) -> Command {
        let mut manager = self.binary("kube-controller-manager");
        let mut file = |name: &str, path: &Path| {
            manager.arg(format!("--{name}={}", path.display()));
        };
        file("kubeconfig", &self.controller_manager);
        file(
            "service-account-private-key-file",
            &self.service_accounts.private,
        );
        file("root-ca-file", &self.authority.file());
        manager.arg(format!("--controllers={WITHOUT}"));
        manager.args(["--leader-elect=false", "--secure-port=0"]);
        // Tests do not wait for a client that spares the API server.
        manager.args(["--kube-api-qps=500", "--kube-api-burst=500"]);
        manager
    }

    pub(crate) fn kubelet(&self) -> Command {
        let mut kubelet = self.binary("kubelet");
        let mut file = |name: &str, path: &Path| {
            kubelet.arg(format!("--{name}={}", path.display()));
        };
        file("kubeconfig", &self.node);
        file("dir", &self.directory.join("pods"));
        file("tls-cert-file", &self.server.certificate);
        file("tls-private-key-file", &self.server.key);
        file("client-ca-file", &self.authority.file());
        if let Some(images) = &self.images {
            file("images", images);
        }
        kubelet.arg(format!(
            "--node-name={}",
            NODE.rsplit(':').next().unwrap_or(NODE)
        ));
        kubelet
    }

    fn url(&self) -> String {
        format!("https://127.0.0.1:{}", self.api_port)
    }

    fn etcd_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.etcd_port)
    }

    fn audit_log(&self) -> PathBuf {
        self.directory.join("audit.log")
    }
}
