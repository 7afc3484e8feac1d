//! kube-oidc-proxy, by the flags of its source (`cmd/app/options`) and of the Kubernetes libraries that
//! it takes more of them from.

use crate::how;
use crate::row::Takes::{Nothing, One, Several};
use crate::row::{Program, Row, Section, always, becomes, elsewhere, nothing};

/// kube-oidc-proxy.
pub const KUBE_OIDC_PROXY: Program = Program {
    name: "kube-oidc-proxy",
    release: "1.0.11",
    has_file: false,
    sections: &[
        Section {
            title: "OIDC",
            rows: OIDC,
        },
        Section {
            title: "Identity at the API server",
            rows: IDENTITY,
        },
        Section {
            title: "Listening, TLS, probes",
            rows: LISTENING,
        },
        Section {
            title: "The way to the API server",
            rows: API_SERVER,
        },
        Section {
            title: "Audit and log",
            rows: AUDIT,
        },
    ],
    presets: &[("KUBERNETES_AUTH", "impersonate")],
    to_do: &[
        "KUBERNETES_AUTH=impersonate keeps the way of kube-oidc-proxy; on a cluster that takes Entra's tokens, as AKS does, leave it out",
        "CLIENT_ID must be a registration of the platform \"Web\" with a federated credential; REDIRECT_URI is https://YOUR-HOST/callback (docs/install-aks.md)",
        "make a session secret, `openssl rand -hex 32`: SESSION_SECRET, in the chart sessionSecret.value or sessionSecret.existingSecret",
        "write the subjects of role bindings anew where user names change: without --oidc-username-prefix kube-oidc-proxy puts the issuer and # before them",
    ],
};

const OIDC: &[Row] = &[
    becomes(
        &["oidc-issuer-url"],
        One,
        &["TENANT_ID", "AUTHORITY_HOST"],
        how::issuer,
        "The issuer's tenant and cloud. Microsoft Entra alone signs people in here",
    ),
    becomes(
        &["oidc-client-id"],
        One,
        &["CLIENT_ID"],
        how::client_id,
        "There it is the audience of users' tokens. Here it is a registration of the platform \"Web\", which signs people in",
    ),
    elsewhere(
        &["oidc-ca-file"],
        One,
        "`[[client_tls]]` in `runtime-config.toml`",
    ),
    always(
        &["oidc-signing-algs"],
        Several,
        "RS256 with a key of the tenant",
    ),
    nothing(
        &["oidc-required-claim"],
        One,
        "kube-oidc-proxy takes the flag and never compares (1.0.11). `ALLOWED_GROUPS`, `ALLOWED_ROLES` and `ALLOWED_USERS` say who may sign in",
    ),
];

const IDENTITY: &[Row] = &[
    becomes(
        &["oidc-username-claim"],
        One,
        &["KUBERNETES_USER_CLAIM"],
        how::user_claim,
        "`upn` or `oid`. Guests are always known by object id",
    ),
    becomes(
        &["oidc-username-prefix"],
        One,
        &["KUBERNETES_USER_PREFIX"],
        how::user_prefix,
        "A prefix that begins with `system:` is refused",
    ),
    becomes(
        &["oidc-groups-claim"],
        One,
        &[],
        how::groups_claim,
        "Always `groups`: object ids",
    ),
    becomes(
        &["oidc-groups-prefix"],
        One,
        &["KUBERNETES_GROUP_PREFIX"],
        how::group_prefix,
        "A prefix that begins with `system:` is refused",
    ),
    becomes(
        &["disable-impersonation"],
        Nothing,
        &["KUBERNETES_AUTH"],
        how::no_impersonation,
        "`token`: the user's own token goes on. There the token is dropped",
    ),
    becomes(
        &["token-passthrough"],
        Nothing,
        &["KUBERNETES_TOKEN_PASSTHROUGH"],
        how::passthrough,
        "A bearer that is a JWT goes on. No TokenReview is asked: the API server decides itself",
    ),
    nothing(
        &["token-passthrough-audiences"],
        Several,
        "the API server knows its own audiences",
    ),
    nothing(
        &["extra-user-header-client-ip"],
        Nothing,
        "client addresses go nowhere, into no log line either",
    ),
    nothing(
        &["extra-user-headers"],
        Several,
        "`Impersonate-Extra-…` has object id and tenant, and nothing else",
    ),
];

