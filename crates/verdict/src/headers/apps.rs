//! The headers of a request that go on to an app, and those of its answer that go back (docs/http-apps.md).

use http::{HeaderMap, HeaderName, header};

use super::going_on::{BETWEEN_US, folded, is_ours, kept, names_a_caller};
use super::hop_by_hop::HOP_BY_HOP;

/// The headers by which an app may take another path or host than those that are decided on. Those that begin
/// with `x-original-` are ours. Gunicorn takes `SCRIPT_NAME` and `PATH_INFO` from its proxy, and Rack may have the
/// proxy in front send a file that the last two name (CVE-2025-61780).
const OTHER_TARGETS: [&str; 9] = [
    "path-info",
    "script-name",
    "x-host",
    "x-http-host-override",
    "x-override-url",
    "x-rewrite-url",
    "x-script-name",
    "x-accel-mapping",
    "x-sendfile-type",
];

/// The headers by which an app may take another address for the client's, besides `X-Forwarded-For` and its kin:
/// nobody has looked at what they say.
const OTHER_ADDRESSES: [&str; 7] = [
    "cf-connecting-ip",
    "client-ip",
    "forwarded-for",
    "true-client-ip",
    "x-client-ip",
    "x-cluster-client-ip",
    "x-forwarded",
];

/// By prefix, the headers in which other proxies tell an app who its user is.
const IDENTITIES_PREFIXED: [&str; 12] = [
    "cf-access-",
    "remote-",
    "tailscale-",
    "x-amzn-oidc-",
    "x-authenticated-",
    "x-authentik-",
    "x-consumer-",
    "x-goog-authenticated-user-",
    "x-goog-iap-",
    "x-pomerium-",
    "x-vouch-",
    "x-webauth-",
];

/// The client's headers that are passed on to an app. `Authorization` and `Cookie` are among them. Headers
/// whose names could be read as ours, as those of another proxy, or as one of `others`, are dropped, and so are
/// those that tell the app another path, host or address.
#[must_use]
pub fn to_app(headers: &HeaderMap, others: &[HeaderName]) -> HeaderMap {
    let goes_on = |name: &HeaderName| {
        let name = folded(name);
        let is_identity = IDENTITIES_PREFIXED
            .iter()
            .any(|prefix| name.starts_with(prefix));
        let is_other = others.iter().any(|other| folded(other) == name);
        let is_false = OTHER_TARGETS
            .iter()
            .chain(&OTHER_ADDRESSES)
            .any(|one| *one == name);
        !is_identity && !is_other && !is_false && !names_a_caller(&name) && !is_ours(&name)
    };
    // CGI programs do not tell `-` from `_`.
    let goes_on = |name: &HeaderName| {
        let is_length = name == header::CONTENT_LENGTH;
        goes_on(name) && (is_length || folded(name) != header::CONTENT_LENGTH.as_str())
    };
    kept(headers, goes_on)
}

/// The headers of an app's answer that do not go back. Others may speak for the app's origin: no page of ours
/// is there.
#[must_use]
pub fn not_to_apps_client() -> Vec<HeaderName> {
    let all = HOP_BY_HOP.into_iter().chain(BETWEEN_US);
    all.chain([header::ALT_SVC]).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use http::HeaderName;

    use super::super::tests::headers;
    use super::{not_to_apps_client, to_app};

    /// GHSA-vjrc-mh2v-45x6: many servers take `_` and `.` for `-`, and some any sign.
    #[test]
    fn ghsa_vjrc_mh2v_45x6_an_app_gets_nothing_that_it_would_take_for_ours() {
        for name in [
            "X-Auth-Request-User",
            "x_auth_request_email",
            "X.Auth-Request_Groups",
            "X!Auth~Request'User",
            "X+Forwarded|User",
            "Remote*User",
            "X`Own^Name",
            "X-Forwarded-User",
            "X-Forwarded_For",
            "Remote-User",
            "REMOTE_GROUPS",
            "X-WEBAUTH-USER",
            "x-amzn-oidc-data",
            "Impersonate-User",
            "X-Own_Name",
            "x.own.name",
            "spin-client-addr",
            "Forwarded",
            "X-Real-IP",
            "X-Rewrite-URL",
            "x_rewrite_url",
            "X-Original-URL",
            "X-Host",
            "X-HTTP-Host-Override",
            "SCRIPT_NAME",
            "Script-Name",
            "PATH_INFO",
            "Path-Info",
            "X-Script-Name",
            "X-Override-URL",
            "X-Accel-Mapping",
            "X-Sendfile-Type",
            "Tailscale-User-Login",
            "X-Authenticated-UserId",
            "X-Consumer-Username",
            "X-Goog-IAP-JWT-Assertion",
            "X-Vouch-User",
            "True-Client-IP",
            "Client_IP",
            "CF-Connecting-IP",
            "X-Forwarded",
            "Proxy",
            "Content_Length",
            "Transfer_Encoding",
            "Connection",
            "Upgrade",
            "Expect",
        ] {
            let own = [HeaderName::from_static("x-own-name")];
            assert!(to_app(&headers(&[name]), &own).is_empty(), "{name}");
        }
        let given = headers(&[
            "Authorization",
            "Cookie",
            "Content-Length",
            "Origin",
            "Range",
            "X-Requested-With",
            "X-Custom_Header",
            "X-Own-Names",
        ]);
        assert_eq!(
            to_app(&given, &[HeaderName::from_static("x-own-name")]),
            given
        );
    }

    #[test]
    fn an_app_speaks_for_its_own_origin() {
        let names = not_to_apps_client();
        let goes = |name: &str| !names.iter().any(|one| one == name);
        assert!(goes("set-cookie") && goes("strict-transport-security"));
        assert!(!goes("alt-svc") && !goes("connection") && !goes("trailer"));
    }
}
