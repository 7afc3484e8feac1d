//! A cluster with a proxy, the requests to them, and both ways to the cluster.

use anyhow::{Context, Result};
use e2e::{Browser, Builder, Kubectl, Proxied, Replica, free_port};
use serde_json::{Value, json};

use super::way::Way;
use crate::figures::micros;
use crate::kernel::{Threads, descendant_of};
use crate::sign_in::credential;

/// The small list: config maps of a namespace, 3 kB.
pub(super) const SMALL: &str = "/api/v1/namespaces/bench-small/configmaps?limit=500";
/// The large one: 1 MB.
pub(super) const LARGE: &str = "/api/v1/namespaces/bench-large/configmaps?limit=500";
/// Where pods are.
pub(super) const NAMESPACE: &str = "--namespace=demo";

/// The number of config maps in a list besides the default one, and the bytes of data in each.
const SMALL_LIST: (usize, usize) = (4, 100);
const LARGE_LIST: (usize, usize) = (100, 9_500);
/// Settings: all measured watches belong to one session.
const MAX_STREAMS: (&str, &str) = ("KUBERNETES_MAX_STREAMS", "1000");

/// Everything, started.
pub(super) struct Site {
    pub(super) proxied: Proxied,
    settings: &'static [(&'static str, &'static str)],
    api_server: u32,
    /// Alice's AKS token.
    token: String,
    /// Her credential.
    credential: String,
    /// Straight to the API server.
    pub(super) direct: Way,
    /// Through the proxy.
    pub(super) through: Way,
}

/// The CPU used so far.
pub(super) struct Used {
    process: u32,
    proxy: Threads,
    api_server: Threads,
}

/// CPU time of a proxy and of the API server, in microseconds.
#[derive(Clone, Copy)]
pub(super) struct Cpu {
    pub(super) proxy: f64,
    pub(super) api_server: f64,
}

impl Site {
    /// Starts it; nothing where there is no Kubernetes.
    pub(super) fn start() -> Result<Option<Self>> {
        Self::with(Builder::default(), &[MAX_STREAMS])
    }

    /// The same with other settings.
    pub(super) fn with(
        builder: Builder,
        settings: &'static [(&'static str, &'static str)],
    ) -> Result<Option<Self>> {
        let Some(proxied) = Proxied::with(builder, settings) else {
            return Ok(None);
        };
        let api_server = descendant_of(proxied.kubernetes.id(), "kube-apiserver")?;
        let token = proxied.stack.aks_token("alice");
        let credential = sign_in(&proxied)?.1;
        let direct = Way::new(
            proxied.kubernetes.url(),
            proxied.kubernetes.ca_file(),
            &token,
        )?;
        let through = way(&proxied, proxied.proxy.origin(), &credential)?;
        let site = Self {
            proxied,
            settings,
            api_server,
            token,
            credential,
            direct,
            through,
        };
        site.fill("bench-small", SMALL_LIST)?;
        site.fill("bench-large", LARGE_LIST)?;
        Ok(Some(site))
    }

    /// A new proxy without any requests, and the way through it.
    pub(super) fn fresh_proxy(&self) -> Result<(Replica, Way)> {
        let replica = self.replica()?;
        let way = way(&self.proxied, replica.origin(), &self.credential)?;
        Ok((replica, way))
    }

    /// One more proxy.
    pub(super) fn replica(&self) -> Result<Replica> {
        let kubernetes = &self.proxied.kubernetes;
        let authority = kubernetes.ca_file();
        let ca_file = authority.to_str().context("a path that is no text")?;
        let cluster = [
            ("KUBERNETES_API_URL", kubernetes.url()),
            ("KUBERNETES_CA_FILE", ca_file),
        ];
        let settings = [&cluster, self.settings].concat();
        let certificates = &self.proxied.certificates;
        let stack = &self.proxied.stack;
        Ok(stack.replica_over_tls(free_port(), &settings, certificates, authority))
    }

    /// One more tunnel with these `arguments`, and the component behind it.
    pub(super) fn tunnel(&self, arguments: &[&str]) -> (Replica, Replica) {
        self.proxied.tunnel(self.settings, arguments)
    }

