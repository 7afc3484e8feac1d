//! The headers of a request that go on to the API server, and those of an answer that go back
//! (docs/kubernetes.md).

use http::{HeaderMap, HeaderName, header};

use super::hop_by_hop::HOP_BY_HOP;
use super::orders::ORDERS;

/// Headers between a client and the proxy, besides hop-by-hop ones.
pub(super) const BETWEEN_US: [HeaderName; 5] = [
    header::EXPECT,
    header::HOST,
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
    header::TRAILER,
];

/// Headers between a client and an app, which the API server does not need.
const OF_APPS: [&str; 2] = ["authorization", "cookie"];

/// Headers for the proxy itself, or from senders that are not trusted.
const OURS: [&str; 7] = [
    "forwarded",
    // CGI programs take it for the address of a proxy (CVE-2016-5385).
    "proxy",
    "client-cert",
    "client-cert-chain",
    "x-arr-clientcert",
    "x-client-verify",
    "x-real-ip",
];

/// The same by prefix: what ingresses and hosts say about clients, users and client certificates.
const OURS_PREFIXED: [&str; 11] = [
    HOSTS,
    "ssl-client-",
    "x-amzn-mtls-",
    "x-auth-request-",
    "x-client-cert",
    "x-forwarded-",
    "x-ms-client-principal",
    "x-ms-token-",
    "x-original-",
    "x-remote-",
    "x-ssl-",
];

/// The prefix of the headers in which a host tells a component about its request.
const HOSTS: &str = "spin-";

/// Impersonation headers, as the API server reads them.
const IMPERSONATE: [&str; 3] = ["impersonate-user", "impersonate-group", "impersonate-uid"];
/// The prefix of impersonation headers whose names end in a key that the client chooses.
const IMPERSONATE_EXTRA: &str = "impersonate-extra-";

/// The client's headers that are passed on to the API server, with `Impersonate-*` if
/// `impersonation`. Headers whose names could be read as ours are dropped: many servers treat `_`
/// as `-`, and some any sign.
#[must_use]
pub fn to_server(headers: &HeaderMap, impersonation: bool) -> HeaderMap {
    let goes_on = |name: &HeaderName| {
        let folded = folded(name);
        let allowed = !names_a_caller(&folded) || (impersonation && is_impersonation(name));
        allowed && !is_ours(&folded) && !OF_APPS.contains(&folded.as_str())
    };
    kept(headers, goes_on)
}

/// Removes the headers that a component takes for its host's, in any spelling.
pub fn remove_hosts_own(headers: &mut HeaderMap) {
    let is_hosts = |name: &&HeaderName| folded(name).starts_with(HOSTS);
    let names: Vec<HeaderName> = headers.keys().filter(is_hosts).cloned().collect();
    for name in names {
        headers.remove(name);
    }
}

fn is_impersonation(name: &HeaderName) -> bool {
    let name = name.as_str();
    IMPERSONATE.contains(&name) || name.starts_with(IMPERSONATE_EXTRA)
}

pub(super) fn names_a_caller(folded: &str) -> bool {
    folded.starts_with("impersonate-")
}

/// The client's impersonation headers, as the API server reads them.
#[must_use]
pub fn impersonation(headers: &HeaderMap) -> HeaderMap {
    kept(headers, is_impersonation)
}

/// The headers of the API server's answer that do not go back: hop-by-hop ones, and those that set cookies on
/// or give orders about our origin, which also has the proxy's own pages.
#[must_use]
pub fn not_to_client() -> Vec<HeaderName> {
    let all = HOP_BY_HOP.into_iter().chain(BETWEEN_US).chain(ORDERS);
    all.collect()
}

