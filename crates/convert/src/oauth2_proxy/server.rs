//! Flags about the server itself.

use crate::how;
use crate::row::Takes::{Nothing, One, Several};
use crate::row::{Row, always, becomes, elsewhere, nothing};

pub(super) const LISTENING: &[Row] = &[
    elsewhere(
        &["http-address"],
        One,
        "`serve --listen ADDRESS`; the chart has its own",
    ),
    elsewhere(
        &["https-address", "tls-cert-file", "tls-key-file"],
        One,
        "`serve --listen ADDRESS --tls-cert FILE --tls-key FILE`, in the chart `tls.existingSecret`",
    ),
    always(&["tls-min-version"], One, "TLS 1.2 and 1.3"),
    always(
        &["tls-cipher-suite"],
        Several,
        "the suites of rustls, all of them with forward secrecy",
    ),
    elsewhere(
        &["metrics-address"],
        One,
        "`--metrics-listen ADDRESS`, in the chart `metrics.enabled`",
    ),
    nothing(
        &[
            "metrics-secure-address",
            "metrics-tls-cert-file",
            "metrics-tls-key-file",
        ],
        One,
        "metrics are in the clear, at a port of their own",
    ),
    becomes(
        &["trusted-proxy-ip"],
        Several,
        &["TRUSTED_PROXIES"],
        how::trusted_proxies,
        "Nobody is trusted by default",
    ),
    elsewhere(
        &["reverse-proxy"],
        Nothing,
        "`TRUSTED_PROXIES` names the ingress; `FORWARD_AUTH_PROFILE` says which proxy it is, and so which headers are read",
    ),
    always(
        &["real-client-ip-header"],
        One,
        "`X-Forwarded-For`, from `TRUSTED_PROXIES` alone",
    ),
    becomes(
        &["ping-path"],
        One,
        &[],
        how::ping,
        "`/ping` needs nothing; there is `/livez` too",
    ),
    nothing(
        &["ping-user-agent"],
        One,
        "no header of a client decides anything; probes ask `/ping` or `/livez`",
    ),
    becomes(
        &["ready-path"],
        One,
        &[],
        how::ready,
        "`/ready` needs nothing: it asks the store. `/readyz` asks the sidecar too",
    ),
    elsewhere(&["gcp-healthchecks"], Nothing, "`/livez` and `/readyz`"),
];

pub(super) const LOG: &[Row] = &[
    always(
        &[
            "auth-logging",
            "request-logging",
            "standard-logging",
            "errors-to-info-log",
            "silence-ping-logging",
        ],
        Nothing,
        "one line of JSON for each event; probes leave none",
    ),
    always(
        &[
            "auth-logging-format",
            "request-logging-format",
            "standard-logging-format",
            "exclude-logging-path",
        ],
        One,
        "one line of JSON for each event: docs/logging.md",
    ),
    nothing(
        &[
            "logging-filename",
            "logging-max-age",
            "logging-max-backups",
            "logging-max-size",
        ],
        One,
        "the log goes to stdout and stderr; the cluster keeps it",
    ),
    nothing(
        &["logging-compress", "logging-local-time"],
        Nothing,
        "the log goes to stdout and stderr; times are UTC",
    ),
    nothing(
        &["request-id-header"],
        One,
        "each request gets an id of its own; traces follow `traceparent` of trusted proxies",
    ),
];

pub(super) const PAGES: &[Row] = &[
    elsewhere(
        &["banner", "footer", "provider-display-name"],
        One,
        "`APP_NAME`, `SUPPORT_URL` and `ACCENT_COLOR` make the pages yours",
    ),
    elsewhere(
        &["custom-sign-in-logo"],
        One,
        "`LOGO`: a PNG or an SVG as a data URI",
    ),
    nothing(&["custom-templates-dir"], One, "there is one design"),
    nothing(
        &["display-htpasswd-form"],
        Nothing,
        "there are no passwords",
    ),
    always(
        &["show-debug-on-error"],
        Nothing,
        "a page says what happened, and has the ids that support wants; nothing internal",
    ),
];

pub(super) const FILES: &[Row] = &[
    elsewhere(
        &["config"],
        One,
        "the argument of `aks-oauth-proxy convert oauth2-proxy`",
    ),
    nothing(
        &["alpha-config"],
        One,
        "`convert` refuses the alpha configuration (YAML)",
    ),
    nothing(
        &["convert-config-to-alpha"],
        Nothing,
        "`convert` reads the TOML file",
    ),
    elsewhere(
        &["config-test"],
        Nothing,
        "`serve` checks everything before it listens; `aks-oauth-proxy doctor` checks the surroundings",
    ),
    elsewhere(&["version"], Nothing, "`aks-oauth-proxy --version`"),
];
