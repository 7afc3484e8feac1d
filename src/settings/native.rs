//! The settings of the native binary alone. They are no variables of `spin.toml`.

use super::setting::Fallback::{Derived, Required, Value};
use super::setting::{Described, Setting};
use super::values::{kubelogin, parse, redis};
use crate::terms::{Guid, Origin, Secret};

/// A setting of the process that runs kubelogin: `serve` or the sidecar.
pub const KUBELOGIN_BINARY: Setting<String> = Setting {
    name: "KUBELOGIN_BINARY",
    fallback: Value("kubelogin"),
    summary: "Microsoft's kubelogin: a path, or a name that is looked for in PATH. A setting of whoever runs it: `serve`, or the sidecar.",
    example: "/usr/local/bin/kubelogin",
    parse: parse::path,
};

/// As [`KUBELOGIN_BINARY`].
pub const KUBELOGIN_LOGIN: Setting<String> = Setting {
    name: "KUBELOGIN_LOGIN",
    fallback: Value("devicecode"),
    summary: "How kubelogin signs in: `devicecode`. Its other ways need a browser or a password on the proxy's side, or give the proxy's own identity.",
    example: "devicecode",
    parse: kubelogin::login,
};

/// As [`KUBELOGIN_BINARY`].
pub const KUBELOGIN_CLIENT_ID: Setting<Guid> = Setting {
    name: "KUBELOGIN_CLIENT_ID",
    fallback: Value("80faf920-1908-4b52-b5ef-a8e7bedfc67a"),
    summary: "The public application with which kubelogin asks; Microsoft's own, the same in all clouds, needs no consent.",
    example: "80faf920-1908-4b52-b5ef-a8e7bedfc67a",
    parse: parse::guid,
};

/// As [`KUBELOGIN_BINARY`].
pub const KUBELOGIN_ENVIRONMENT: Setting<String> = Setting {
    name: "KUBELOGIN_ENVIRONMENT",
    fallback: Derived("by AUTHORITY_HOST"),
    summary: "The cloud by kubelogin's own name: `AzurePublicCloud`, `AzureUSGovernmentCloud` or `AzureChinaCloud`.",
    example: "AzurePublicCloud",
    parse: kubelogin::environment,
};

/// As [`KUBELOGIN_BINARY`].
pub const KUBELOGIN_AUTHORITY_HOST: Setting<Origin> = Setting {
    name: "KUBELOGIN_AUTHORITY_HOST",
    fallback: Derived("AUTHORITY_HOST"),
    summary: "The origin of Entra for kubelogin, which speaks https only; given only where that is another one.",
    example: "https://login.microsoftonline.us",
    parse: parse::origin,
};

/// As [`KUBELOGIN_BINARY`].
pub const KUBELOGIN_MAX_JOBS: Setting<u64> = Setting {
    name: "KUBELOGIN_MAX_JOBS",
    fallback: Value("20"),
    summary: "So many runs of kubelogin at once; each waits up to 15 minutes for its user.",
    example: "20",
    parse: parse::positive,
};

/// As [`KUBELOGIN_BINARY`].
pub const KUBELOGIN_MAX_QUEUED: Setting<u64> = Setting {
    name: "KUBELOGIN_MAX_QUEUED",
    fallback: Value("100"),
    summary: "So many more may wait for that; whoever comes then is told to come later.",
    example: "100",
    parse: parse::count,
};

/// As [`KUBELOGIN_BINARY`].
pub const KUBELOGIN_MIN_INTERVAL_SECONDS: Setting<u64> = Setting {
    name: "KUBELOGIN_MIN_INTERVAL_SECONDS",
    fallback: Value("10"),
    summary: "The shortest time from one start of kubelogin to the next for one sign-in; whoever comes earlier is told how long to wait. 0 is none.",
    example: "10",
    parse: parse::count,
};

/// A setting of the native binary, which reads the file it names.
pub const AZURE_FEDERATED_TOKEN_FILE: Setting<String> = Setting {
    name: "AZURE_FEDERATED_TOKEN_FILE",
    fallback: Required,
    summary: "The file with the workload-identity token; set by the Azure workload-identity webhook. A setting of the sidecar (and so of `serve`).",
    example: "/var/run/secrets/azure/wi/token/azure-identity-token",
    parse: parse::path,
};

/// A setting of the native binary, which reads the file it names.
pub const KUBERNETES_TOKEN_FILE: Setting<String> = Setting {
    name: "KUBERNETES_TOKEN_FILE",
    fallback: Value("/var/run/secrets/kubernetes.io/serviceaccount/token"),
    summary: "The file with the token of the pod's service account; read only with KUBERNETES_AUTH=impersonate. A setting of the sidecar (and so of `serve`).",
    example: "/var/run/secrets/kubernetes.io/serviceaccount/token",
    parse: parse::path,
};

