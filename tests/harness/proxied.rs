//! A cluster behind the proxy.

use std::fs;

use serde_json::Value;

use crate::serve::free_port;
use crate::{Browser, Builder, Certificates, Ingress, Kubectl, Kubernetes, Replica, Stack};

/// The bearer between the component and the tunnel of [`Proxied::behind_a_tunnel`].
pub const TUNNEL_TOKEN: &str = "what-tunnel-and-component-share-0123456789";

/// A stack whose proxy is in front of a cluster. Users sign in at one replica in the clear. kubectl sends no
/// credential in the clear, so it uses another replica over TLS.
pub struct Proxied {
    /// The replica for kubectl.
    pub proxy: Replica,
    /// The component behind it, if that is a tunnel.
    pub component: Option<Replica>,
    /// The cluster.
    pub kubernetes: Kubernetes,
    /// The stack for signing in.
    pub stack: Stack,
    /// The certificate of `proxy`, and its authority.
    pub certificates: Certificates,
}

impl Proxied {
    /// With the default settings.
    pub fn start() -> Option<Self> {
        Self::with(Builder::default(), &[])
    }

    /// With another stack, and settings for the replica in front of the cluster.
    pub fn with(builder: Builder, settings: &[(&str, &str)]) -> Option<Self> {
        Self::at(free_port(), builder, settings)
    }

    /// For kubectl, the API server is at `/` of its own host.
    pub fn on_a_host_of_its_own() -> Option<Self> {
        let port = free_port();
        let host = format!("localhost:{port}");
        let builder = Builder::default().setting("KUBERNETES_HOST", &host);
        Self::at(port, builder, &[])
    }

    fn at(port: u16, builder: Builder, settings: &[(&str, &str)]) -> Option<Self> {
        let certificates = Certificates::make();
        let (stack, kubernetes) = beside_a_cluster(builder, port, &certificates)?;
        let trusted = kubernetes.ca_file();
        let settings = [&led_to(&kubernetes), settings].concat();
        let proxy = stack.replica_over_tls(port, &settings, &certificates, trusted);
        Some(Self {
            proxy,
            component: None,
            kubernetes,
            stack,
            certificates,
        })
    }

    /// With `aks-oauth-proxy tunnel` in front of a replica that speaks plain http, as on SpinKube.
    pub fn behind_a_tunnel() -> Option<Self> {
        let certificates = Certificates::make();
        let port = free_port();
        let (stack, kubernetes) = beside_a_cluster(Builder::default(), port, &certificates)?;
        let (proxy, component) = tunnel(port, &stack, &kubernetes, &certificates, &[], &[]);
        Some(Self {
            proxy,
            component: Some(component),
            kubernetes,
            stack,
            certificates,
        })
    }

    /// One more tunnel, over TLS with these `arguments`, and its own component behind it. Both have these
    /// `settings`.
    pub fn tunnel(&self, settings: &[(&str, &str)], arguments: &[&str]) -> (Replica, Replica) {
        let (stack, kubernetes, certificates) = (&self.stack, &self.kubernetes, &self.certificates);
        let port = free_port();
        tunnel(port, stack, kubernetes, certificates, settings, arguments)
    }

    /// With an ingress for kubectl, in front of a replica that may be replaced.
    pub fn behind_an_ingress(builder: Builder) -> Option<(Self, Ingress)> {
        let certificates = Certificates::make();
        let ingress = Ingress::start();
        let (_, port) = ingress.address().split_once(':').unwrap();
        let port = port.parse().unwrap();
        let (stack, kubernetes) = beside_a_cluster(builder, port, &certificates)?;
        let proxy = replica(&stack, &kubernetes, &certificates);
        let proxied = Self {
            proxy,
            component: None,
            kubernetes,
            stack,
            certificates,
        };
        ingress.add(proxied.proxy.host());
        Some((proxied, ingress))
    }

