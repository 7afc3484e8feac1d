//! The command line.

use std::path::PathBuf;

use clap::Parser;

/// Start a Kubernetes on loopback, whose API server trusts entra-sim's tokens for AKS.
///
/// Prints one line of JSON when everything is ready: where the API server is, the authority of its
/// certificate, a kubeconfig of an administrator, the audit log, and a certificate and key for
/// `localhost` of the same authority, for whoever serves beside it. What entra-sim's users may do is
/// in manifests/demo.yaml. SIGTERM ends it, and so does the end of its parent.
#[derive(Clone, Parser)]
#[command(version)]
pub(crate) struct Arguments {
    /// Where kube-apiserver, kube-controller-manager, kubectl, etcd and kubelet are.
    #[arg(long, value_name = "DIRECTORY")]
    pub(crate) bin_dir: PathBuf,

    /// Keep certificates, logs and the containers' files here; what an earlier run left is removed.
    #[arg(long, value_name = "DIRECTORY")]
    pub(crate) dir: PathBuf,

    /// The https origin of entra-sim.
    #[arg(long, value_name = "ORIGIN")]
    pub(crate) issuer: String,

    /// The certificate authority of that origin, in PEM.
    #[arg(long, value_name = "FILE")]
    pub(crate) issuer_ca: PathBuf,

    /// The tenant whose users there are.
    #[arg(long, value_name = "GUID")]
    pub(crate) tenant_id: String,

    /// The application for which tokens have to be.
    #[arg(
        long,
        value_name = "GUID",
        default_value = "6dae42f8-4368-4678-94ff-3960e28e3630"
    )]
    pub(crate) audience: String,

    /// Who issues tokens of service accounts: what a federated credential in Entra names.
    #[arg(
        long,
        value_name = "ORIGIN",
        default_value = "https://kubernetes.default.svc.cluster.local"
    )]
    pub(crate) service_account_issuer: String,

    /// The private key that signs them, in PEM; without it one is made.
    #[arg(long, value_name = "FILE")]
    pub(crate) service_account_key: Option<PathBuf>,

    /// The images whose containers are isolated by runc, in JSON: tools/kubelet/README.md says how.
    #[arg(long, value_name = "FILE")]
    pub(crate) images: Option<PathBuf>,

    /// The API server's port; 0 takes a free one.
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    pub(crate) listen_port: u16,

    /// Be the process that starts the programs, and ends them when its stdin closes.
    #[arg(long, hide = true)]
    pub(crate) inner: bool,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Arguments;

    #[test]
    fn the_command_line_is_well_formed() {
        Arguments::command().debug_assert();
    }
}