/// A setting of the tunnel on its own.
pub const COMPONENT_URL: Setting<Origin> = Setting {
    name: "COMPONENT_URL",
    fallback: Required,
    summary: "The origin at which the tunnel reaches the component. A setting of `tunnel`; in `serve` both are one process.",
    example: "https://aks-oauth-proxy.aks-oauth-proxy.svc",
    parse: parse::any_origin,
};

/// As [`COMPONENT_URL`].
pub const COMPONENT_PLAIN_HTTP: Setting<bool> = Setting {
    name: "COMPONENT_PLAIN_HTTP",
    fallback: Value("false"),
    summary: "Whether COMPONENT_URL may be http beyond this machine. Users' credentials go there: `true` says that something else, such as a service mesh, protects the way.",
    example: "true",
    parse: parse::boolean,
};

/// As [`COMPONENT_URL`].
pub const UPSTREAMS_CA_FILE: Setting<String> = Setting {
    name: "UPSTREAMS_CA_FILE",
    fallback: Derived("what browsers trust"),
    summary: "The authorities, besides those that browsers trust, that sign certificates of apps in UPSTREAMS, in PEM. A setting of `tunnel`; `serve` has `[[client_tls]]`.",
    example: "/etc/aks-oauth-proxy/apps-ca.crt",
    parse: parse::path,
};

/// A setting of the process that runs the tunnel: `serve` or `tunnel`.
pub const TUNNEL_ORIGINS: Setting<Vec<Origin>> = Setting {
    name: "TUNNEL_ORIGINS",
    fallback: Derived("KUBERNETES_API_URL"),
    summary: "The origins of the API server to which the tunnel connects, whatever it is asked for.",
    example: "https://kubernetes.default.svc",
    parse: parse::origins,
};

/// As [`TUNNEL_ORIGINS`].
pub const KUBERNETES_CA_FILE: Setting<String> = Setting {
    name: "KUBERNETES_CA_FILE",
    fallback: Derived("the service account's `ca.crt` if it is there, else what browsers trust"),
    summary: "The authorities that sign the API server's certificate, in PEM, for the tunnel.",
    example: "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt",
    parse: parse::path,
};

/// As [`TUNNEL_ORIGINS`].
pub const KUBERNETES_VIA_PROXY: Setting<bool> = Setting {
    name: "KUBERNETES_VIA_PROXY",
    fallback: Value("false"),
    summary: "Whether the API server too is reached by way of HTTPS_PROXY, as where this runs outside the cluster; NO_PROXY counts. A setting of `serve` and `tunnel`.",
    example: "true",
    parse: parse::boolean,
};

/// As [`TUNNEL_ORIGINS`].
pub const TUNNEL_MAX_CONNECTIONS: Setting<u64> = Setting {
    name: "TUNNEL_MAX_CONNECTIONS",
    fallback: Value("200"),
    summary: "So many upgraded connections (exec, attach, port-forward, WebSocket) at once.",
    example: "200",
    parse: parse::positive,
};

/// As [`TUNNEL_ORIGINS`].
pub const TUNNEL_MAX_REQUESTS: Setting<u64> = Setting {
    name: "TUNNEL_MAX_REQUESTS",
    fallback: Value("10000"),
    summary: "So many plain requests to the API server and to apps at once, watches among them.",
    example: "10000",
    parse: parse::positive,
};

/// As [`TUNNEL_ORIGINS`].
pub const TUNNEL_IDLE_TIMEOUT_SECONDS: Setting<u64> = Setting {
    name: "TUNNEL_IDLE_TIMEOUT_SECONDS",
    fallback: Value("14400"),
    summary: "An upgraded connection on which no byte has moved for so long ends; the default is the kubelet's own.",
    example: "14400",
    parse: parse::seconds,
};

/// As [`TUNNEL_ORIGINS`].
pub const TUNNEL_ABSOLUTE_TIMEOUT_SECONDS: Setting<u64> = Setting {
    name: "TUNNEL_ABSOLUTE_TIMEOUT_SECONDS",
    fallback: Value("86400"),
    summary: "An upgraded connection ends so long after it began.",
    example: "86400",
    parse: parse::seconds,
};

/// A setting of `serve`, for the stores of the type `redis` in `runtime-config.toml`.
pub const REDIS_USERNAME: Setting<String> = Setting {
    name: "REDIS_USERNAME",
    fallback: Derived("the one in the address; with REDIS_ENTRA the object id in the token"),
    summary: "The user at a Redis that `runtime-config.toml` names. A setting of `serve`, as all REDIS_…: Spin knows the address only.",
    example: "aks-oauth-proxy",
    parse: redis::name,
};

/// As [`REDIS_USERNAME`].
pub const REDIS_PASSWORD: Setting<Secret> = Setting {
    name: "REDIS_PASSWORD",
    fallback: Derived("the one in the address"),
    summary: "The password of that user, where it is not in the address.",
    example: "the output of: openssl rand -hex 32",
    parse: redis::password,
};

