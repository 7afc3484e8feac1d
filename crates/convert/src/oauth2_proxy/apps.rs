//! Flags about the apps behind it.

use crate::row::Takes::{Nothing, One, Several};
use crate::row::{Row, always, elsewhere, not_yet, nothing};

pub(super) const ROWS: &[Row] = &[
    not_yet(&["upstream"], Several, "the reverse proxy (`UPSTREAMS`)"),
    not_yet(
        &["upstream-timeout", "flush-interval"],
        One,
        "the reverse proxy (`UPSTREAMS`)",
    ),
    not_yet(
        &[
            "pass-host-header",
            "proxy-websockets",
            "disable-keep-alives",
        ],
        Nothing,
        "the reverse proxy (`UPSTREAMS`)",
    ),
    nothing(
        &["ssl-upstream-insecure-skip-verify"],
        Nothing,
        "certificates are always checked; `[[client_tls]]` names a private authority",
    ),
    elsewhere(
        &[
            "set-xauthrequest",
            "set-authorization-header",
            "pass-access-token",
            "pass-authorization-header",
            "pass-user-headers",
            "prefer-email-to-user",
        ],
        Nothing,
        "`FORWARD_AUTH_PROFILE` turns forward-auth on; `/oauth2/auth` answers with `X-Auth-Request-User`, `-Email`, `-Groups` and `-Preferred-Username`. Tokens for apps are not there yet",
    ),
    nothing(
        &["set-basic-auth", "pass-basic-auth"],
        Nothing,
        "no app gets a password",
    ),
    nothing(
        &["basic-auth-password", "signature-key"],
        One,
        "no app gets a password or a signature",
    ),
    elsewhere(
        &["skip-auth-strip-headers"],
        Nothing,
        "have the proxy in front replace what a client sends. Below `/k8s/` such headers never go on",
    ),
    not_yet(
        &["skip-auth-route", "skip-auth-regex", "api-route"],
        Several,
        "the reverse proxy. With forward-auth the proxy in front decides which requests are asked about",
    ),
    not_yet(
        &["skip-auth-preflight"],
        Nothing,
        "the reverse proxy. With forward-auth the proxy in front decides which requests are asked about",
    ),
    nothing(&["trusted-ip"], Several, "an address is no identity"),
    elsewhere(
        &["whitelist-domain"],
        Several,
        "`ALLOWED_RETURN_ORIGINS` lists origins, or `*.example.com`",
    ),
    nothing(
        &["proxy-prefix"],
        One,
        "the routes are `/login`, `/callback`, `/logout` and so on: docs/routes.md",
    ),
    always(
        &["allow-query-semicolons"],
        Nothing,
        "a query goes on to the API server byte for byte",
    ),
    always(
        &["force-json-errors"],
        Nothing,
        "`Accept` decides: pages for browsers, problem documents for programs",
    ),
    nothing(&["force-https"], Nothing, "the ingress redirects to https"),
    always(
        &["skip-provider-button"],
        Nothing,
        "`/login` leads to Entra at once",
    ),
];
