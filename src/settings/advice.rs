//! What is valid, and weaker than it need be. Nothing refuses it: an upgrade must not stop for it, nor sign
//! everybody out.

use super::groups::{AppOrigins, CookieSettings, Site, split_prefix};
use super::reader::{Fault, Reader};
use super::table;
use super::values::apps::ReturnOrigin;

/// What could be better in settings that are right, as `serve` and the doctor say it.
///
/// `source` gives the value of a setting by its name in lower case.
pub fn advise(source: &dyn Fn(&str) -> Option<String>) -> Vec<Fault> {
    let mut reader = Reader::new(source);
    let site = Site::read(&mut reader);
    let apps = AppOrigins::read(site.as_ref(), &mut reader);
    let cookies = CookieSettings::read(&mut reader);
    match (site, apps, cookies) {
        (Some(site), Some(apps), Some(cookies)) => {
            session_cookie(&site, &apps, &cookies).into_iter().collect()
        }
        // What is wrong is a fault already.
        _ => Vec::new(),
    }
}

/// An app at a sibling host can set a cookie for a domain that is ours too, unless its name forbids that
/// (RFC 6265bis, section 4.1.3.2).
fn session_cookie(site: &Site, apps: &AppOrigins, cookies: &CookieSettings) -> Option<Fault> {
    let own = site.origin.host_name();
    let is_sibling = |entry: &ReturnOrigin| match entry {
        ReturnOrigin::Exact(app) => have_a_domain(own, app.host_name()),
        ReturnOrigin::Below { domain, .. } => have_a_domain(own, domain),
    };
    let is_host_only = split_prefix(&cookies.name).0 == Some("__Host-");
    let app_is_beside = apps.return_origins.iter().any(is_sibling);
    (cookies.secure && !is_host_only && app_is_beside).then(|| Fault {
        setting: table::SESSION_COOKIE_NAME.name,
        what: "has no prefix __Host-: an app of ALLOWED_RETURN_ORIGINS that shares a domain with this proxy \
               can set a cookie of this name, and so keep its users from signing in, or have them use the \
               session of somebody else; with the prefix everybody signs in once more"
            .to_owned(),
        example: table::SESSION_COOKIE_NAME.example,
    })
}

/// Whether both hosts are in one domain for which browsers would take a cookie. It may be a public suffix,
/// such as `co.uk`: nobody here knows them all.
fn have_a_domain(one: &str, other: &str) -> bool {
    let labels = |host: &str| {
        host.rsplit('.')
            .map(str::to_ascii_lowercase)
            .collect::<Vec<_>>()
    };
    let is_address = |host: &str| {
        let last = host.rsplit('.').next().unwrap_or_default();
        last.bytes().all(|byte| byte.is_ascii_digit()) || host.starts_with('[')
    };
    if is_address(one) || is_address(other) {
        return false;
    }
    let (one, other) = (labels(one), labels(other));
    let shared = one.iter().zip(&other).take_while(|(a, b)| a == b);
    shared.count() >= 2
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, reason = "a test may")]

    use super::advise;

    fn advice(given: &[(&str, &str)]) -> Vec<String> {
        let valid = [
            ("redirect_uri", "https://auth.example.com/callback"),
            ("allowed_return_origins", "https://app.example.com"),
        ];
        let source = |name: &str| {
            let mut all = given.iter().chain(&valid);
            let found = all.find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        let advice = advise(&source).into_iter();
        advice.map(|advice| advice.to_string()).collect()
    }

    #[test]
    fn a_session_cookie_that_a_sibling_can_plant_is_advised_against() {
        let said = advice(&[]);
        assert_eq!(said.len(), 1);
        assert!(said[0].contains("SESSION_COOKIE_NAME") && said[0].contains("__Host-"));
        for apps in [
            "https://example.com",
            "*.example.com",
            "*.apps.example.com",
            "https://app.example.org https://a.b.example.com:8443",
        ] {
            assert_eq!(
                advice(&[("allowed_return_origins", apps)]).len(),
                1,
                "{apps}"
            );
        }
        let name = ("session_cookie_name", "__Secure-session");
        assert_eq!(advice(&[name]).len(), 1, "that one says nothing of hosts");
    }

    #[test]
    fn what_nobody_can_plant_is_not() {
        for given in [
            ("session_cookie_name", "__Host-session"),
            ("session_cookie_secure", "false"),
            ("allowed_return_origins", ""),
            (
                "allowed_return_origins",
                "https://app.example.org *.example.net",
            ),
            ("allowed_return_origins", "http://app.localhost"),
            // What is wrong is told as a fault.
            ("redirect_uri", "x"),
        ] {
            assert_eq!(advice(&[given]), Vec::<String>::new(), "{given:?}");
        }
        let addresses = [
            ("redirect_uri", "https://10.1.2.3/callback"),
            ("allowed_return_origins", "https://10.9.2.3"),
        ];
        assert_eq!(advice(&addresses), Vec::<String>::new());
    }
}