    /// Alice signs in once more: her browser, and the way through `replica` with a credential of this sign-in.
    pub(super) fn sign_in(&self, replica: &Replica) -> Result<(Browser, Way)> {
        let (browser, credential) = sign_in(&self.proxied)?;
        let way = way(&self.proxied, replica.origin(), &credential)?;
        Ok((browser, way))
    }

    /// The administrator changes an object in [`SMALL`]: one event for each watch of it.
    pub(super) fn change(&self, number: usize) -> Result<()> {
        let label = format!("number={number}");
        let ran = self.kubectl().run(&[
            "--namespace=bench-small",
            "label",
            "--overwrite",
            "configmap",
            "map-0",
            &label,
        ]);
        anyhow::ensure!(ran.code == 0, "{}", ran.stderr);
        Ok(())
    }

    /// Alice's kubectl, straight to the API server.
    pub(super) fn kubectl(&self) -> Kubectl {
        self.proxied.kubernetes.direct(&self.token)
    }

    /// Her kubectl through the proxy.
    pub(super) fn kubectl_through(&self) -> Kubectl {
        let url = format!("{}/k8s", self.proxied.proxy.origin());
        let authority = self.proxied.certificates.authority();
        self.proxied
            .kubernetes
            .through(&url, &authority, &self.credential)
    }

    /// The process of `serve`.
    pub(super) fn serve(&self) -> u32 {
        self.proxied.proxy.process.id()
    }

    /// What the proxy in `process` and the API server have used so far.
    pub(super) fn used(&self, process: u32) -> Result<Used> {
        Ok(Used {
            process,
            proxy: Threads::of(process)?,
            api_server: Threads::of(self.api_server)?,
        })
    }

    /// What both have used since `before`.
    pub(super) fn cpu_since(&self, before: &Used) -> Result<Cpu> {
        let now = self.used(before.process)?;
        Ok(Cpu {
            proxy: micros(now.proxy.since(&before.proxy)),
            api_server: micros(now.api_server.since(&before.api_server)),
        })
    }

    fn fill(&self, namespace: &str, (count, bytes): (usize, usize)) -> Result<()> {
        self.proxied.kubernetes.namespace(namespace);
        let items: Vec<Value> = (0..count)
            .map(|number| {
                json!({ "apiVersion": "v1", "kind": "ConfigMap",
                    "metadata": { "name": format!("map-{number}"), "namespace": namespace },
                    "data": { "text": text(number, bytes) } })
            })
            .collect();
        let list = json!({ "apiVersion": "v1", "kind": "List", "items": items }).to_string();
        let create = ["create", "--filename=-"];
        let ran = self.kubectl().run_with(&create, &list);
        anyhow::ensure!(ran.code == 0, "{}", ran.stderr);
        Ok(())
    }
}

/// Alice's browser, and a credential of its sign-in.
fn sign_in(proxied: &Proxied) -> Result<(Browser, String)> {
    let mut browser = proxied.stack.signed_in("alice");
    let kubeconfig = browser.send("POST", "/kubeconfig", &[], "name=bench").body;
    let credential = credential(&kubeconfig)?;
    Ok((browser, credential))
}

fn way(proxied: &Proxied, origin: &str, credential: &str) -> Result<Way> {
    let authority = proxied.certificates.authority();
    Way::new(&format!("{origin}/k8s"), &authority, credential)
}

/// Words that compress about as well as configuration does.
fn text(seed: usize, bytes: usize) -> String {
    let mut state = seed as u64 + 1;
    let mut text = String::new();
    while text.len() < bytes {
        // A Lehmer generator, which is good enough here.
        state = state.wrapping_mul(48_271) % 0x7fff_ffff;
        text += &format!("setting-{state:x}: value {}\n", state % 97);
    }
    text.truncate(bytes);
    text
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use super::text;

    #[test]
    fn a_text_is_as_long_as_it_shall_be() {
        assert_eq!((text(3, 100).len(), text(4, 9_500).len()), (100, 9_500));
        assert_ne!(text(3, 100), text(4, 100));
    }
}
