//! Flags about sessions, cookies and Redis.

use crate::how;
use crate::row::Takes::{Nothing, One, Several};
use crate::row::{Row, always, becomes, elsewhere, nothing};

pub(super) const COOKIES: &[Row] = &[
    becomes(
        &["session-store-type"],
        One,
        &[],
        how::store,
        "Sessions are on the server: in SQLite for one replica, in Redis for more. The cookie is a handle of fewer than 200 bytes",
    ),
    always(
        &["session-cookie-minimal"],
        Nothing,
        "no token is in a cookie",
    ),
    becomes(
        &["cookie-expire"],
        One,
        &["SESSION_ABSOLUTE_TIMEOUT_SECONDS"],
        how::cookie_expire,
        "A session also ends when it is not used (`SESSION_IDLE_TIMEOUT_SECONDS`)",
    ),
    always(
        &["cookie-refresh"],
        One,
        "a token is refreshed before it expires (`TOKEN_REFRESH_MARGIN_SECONDS`); the session stays",
    ),
    becomes(
        &["cookie-name"],
        One,
        &[],
        how::cookie_name,
        "Take another name: two cookies of one name count as none. Behind https `SESSION_COOKIE_NAME=__Host-proxy_session`",
    ),
    becomes(
        &["cookie-secure"],
        Nothing,
        &["SESSION_COOKIE_SECURE"],
        how::cookie_secure,
        "As there",
    ),
    becomes(
        &["cookie-samesite"],
        One,
        &["SESSION_COOKIE_SAMESITE"],
        how::cookie_samesite,
        "`Lax` or `Strict`",
    ),
    always(&["cookie-httponly"], Nothing, "no script reads the cookie"),
    always(&["cookie-path"], One, "`/`"),
    becomes(
        &["cookie-domain"],
        Several,
        &["COOKIE_DOMAINS"],
        how::cookie_domains,
        "The domains whose hosts share one app cookie, without the dot. The session cookie belongs to one host",
    ),
    elsewhere(
        &["cookie-secret", "cookie-secret-file"],
        One,
        "make a new one, `openssl rand -hex 32`, for `SESSION_SECRET`: sessions do not move anyway",
    ),
    always(
        &[
            "cookie-csrf-expire",
            "cookie-csrf-per-request-limit",
            "cookie-csrf-samesite",
        ],
        One,
        "an attempt has a sealed cookie of its own for ten minutes; five at once",
    ),
    always(
        &["cookie-csrf-per-request"],
        Nothing,
        "each attempt has a cookie of its own",
    ),
];

pub(super) const REDIS: &[Row] = &[
    becomes(
        &["redis-connection-url"],
        One,
        &["runtime-config.toml", "store.redis.url"],
        how::redis_address,
        "The password is left out. What Redis must keep: [sessions.md](../sessions.md#redis)",
    ),
    becomes(
        &["redis-username"],
        One,
        &["REDIS_USERNAME"],
        how::redis_username,
        "As there",
    ),
    becomes(
        &["redis-password"],
        One,
        &[],
        how::redis_password,
        "`REDIS_PASSWORD_FILE`, in the chart `store.redis.existingSecret`. Or `REDIS_ENTRA=true`: no password at all",
    ),
    always(
        &["redis-use-sentinel"],
        Nothing,
        "`REDIS_SENTINELS` says it",
    ),
    becomes(
        &["redis-sentinel-connection-urls"],
        Several,
        &["REDIS_SENTINELS"],
        how::sentinels,
        "Host and port of each",
    ),
    becomes(
        &["redis-sentinel-master-name"],
        One,
        &["REDIS_SENTINEL_SERVICE"],
        how::sentinel_service,
        "As there",
    ),
    elsewhere(
        &["redis-sentinel-password"],
        One,
        "`REDIS_SENTINEL_PASSWORD`, in the chart `store.redis.sentinelPasswordKey`",
    ),
    nothing(
        &["redis-use-cluster"],
        Nothing,
        "a cluster of the OSS policy is refused at the start. Take Sentinel, or a service without clustering",
    ),
    nothing(
        &["redis-cluster-connection-urls"],
        Several,
        "a cluster of the OSS policy is refused at the start. Take Sentinel, or a service without clustering",
    ),
    elsewhere(
        &["redis-ca-path"],
        One,
        "the variable `SSL_CERT_FILE` of `serve`",
    ),
    nothing(
        &["redis-insecure-skip-tls-verify"],
        Nothing,
        "certificates are always checked",
    ),
    always(
        &["redis-connection-idle-timeout"],
        One,
        "a connection that Redis has closed is replaced",
    ),
];
