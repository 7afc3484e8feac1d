//! A cluster, and the way to it through the proxy.

use std::fs;

use crate::serve::free_port;
use crate::{Browser, Builder, Certificates, Kubectl, Kubernetes, Replica, Stack};

/// A stack whose proxy leads to a cluster: people sign in at one replica, in the clear, and kubectl,
/// which sends no credential in the clear, is led to another one over TLS.
pub struct Proxied {
    /// Where kubectl is led to.
    pub proxy: Replica,
    /// The cluster.
    pub kubernetes: Kubernetes,
    /// Where people sign in.
    pub stack: Stack,
    /// The certificate of `proxy`, and its authority.
    pub certificates: Certificates,
}

impl Proxied {
    /// With the settings that every test has.
    pub fn start() -> Option<Self> {
        Self::with(Builder::default(), &[])
    }

    /// With a stack that is different, and settings for the replica that leads to the cluster.
    pub fn with(builder: Builder, settings: &[(&str, &str)]) -> Option<Self> {
        let certificates = Certificates::make();
        let port = free_port();
        let public_url = format!("https://localhost:{port}");
        let authority = fs::read_to_string(certificates.authority()).unwrap();
        let stack = builder
            .setting("EXPOSE_ACCESS_TOKEN", "true")
            .setting("PUBLIC_URL", &public_url)
            .setting("PUBLIC_CA", &authority)
            .start();
        let kubernetes = Kubernetes::start(&stack)?;
        let ca_file = kubernetes.ca_file().to_str().unwrap().to_owned();
        let cluster = [
            ("KUBERNETES_API_URL", kubernetes.url()),
            ("KUBERNETES_CA_FILE", ca_file.as_str()),
        ];
        let settings = [&cluster, settings].concat();
        let trusted = kubernetes.ca_file();
        let proxy = stack.replica_over_tls(port, &settings, &certificates, trusted);
        Some(Self {
            proxy,
            kubernetes,
            stack,
            certificates,
        })
    }

    /// A kubectl with a kubeconfig that `browser` has downloaded.
    pub fn kubectl(&self, browser: &mut Browser) -> Kubectl {
        let kubeconfig = browser.send("POST", "/kubeconfig", &[], "name=test");
        assert_eq!(kubeconfig.status, 200, "{kubeconfig:?}");
        let kubectl = self.kubernetes.kubectl("".as_ref());
        let file = kubectl.directory().join("kubeconfig");
        fs::write(&file, kubeconfig.body).unwrap();
        kubectl.with(file)
    }

    /// A kubectl of `user`, who has consented and signs in.
    pub fn kubectl_of(&self, user: &str) -> Kubectl {
        self.stack.consent(user);
        self.kubectl(&mut self.stack.signed_in(user))
    }
}