pub(super) fn kept(headers: &HeaderMap, goes_on: impl Fn(&HeaderName) -> bool) -> HeaderMap {
    headers
        .iter()
        .filter(|(name, _)| goes_on(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

pub(super) fn is_ours(folded: &str) -> bool {
    let is_about_us = |name: &HeaderName| name.as_str() == folded;
    HOP_BY_HOP.iter().chain(&BETWEEN_US).any(is_about_us)
        || OURS.contains(&folded)
        || OURS_PREFIXED
            .iter()
            .any(|prefix| folded.starts_with(prefix))
}

/// A header's name as a lax server may read it. For programs of CGI `-` becomes `_` (RFC 3875, section 4.1.18), and
/// lighttpd does the same with every sign. `http` already has it in lower case.
#[must_use]
pub fn folded(name: &HeaderName) -> String {
    let is_plain = |sign: char| sign.is_ascii_alphanumeric();
    name.as_str().replace(|sign| !is_plain(sign), "-")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use super::super::tests::headers;
    use super::{impersonation, not_to_client, remove_hosts_own, to_server};

    #[test]
    fn what_is_the_clients_own_goes_on_duplicates_included() {
        let given = headers(&[
            "accept",
            "accept",
            "accept-encoding",
            "content-type",
            "content-length",
            "user-agent",
            "kubectl-command",
            "x-stream-protocol-version",
            "x-stream-protocol-version",
            "sec-websocket-key",
            "audit-id",
            "warning",
            "x-requested-with",
        ]);
        assert_eq!(to_server(&given, false), given);
    }

    #[test]
    fn nothing_that_others_believe_goes_on_in_any_spelling() {
        for name in [
            "Authorization",
            "Cookie",
            "spin-client-addr",
            "Spin_Path_Info",
            "X-Forwarded-For",
            "x_forwarded_for",
            "X.Forwarded.Proto",
            "X-Forwarded-Client-Cert",
            "Forwarded",
            "X-Real-IP",
            "X-Remote-User",
            "x_remote_group",
            "X-Remote-Extra-scopes",
            "X-Auth-Request-Email",
            "ssl-client-verify",
            "SSL_CLIENT_S_DN",
            "X-SSL-Cert",
            "X-Client-Cert",
            "Client-Cert",
            "X-ARR-ClientCert",
            "x-amzn-mtls-clientcert",
            "X-MS-CLIENT-PRINCIPAL-NAME",
            "Connection",
            "Keep-Alive",
            "TE",
            "Trailer",
            "Upgrade",
            "Transfer-Encoding",
            "Proxy-Authorization",
            "proxy_connection",
            "Host",
            "Expect",
            "HTTP2-Settings",
            "x-original-url",
        ] {
            assert!(to_server(&headers(&[name]), true).is_empty(), "{name}");
        }
    }

    #[test]
    fn nobody_speaks_for_the_host() {
        let mut given = headers(&[
            "spin-client-addr",
            "Spin_Client_Addr",
            "spin.path-info",
            "x-spin-client-addr",
            "spins",
        ]);
        remove_hosts_own(&mut given);
        assert_eq!(given, headers(&["x-spin-client-addr", "spins"]));
    }

    #[test]
    fn impersonation_goes_on_only_where_the_api_server_decides_on_it() {
        let given = headers(&[
            "Impersonate-User",
            "Impersonate-Group",
            "Impersonate-Group",
            "impersonate-extra-a_b.c",
        ]);
        assert_eq!(to_server(&given, true), given);
        assert!(to_server(&given, false).is_empty());
        for name in [
            "impersonate_user",
            "Impersonate.Group",
            "impersonate-extra_a",
            "impersonate-other",
        ] {
            let odd = headers(&[name]);
            assert!(impersonation(&odd).is_empty(), "{name}");
            assert!(to_server(&odd, true).is_empty(), "{name}");
        }
    }

    #[test]
    fn answers_set_nothing_on_our_origin() {
        let names = not_to_client();
        for name in [
            "set-cookie",
            "clear-site-data",
            "alt-svc",
            "nel",
            "report-to",
            "service-worker-allowed",
            "set-login",
            "x-accel-redirect",
            "connection",
            "trailer",
        ] {
            assert!(names.iter().any(|one| one == name), "{name}");
        }
        for name in [
            "audit-id",
            "content-type",
            "retry-after",
            "warning",
            "www-authenticate",
        ] {
            assert!(!names.iter().any(|one| one == name), "{name}");
        }
    }
}
