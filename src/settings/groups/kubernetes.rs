//! The API server, and what users get for it.

use std::time::Duration;

use kubernetes_host::KubernetesHost;

use super::lifetimes::Lifetimes;
use super::site::Site;
use crate::settings::reader::Reader;
use crate::settings::table;
use crate::settings::values::kubernetes::{KubernetesAuth, UserClaim};
use crate::settings::values::pattern::NamePattern;
use crate::terms::{Origin, Secret};

/// What a cluster is told of users, with `KUBERNETES_AUTH=impersonate`.
#[derive(Clone, Debug)]
pub struct Naming {
    /// The claim by which it knows them.
    pub claim: UserClaim,
    /// The prefix of their names.
    pub user_prefix: String,
    /// The prefix of the ids of their groups.
    pub group_prefix: String,
    /// Whether they may name somebody else (`kubectl --as`), if the cluster allows it.
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

/// The API server, and how it is called.
#[derive(Clone, Debug)]
pub struct KubernetesSettings {
    /// Its origin.
    pub api_url: Origin,
    /// As whom requests go to it.
    pub auth: KubernetesAuth,
    /// What it is told of users whose token it does not get.
    pub naming: Naming,
    /// Whether bearer tokens that are JWTs are passed on unchanged.
    pub passthrough: bool,
    /// The most requests that last of one person at once.
    pub streams: u64,
    /// The longest body of a request, in bytes.
    pub body: u64,
    /// The time to connect.
    pub connect: Duration,
    /// The time until its answer begins.
    pub silence: Duration,
    /// How long an unused credential lives, in seconds; nothing if that is not limited.
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

/// Reads `KUBERNETES_HOST`: nothing if there is none.
pub fn kubernetes_host(site: Option<&Site>, reader: &mut Reader<'_>) -> Option<KubernetesHost> {
    let host = reader.read_optional(&table::KUBERNETES_HOST)?;
    if site.is_some_and(|site| host.is(site.origin.host())) {
        let what = "is the host of REDIRECT_URI, whose own pages nobody could reach any more";
        reader.fault(&table::KUBERNETES_HOST, what);
    }
    Some(host)
}

/// How kubeconfigs are made.
#[derive(Clone, Debug)]
pub struct KubeconfigSettings {
    /// The cluster's name in them.
    pub cluster: NamePattern,
    /// The context's name in them.
    pub context: NamePattern,
    /// The user's name in them.
    pub user: NamePattern,
    /// The authority that signed the certificate of `PUBLIC_URL`, in PEM, if it is not public.
    pub public_ca: Option<String>,
    /// How long their credentials last, in seconds.
    pub lifetime: u64,
}

impl KubeconfigSettings {
    /// Reads `KUBECONFIG_…` and `PUBLIC_CA`. Credentials last at most as long as a session.
    pub fn read(lifetimes: Option<&Lifetimes>, reader: &mut Reader<'_>) -> Option<Self> {
        let cluster = reader.read(&table::KUBECONFIG_CLUSTER);
        let context = reader.read(&table::KUBECONFIG_CONTEXT);
        let user = reader.read(&table::KUBECONFIG_USER);
        let public_ca = reader.read_optional(&table::PUBLIC_CA);
        let lifetime = reader.read_optional(&table::KUBECONFIG_LIFETIME_SECONDS);
        let longest = lifetimes?.absolute;
        if lifetime.is_some_and(|lifetime| lifetime > longest) {
            reader.fault(
                &table::KUBECONFIG_LIFETIME_SECONDS,
                "is longer than SESSION_ABSOLUTE_TIMEOUT_SECONDS",
            );
        }
        Some(Self {
            cluster: cluster?,
            context: context?,
            user: user?,
            public_ca,
            lifetime: lifetime.unwrap_or(longest),
        })
    }
}

/// The token that the tunnel presents at the internal route; nothing if there is no tunnel.
pub fn tunnel_token(reader: &mut Reader<'_>) -> Option<Option<Secret>> {
    let before = reader.faults();
    let token = reader.read_optional(&table::TUNNEL_TOKEN);
    (reader.faults() == before).then_some(token)
}
