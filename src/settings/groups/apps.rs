//! Apps behind the sign-in: who asks about their requests, and where people are led back.

use ipnet::IpNet;

use super::site::Site;
use crate::settings::reader::Reader;
use crate::settings::table;
use crate::settings::values::apps::{CookieDomain, ForwardAuthProfile, ReturnOrigin};

/// Who asks about the requests to apps.
#[derive(Clone, Debug)]
pub struct ForwardAuth {
    /// Which proxy it is; nothing if no header describes a request.
    pub profile: Option<ForwardAuthProfile>,
    /// Where it is. Nobody else is believed.
    pub trusted_proxies: Vec<IpNet>,
}

impl ForwardAuth {
    /// Reads `FORWARD_AUTH_PROFILE` and `TRUSTED_PROXIES`.
    pub fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let profile = reader.read_optional(&table::FORWARD_AUTH_PROFILE);
        let trusted_proxies = reader.read_optional(&table::TRUSTED_PROXIES);
        Some(Self {
            profile,
            trusted_proxies: trusted_proxies.unwrap_or_default(),
        })
    }
}

/// Where apps are.
#[derive(Clone, Debug)]
pub struct AppOrigins {
    /// The origins to which a sign-in may lead back, besides the proxy's own.
    pub return_origins: Vec<ReturnOrigin>,
    /// The domains whose hosts share the app cookie.
    pub cookie_domains: Vec<CookieDomain>,
}

impl AppOrigins {
    /// Reads `ALLOWED_RETURN_ORIGINS` and `COOKIE_DOMAINS`. No app is at the origin of `site`.
    pub fn read(site: Option<&Site>, reader: &mut Reader<'_>) -> Option<Self> {
        let return_origins = reader.read_optional(&table::ALLOWED_RETURN_ORIGINS);
        let return_origins = return_origins.unwrap_or_default();
        let cookie_domains = reader.read_optional(&table::COOKIE_DOMAINS);
        let own = site.map(|site| ReturnOrigin::Exact(site.origin.clone()));
        if own.is_some_and(|own| return_origins.contains(&own)) {
            reader.fault(
                &table::ALLOWED_RETURN_ORIGINS,
                "has the origin of REDIRECT_URI, where no app may be: its scripts could fetch a \
                 kubeconfig; give the app a host of its own",
            );
        }
        Some(Self {
            return_origins,
            cookie_domains: cookie_domains.unwrap_or_default(),
        })
    }

    /// The smallest domain whose hosts share the app cookie, `host` among them; nothing if the cookie is
    /// for `host` alone. `host` has no port.
    pub fn cookie_domain(&self, host: &str) -> Option<&CookieDomain> {
        let domains = self.cookie_domains.iter();
        domains
            .filter(|domain| domain.covers(host))
            .max_by_key(|domain| domain.as_str().len())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use super::AppOrigins;
    use crate::settings::{CookieDomain, Misconfigured, Reader, Site};

    fn read(given: &[(&str, &str)]) -> Result<AppOrigins, Misconfigured> {
        let source = |name: &str| {
            let site = ("redirect_uri", "https://auth.example.com/callback");
            let mut all = given.iter().chain([&site]);
            all.find(|(known, _)| *known == name)
                .map(|(_, value)| (*value).to_owned())
        };
        let mut reader = Reader::new(&source);
        let site = Site::read(&mut reader);
        let origins = AppOrigins::read(site.as_ref(), &mut reader);
        reader.finish(origins)
    }

    #[test]
    fn the_smallest_domain_shares_the_cookie() {
        let origins = read(&[("cookie_domains", "example.com .apps.example.com")]).unwrap();
        let domain = |host| origins.cookie_domain(host).map(CookieDomain::as_str);
        assert_eq!(domain("a.apps.example.com"), Some("apps.example.com"));
        assert_eq!(domain("b.example.com"), Some("example.com"));
        assert_eq!(domain("example.net"), None);
        assert!(read(&[]).unwrap().cookie_domain("example.com").is_none());
    }

    #[test]
    fn no_app_is_where_our_own_pages_are() {
        let own = [(
            "allowed_return_origins",
            "https://a.example.com https://auth.example.com",
        )];
        let said = read(&own).unwrap_err().to_string();
        assert!(said.contains("kubeconfig"), "{said}");
        for apps in ["https://auth.example.com:8443", "*.example.com"] {
            assert!(read(&[("allowed_return_origins", apps)]).is_ok(), "{apps}");
        }
    }
}