    /// Replaces the replica behind `ingress` by another; the old one ends.
    pub fn replace(&mut self, ingress: &Ingress) {
        let next = replica(&self.stack, &self.kubernetes, &self.certificates);
        ingress.add(next.host());
        let mut old = std::mem::replace(&mut self.proxy, next);
        old.process.terminate();
        old.process.line("\"draining\"");
        ingress.remove(old.host());
        assert!(old.process.wait().success(), "{}", old.process.output());
    }

    /// A kubectl with a kubeconfig downloaded by `browser`.
    pub fn kubectl(&self, browser: &mut Browser) -> Kubectl {
        self.kubectl_named(browser, "test")
    }

    /// The same, with a name for its credential.
    pub fn kubectl_named(&self, browser: &mut Browser, name: &str) -> Kubectl {
        let form = format!("name={name}");
        let kubeconfig = browser.send("POST", "/kubeconfig", &[], &form);
        assert_eq!(kubeconfig.status, 200, "{kubeconfig:?}");
        let kubectl = self.kubernetes.kubectl("".as_ref());
        let file = kubectl.directory().join("kubeconfig");
        fs::write(&file, kubeconfig.body).unwrap();
        kubectl.with(file)
    }

    /// The doctor's report on this installation, with these settings besides.
    pub fn examined(&self, settings: &[(&str, &str)]) -> Value {
        let settings = [&led_to(&self.kubernetes), settings].concat();
        self.stack.examined(&settings, self.kubernetes.ca_file())
    }

    /// The credential in a kubeconfig of `user`, who has consented and signs in.
    pub fn bearer_of(&self, user: &str) -> String {
        let view = [
            "config",
            "view",
            "--raw",
            "--output=jsonpath={.users[0].user.token}",
        ];
        self.kubectl_of(user).succeed(&view)
    }

    /// A kubectl of `user`, who has consented and signs in.
    pub fn kubectl_of(&self, user: &str) -> Kubectl {
        self.stack.consent(user);
        self.kubectl(&mut self.stack.signed_in(user))
    }
}

/// A stack and its cluster; kubeconfigs point to `port`.
fn beside_a_cluster(
    builder: Builder,
    port: u16,
    certificates: &Certificates,
) -> Option<(Stack, Kubernetes)> {
    let authority = fs::read_to_string(certificates.authority()).unwrap();
    let stack = builder
        .setting("EXPOSE_ACCESS_TOKEN", "true")
        .setting("PUBLIC_URL", &format!("https://localhost:{port}"))
        .setting("PUBLIC_CA", &authority)
        .start();
    let kubernetes = Kubernetes::start(&stack)?;
    Some((stack, kubernetes))
}

/// A replica in front of `kubernetes`, over TLS.
fn replica(stack: &Stack, kubernetes: &Kubernetes, certificates: &Certificates) -> Replica {
    let settings = led_to(kubernetes);
    stack.replica_over_tls(free_port(), &settings, certificates, kubernetes.ca_file())
}

/// A tunnel in front of `kubernetes`, over TLS with these `arguments`, and a component behind it. Both have these
/// `settings`.
fn tunnel(
    port: u16,
    stack: &Stack,
    kubernetes: &Kubernetes,
    certificates: &Certificates,
    settings: &[(&str, &str)],
    arguments: &[&str],
) -> (Replica, Replica) {
    let shared = [("TUNNEL_TOKEN", TUNNEL_TOKEN)];
    let settings = [&led_to(kubernetes)[..], &shared, settings].concat();
    let component = stack.replica_trusting(&settings, kubernetes.ca_file());
    let origin = component.origin();
    let tunnel = Replica::tunnel_with(port, origin, &settings, Some(certificates), arguments);
    (tunnel, component)
}

/// The settings of a proxy in front of `kubernetes`.
fn led_to(kubernetes: &Kubernetes) -> [(&str, &str); 2] {
    [
        ("KUBERNETES_API_URL", kubernetes.url()),
        ("KUBERNETES_CA_FILE", kubernetes.ca_file().to_str().unwrap()),
    ]
}
