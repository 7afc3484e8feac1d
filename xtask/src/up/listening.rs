//! The lines of our programs when they listen.

use serde_json::Value;

/// The output of a running entra-sim.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Simulator {
    /// Its origin, over http.
    pub(super) origin: String,
    /// The same over https.
    pub(super) tls_origin: String,
    /// The authority behind that.
    pub(super) ca_file: String,
    pub(super) tenant_id: String,
    pub(super) client_id: String,
    /// The projected service-account token, as the kubelet would write it.
    pub(super) federated_token_file: String,
    /// The issuer and key of that token, for a cluster to use.
    pub(super) cluster_issuer: String,
    pub(super) cluster_key_file: String,
}

impl Simulator {
    /// Reads the line that it prints when it listens.
    pub(super) fn from_line(line: &str) -> Option<Self> {
        let event = listening(line)?;
        let text = |name| Some(event.get(name)?.as_str()?.to_owned());
        Some(Self {
            origin: text("http")?,
            tls_origin: text("https")?,
            ca_file: text("ca_file")?,
            tenant_id: text("tenant_id")?,
            client_id: text("client_id")?,
            federated_token_file: text("federated_token_file")?,
            cluster_issuer: text("cluster_issuer")?,
            cluster_key_file: text("cluster_key_file")?,
        })
    }

    #[cfg(test)]
    pub(super) fn example() -> Self {
        Self {
            origin: "http://127.0.0.1:4001".into(),
            tls_origin: "https://localhost:4002".into(),
            ca_file: "/dir/ca.pem".into(),
            tenant_id: "tenant".into(),
            client_id: "client".into(),
            federated_token_file: "/dir/azure-identity-token".into(),
            cluster_issuer: "https://cluster.invalid/".into(),
            cluster_key_file: "/dir/cluster-key.pem".into(),
        }
    }
}

/// A program's line when it listens.
pub(super) fn listening(line: &str) -> Option<Value> {
    let event: Value = serde_json::from_str(line).ok()?;
    (event.get("event")? == "listening").then_some(event)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_simulators_line_is_understood() {
        let line = r#"{"event":"listening","http":"http://127.0.0.1:4001","https":"https://localhost:4002",
            "tenant_id":"tenant","client_id":"client","ca_file":"/dir/ca.pem",
            "federated_token_file":"/dir/azure-identity-token",
            "cluster_issuer":"https://cluster.invalid/","cluster_key_file":"/dir/cluster-key.pem"}"#;
        assert_eq!(Simulator::from_line(line), Some(Simulator::example()));
    }
}