/// As [`REDIS_USERNAME`].
pub const REDIS_PASSWORD_FILE: Setting<String> = Setting {
    name: "REDIS_PASSWORD_FILE",
    fallback: Derived("none"),
    summary: "The file with that password. It is read for each new connection, so a password can be changed without a restart.",
    example: "/etc/aks-oauth-proxy/redis/password",
    parse: parse::path,
};

/// As [`REDIS_USERNAME`].
pub const REDIS_ENTRA: Setting<bool> = Setting {
    name: "REDIS_ENTRA",
    fallback: Value("false"),
    summary: "Whether the password is a token of Entra, got by workload identity, as Azure Managed Redis and Azure Cache for Redis take it. It is renewed, and sent again, before it ends.",
    example: "true",
    parse: parse::boolean,
};

/// As [`REDIS_USERNAME`].
pub const REDIS_ENTRA_CLIENT_ID: Setting<Guid> = Setting {
    name: "REDIS_ENTRA_CLIENT_ID",
    fallback: Derived("CLIENT_ID"),
    summary: "With REDIS_ENTRA, the client id of the registration or managed identity that Redis knows. It needs a federated credential for the proxy's service account.",
    example: "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
    parse: parse::guid,
};

/// As [`REDIS_USERNAME`].
pub const REDIS_ENTRA_SCOPE: Setting<String> = Setting {
    name: "REDIS_ENTRA_SCOPE",
    fallback: Value("https://redis.azure.com/.default"),
    summary: "With REDIS_ENTRA, for what the token is.",
    example: "https://redis.azure.com/.default",
    parse: redis::scope,
};

/// As [`REDIS_USERNAME`].
pub const REDIS_SENTINELS: Setting<Vec<String>> = Setting {
    name: "REDIS_SENTINELS",
    fallback: Derived("none: the address is the primary's"),
    summary: "The Sentinels that know which Redis is the primary. TLS, user and database are then those of the address, its host is not asked.",
    example: "sentinel-0.redis:26379 sentinel-1.redis:26379",
    parse: redis::sentinels,
};

/// As [`REDIS_USERNAME`].
pub const REDIS_SENTINEL_SERVICE: Setting<String> = Setting {
    name: "REDIS_SENTINEL_SERVICE",
    fallback: Value("mymaster"),
    summary: "What the Sentinels call the primary.",
    example: "mymaster",
    parse: redis::name,
};

/// As [`REDIS_USERNAME`].
pub const REDIS_SENTINEL_PASSWORD: Setting<Secret> = Setting {
    name: "REDIS_SENTINEL_PASSWORD",
    fallback: Derived("none"),
    summary: "The password of the Sentinels themselves.",
    example: "the output of: openssl rand -hex 32",
    parse: redis::password,
};

/// As [`REDIS_USERNAME`].
pub const REDIS_WAIT_REPLICAS: Setting<u64> = Setting {
    name: "REDIS_WAIT_REPLICAS",
    fallback: Value("0"),
    summary: "A write counts only when so many replicas of Redis have it too. With all of them a fail-over loses nothing; while one is away, nobody can sign in or out.",
    example: "1",
    parse: redis::replicas,
};

/// The settings of the native binary alone, in the order of the documentation.
pub const NATIVE: &[&dyn Described] = &[
    &AZURE_FEDERATED_TOKEN_FILE,
    &KUBELOGIN_BINARY,
    &KUBELOGIN_LOGIN,
    &KUBELOGIN_CLIENT_ID,
    &KUBELOGIN_ENVIRONMENT,
    &KUBELOGIN_AUTHORITY_HOST,
    &KUBELOGIN_MAX_JOBS,
    &KUBELOGIN_MAX_QUEUED,
    &KUBELOGIN_MIN_INTERVAL_SECONDS,
    &KUBERNETES_TOKEN_FILE,
    &COMPONENT_URL,
    &COMPONENT_PLAIN_HTTP,
    &UPSTREAMS_CA_FILE,
    &TUNNEL_ORIGINS,
    &KUBERNETES_CA_FILE,
    &KUBERNETES_VIA_PROXY,
    &TUNNEL_MAX_CONNECTIONS,
    &TUNNEL_MAX_REQUESTS,
    &TUNNEL_IDLE_TIMEOUT_SECONDS,
    &TUNNEL_ABSOLUTE_TIMEOUT_SECONDS,
    &REDIS_USERNAME,
    &REDIS_PASSWORD,
    &REDIS_PASSWORD_FILE,
    &REDIS_ENTRA,
    &REDIS_ENTRA_CLIENT_ID,
    &REDIS_ENTRA_SCOPE,
    &REDIS_SENTINELS,
    &REDIS_SENTINEL_SERVICE,
    &REDIS_SENTINEL_PASSWORD,
    &REDIS_WAIT_REPLICAS,
];
