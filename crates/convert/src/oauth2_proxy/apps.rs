//! Flags about the apps behind it.

use crate::row::Takes::{Nothing, One, Several};
use crate::row::{Row, always, not_yet, nothing};

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
    not_yet(
        &[
            "set-xauthrequest",
            "set-authorization-header",
            "pass-access-token",
            "pass-authorization-header",
            "pass-user-headers",
            "prefer-email-to-user",
        ],
        Nothing,
        "forward-auth (`FORWARD_AUTH_PROFILE`)",
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
    not_yet(
        &["skip-auth-strip-headers"],
        Nothing,
        "forward-auth. Below `/k8s/` such headers of a client never go on",
    ),
    not_yet(
        &["skip-auth-route", "skip-auth-regex", "api-route"],
        Several,
        "forward-auth and the reverse proxy",
    ),
    not_yet(
        &["skip-auth-preflight"],
        Nothing,
        "forward-auth and the reverse proxy",
    ),
    nothing(&["trusted-ip"], Several, "an address is no identity"),
    not_yet(
        &["whitelist-domain"],
        Several,
        "return addresses on other sites (`ALLOWED_RETURN_ORIGINS`). Today `rd` is a path of this site",
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
