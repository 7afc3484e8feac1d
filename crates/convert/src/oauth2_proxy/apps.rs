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
        "`static://202` and its kin need nothing: forward-auth answers by itself. An address is an entry of `UPSTREAMS`, the reverse proxy: each app has a host of its own there",
    ),
    elsewhere(
        &["upstream-timeout"],
        One,
        "`response_timeout_seconds` of the entry in `UPSTREAMS`",
    ),
    always(
        &["flush-interval"],
        One,
        "with `UPSTREAMS` every piece of an answer goes on at once",
    ),
    elsewhere(
        &["pass-host-header"],
        Nothing,
        "`keep_host` of the entry in `UPSTREAMS`; without it an app gets its own host, and the client's in `X-Forwarded-Host`",
    ),
    always(
        &["proxy-websockets"],
        Nothing,
        "`serve` and `tunnel` carry WebSockets to apps; a page of another origin may open one only if `websocket_origins` of the entry lists it",
    ),
    nothing(
        &["disable-keep-alives"],
        Nothing,
        "connections to apps are the host's affair",
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
        "apps of `UPSTREAMS` get no ID token: `access_token` gives them one for their own API. With forward-auth there is `SET_AUTHORIZATION_HEADER`",
    ),
    elsewhere(
        &["pass-user-headers"],
        Nothing,
        "apps of `UPSTREAMS` get `X-Auth-Request-…` always, and `X-Forwarded-User` and its kin by `headers`. With forward-auth the proxy in front hands `X-Auth-Request-…` on",
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
    elsewhere(
        &["skip-auth-route", "skip-auth-regex"],
        Several,
        "`public` of an entry in `UPSTREAMS`: paths, no patterns. With forward-auth the proxy in front decides which requests are asked about",
    ),
    nothing(
        &["api-route"],
        Several,
        "who does not navigate gets 401 everywhere",
    ),
    elsewhere(
        &["skip-auth-preflight"],
        Nothing,
        "`public` with the method `OPTIONS` in `UPSTREAMS`. With forward-auth the proxy in front decides which requests are asked about",
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
