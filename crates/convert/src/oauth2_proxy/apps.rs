//! Flags about the apps behind it.

use crate::how;
use crate::row::Takes::{Nothing, One, Several};
use crate::row::{Row, always, becomes, elsewhere, not_yet, nothing};

pub(super) const ROWS: &[Row] = &[
    becomes(
        &["upstream"],
        Several,
        &[],
        how::upstreams,
        "`static://202` and its kin need nothing: forward-auth answers by itself. An address is **not there yet**: the reverse proxy (`UPSTREAMS`)",
    ),
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
    always(
        &["set-xauthrequest"],
        Nothing,
        "`/oauth2/auth` always answers with `X-Auth-Request-User`, `-Email`, `-Groups` and `-Preferred-Username`. The user is the object id",
    ),
    becomes(
        &["set-authorization-header"],
        Nothing,
        &["SET_AUTHORIZATION_HEADER"],
        how::id_token,
        "As there: the ID token, in the answers of `/oauth2/auth`",
    ),
    elsewhere(
        &["pass-access-token"],
        Nothing,
        "`FORWARD_AUTH_SCOPE` names the scope of the apps' own API, whose token is in `X-Auth-Request-Access-Token`. The token of the sign-in is for AKS, and goes to no app unless `FORWARD_AUTH_AKS_TOKEN` says so",
    ),
    not_yet(
        &["pass-authorization-header"],
        Nothing,
        "the reverse proxy (`UPSTREAMS`). With forward-auth there is `SET_AUTHORIZATION_HEADER`",
    ),
    not_yet(
        &["pass-user-headers"],
        Nothing,
        "the reverse proxy (`UPSTREAMS`). With forward-auth the proxy in front hands `X-Auth-Request-…` on",
    ),
    nothing(
        &["prefer-email-to-user"],
        Nothing,
        "the user is always the object id; the address is in `X-Auth-Request-Email`",
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
        "all identity headers are in each answer of `/oauth2/auth`, so the proxy in front replaces what a client sends. Below `/k8s/` such headers never go on",
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
    becomes(
        &["whitelist-domain"],
        Several,
        &["ALLOWED_RETURN_ORIGINS"],
        how::return_origins,
        "It says where the apps are, over https: `a.example.com:8443` is `https://a.example.com:8443`, `.example.com` is `https://example.com,*.example.com`. Add the origin of each app that is not in it",
    ),
    becomes(
        &["proxy-prefix"],
        One,
        &[],
        how::prefix,
        "`/oauth2` needs nothing. Another has no counterpart",
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
        "`/login`, `/oauth2/start` and `/oauth2/sign_in` lead to Entra at once",
    ),
];
