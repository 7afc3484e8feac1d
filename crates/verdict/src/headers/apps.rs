//! The headers of a request that go on to an app, and those of its answer that go back (docs/http-apps.md).

use http::{HeaderMap, HeaderName, header};

use super::going_on::{BETWEEN_US, folded, is_ours, kept, names_a_caller};
use super::hop_by_hop::HOP_BY_HOP;

/// Prefixes of the headers in which other proxies name the user.
const IDENTITIES_PREFIXED: [&str; 7] = [
    "cf-access-",
    "remote-",
    "x-amzn-oidc-",
    "x-authentik-",
    "x-goog-authenticated-user-",
    "x-pomerium-",
    "x-webauth-",
];

/// The client's headers that go on to an app, with `Authorization` and `Cookie`. Headers that an app could
/// take for ours, for another proxy's, or for one of `others` are dropped.
#[must_use]
pub fn to_app(headers: &HeaderMap, others: &[HeaderName]) -> HeaderMap {
    let goes_on = |name: &HeaderName| {
        let name = folded(name);
        let is_identity = IDENTITIES_PREFIXED
            .iter()
            .any(|prefix| name.starts_with(prefix));
        let is_other = others.iter().any(|other| folded(other) == name);
        !is_identity && !is_other && !names_a_caller(&name) && !is_ours(&name)
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

    /// GHSA-vjrc-mh2v-45x6: many servers take `_` and `.` for `-`.
    #[test]
    fn ghsa_vjrc_mh2v_45x6_an_app_gets_nothing_that_it_would_take_for_ours() {
        for name in [
            "X-Auth-Request-User",
            "x_auth_request_email",
            "X.Auth-Request_Groups",
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