const LISTENING: &[Row] = &[
    elsewhere(
        &[
            "bind-address",
            "secure-port",
            "tls-cert-file",
            "tls-private-key-file",
            "cert-dir",
        ],
        One,
        "`serve --listen ADDRESS --tls-cert FILE --tls-key FILE`, in the chart `tls.existingSecret`",
    ),
    nothing(
        &["tls-sni-cert-key"],
        Several,
        "one certificate for a listener",
    ),
    always(&["tls-min-version"], One, "TLS 1.2 and 1.3"),
    always(
        &["tls-cipher-suites", "tls-curve-preferences"],
        Several,
        "those of rustls, with forward secrecy",
    ),
    always(&["http2-max-streams-per-connection"], One, "250"),
    nothing(
        &[
            "permit-port-sharing",
            "permit-address-sharing",
            "disable-http2-serving",
        ],
        Nothing,
        "no such switch",
    ),
    elsewhere(
        &["readiness-probe-port"],
        One,
        "`/readyz` at the port of everything else",
    ),
    always(&["flush-interval"], One, "what comes goes on at once"),
];

const API_SERVER: &[Row] = &[
    becomes(
        &["server"],
        One,
        &["KUBERNETES_API_URL"],
        how::api_server,
        "An origin",
    ),
    elsewhere(
        &["certificate-authority"],
        One,
        "`[[client_tls]]` in `runtime-config.toml`; `KUBERNETES_CA_FILE` for the tunnel",
    ),
    elsewhere(
        &["token"],
        One,
        "`KUBERNETES_TOKEN_FILE`, for impersonation; by default the pod's own",
    ),
    nothing(
        &[
            "kubeconfig",
            "cluster",
            "context",
            "user",
            "namespace",
            "tls-server-name",
            "client-certificate",
            "client-key",
            "as-uid",
        ],
        One,
        "the proxy needs no kubeconfig",
    ),
    nothing(
        &["insecure-skip-tls-verify"],
        Nothing,
        "certificates are always checked",
    ),
    elsewhere(
        &["request-timeout"],
        One,
        "`KUBERNETES_RESPONSE_TIMEOUT_SECONDS`, until an answer begins",
    ),
    always(
        &["disable-compression"],
        Nothing,
        "bodies go on as they are",
    ),
    nothing(
        &["kube-client-qps", "kube-client-burst"],
        One,
        "requests are limited by person (`KUBERNETES_MAX_STREAMS`) and by client address",
    ),
];

const AUDIT: &[Row] = &[
    nothing(
        &[
            "audit-policy-file",
            "audit-log-path",
            "audit-log-format",
            "audit-log-version",
            "audit-log-maxage",
            "audit-log-maxbackup",
            "audit-log-maxsize",
            "audit-log-mode",
            "audit-log-batch-buffer-size",
            "audit-log-batch-max-size",
            "audit-log-batch-max-wait",
            "audit-log-batch-throttle-qps",
            "audit-log-batch-throttle-burst",
            "audit-log-truncate-max-batch-size",
            "audit-log-truncate-max-event-size",
        ],
        One,
        "each request leaves one line in the log (docs/logging.md), refused ones too; bodies are in the API server's own audit log",
    ),
    nothing(
        &[
            "audit-log-compress",
            "audit-log-batch-throttle-enable",
            "audit-log-truncate-enabled",
            "audit-webhook-batch-throttle-enable",
            "audit-webhook-truncate-enabled",
        ],
        Nothing,
        "each request leaves one line in the log",
    ),
    nothing(
        &[
            "audit-webhook-config-file",
            "audit-webhook-initial-backoff",
            "audit-webhook-version",
            "audit-webhook-mode",
            "audit-webhook-batch-buffer-size",
            "audit-webhook-batch-max-size",
            "audit-webhook-batch-max-wait",
            "audit-webhook-batch-throttle-qps",
            "audit-webhook-batch-throttle-burst",
            "audit-webhook-truncate-max-batch-size",
            "audit-webhook-truncate-max-event-size",
        ],
        One,
        "there is no webhook; collect the log",
    ),
    nothing(
        &["v", "vmodule", "log-flush-frequency"],
        One,
        "one line of JSON for each event",
    ),
    elsewhere(
        &["version", "help"],
        Nothing,
        "`aks-oauth-proxy --version`, `--help`",
    ),
];
