//! The API server, and what is handed out for it.

use std::time::Duration;

use super::lifetimes::Lifetimes;
use crate::settings::reader::Reader;
use crate::settings::table;
use crate::settings::values::kubernetes::{KubernetesAuth, UserClaim};
use crate::terms::{Origin, Secret};

/// What a cluster is told of users, with `KUBERNETES_AUTH=impersonate`.
#[derive(Clone, Debug)]
pub struct Naming {
    /// By which claim it knows them.
    pub claim: UserClaim,
    /// What stands before their names.
    pub user_prefix: String,
    /// What stands before the ids of their groups.
    pub group_prefix: String,
    /// Whether they may name somebody else (`kubectl --as`), if the cluster lets them.
    pub client_impersonation: bool,
}

impl Naming {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let claim = reader.read(&table::KUBERNETES_USER_CLAIM);
        let user_prefix = reader.read_optional(&table::KUBERNETES_USER_PREFIX);
        let group_prefix = reader.read_optional(&table::KUBERNETES_GROUP_PREFIX);
        let client_impersonation = reader.read(&table::KUBERNETES_CLIENT_IMPERSONATION);
        Some(Self {
            claim: claim?,
            user_prefix: user_prefix.unwrap_or_default(),
            group_prefix: group_prefix.unwrap_or_default(),
            client_impersonation: client_impersonation?,
        })
    }
}

/// The API server, and how it is asked.
#[derive(Clone, Debug)]
pub struct KubernetesSettings {
    /// Its origin.
    pub api_url: Origin,
    /// As whom.
    pub auth: KubernetesAuth,
    /// What it is told of users whose token it does not get.
    pub naming: Naming,
    /// Whether bearers that are JWTs go on as they are.
    pub passthrough: bool,
    /// So many long answers of one session at once.
    pub streams: u64,
    /// The longest body of a request, in bytes.
    pub body: u64,
    /// Until the connection stands.
    pub connect: Duration,
    /// Until its answer begins.
    pub silence: Duration,
    /// A credential that is not used for so many seconds ends, if that is asked for.
    pub idle: Option<u64>,
}

impl KubernetesSettings {
    /// Reads `KUBERNETES_…` and `KUBECONFIG_IDLE_TIMEOUT_SECONDS`.
    pub fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let api_url = reader.read(&table::KUBERNETES_API_URL);
        let auth = reader.read(&table::KUBERNETES_AUTH);
        let naming = Naming::read(reader);
        let passthrough = reader.read(&table::KUBERNETES_TOKEN_PASSTHROUGH);
        let streams = reader.read(&table::KUBERNETES_MAX_STREAMS);
        let body = reader.read(&table::KUBERNETES_MAX_BODY_BYTES);
        let connect = reader.read(&table::KUBERNETES_CONNECT_TIMEOUT_SECONDS);
        let silence = reader.read(&table::KUBERNETES_RESPONSE_TIMEOUT_SECONDS);
        let idle = reader.read(&table::KUBECONFIG_IDLE_TIMEOUT_SECONDS);
        Some(Self {
            api_url: api_url?,
            auth: auth?,
            naming: naming?,
            passthrough: passthrough?,
            streams: streams?,
            body: body?,
            connect: Duration::from_secs(connect?),
            silence: Duration::from_secs(silence?),
            idle: idle.map(|seconds| (seconds > 0).then_some(seconds))?,
        })
    }
}

/// How kubeconfigs are made.
#[derive(Clone, Debug)]
pub struct KubeconfigSettings {
    /// What the cluster is called in them.
    pub cluster: String,
    /// What the context is called in them.
    pub context: String,
    /// The authority that signed the certificate of `PUBLIC_URL`, in PEM, if it is not a public one.
    pub public_ca: Option<String>,
    /// For how many seconds their credentials last.
    pub lifetime: u64,
}

impl KubeconfigSettings {
    /// Reads `KUBECONFIG_…` and `PUBLIC_CA`; credentials last at most as long as a session.
    pub fn read(lifetimes: Option<&Lifetimes>, reader: &mut Reader<'_>) -> Option<Self> {
        let cluster = reader.read(&table::KUBECONFIG_CLUSTER);
        let context = reader.read_optional(&table::KUBECONFIG_CONTEXT);
        let public_ca = reader.read_optional(&table::PUBLIC_CA);
        let lifetime = reader.read_optional(&table::KUBECONFIG_LIFETIME_SECONDS);
        let longest = lifetimes?.absolute;
        if lifetime.is_some_and(|lifetime| lifetime > longest) {
            reader.fault(
                &table::KUBECONFIG_LIFETIME_SECONDS,
                "is longer than SESSION_ABSOLUTE_TIMEOUT_SECONDS",
            );
        }
        let cluster = cluster?;
        Some(Self {
            context: context.unwrap_or_else(|| cluster.clone()),
            cluster,
            public_ca,
            lifetime: lifetime.unwrap_or(longest),
        })
    }
}

/// What the tunnel presents at the internal route; nothing where there is no tunnel.
pub fn tunnel_token(reader: &mut Reader<'_>) -> Option<Option<Secret>> {
    let before = reader.faults();
    let token = reader.read_optional(&table::TUNNEL_TOKEN);
    (reader.faults() == before).then_some(token)
}
