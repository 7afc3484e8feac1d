//! Apps behind the sign-in: who asks about their requests, and where people are led back.

use ipnet::IpNet;

use super::site::Site;
use super::upstreams::read_upstreams;
use crate::settings::reader::Reader;
use crate::settings::table;
use crate::settings::values::apps::{CookieDomain, ForwardAuthProfile, ReturnOrigin};
use crate::settings::values::upstreams::Upstream;

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
    /// The apps to which this proxy carries requests itself. Their hosts are among `return_origins`.
    pub upstreams: Vec<Upstream>,
}

impl AppOrigins {
    /// Reads `ALLOWED_RETURN_ORIGINS` and `COOKIE_DOMAINS`, and the hosts of `UPSTREAMS`, which need not be
    /// named twice. No app is at the host of `site`.
    pub fn read(site: Option<&Site>, reader: &mut Reader<'_>) -> Option<Self> {
        let return_origins = reader.read_optional(&table::ALLOWED_RETURN_ORIGINS);
        let mut return_origins = return_origins.unwrap_or_default();
        let cookie_domains = reader.read_optional(&table::COOKIE_DOMAINS);
        let is_own = |entry: &ReturnOrigin| match (entry, site) {
            (ReturnOrigin::Exact(app), Some(site)) => app.shares_cookies_with(&site.origin),
            _ => false,
        };
        if return_origins.iter().any(is_own) {
            reader.fault(
                &table::ALLOWED_RETURN_ORIGINS,
                "has the host of REDIRECT_URI, where no app may be, not even at another port: it \
                 would get the session cookie, and its scripts could fetch a kubeconfig; give the \
                 app a host of its own",
            );
        }
        let upstreams = read_upstreams(site, reader);
        let apps = upstreams.iter().map(|upstream| upstream.app.clone());
        return_origins.extend(apps.map(ReturnOrigin::Exact));
        let cookie_domains = cookie_domains.unwrap_or_default();
        if are_nested(&cookie_domains) {
            reader.fault(
                &table::COOKIE_DOMAINS,
                "has a domain that is below another one: browsers would send two cookies of one name \
                 there, and neither would count; name one of them",
            );
        }
        Some(Self {
            return_origins,
            cookie_domains,
            upstreams,
        })
    }

    /// The domain whose hosts share the app cookie, `host` among them; nothing if the cookie is for `host`
    /// alone. `host` has no port.
    pub fn cookie_domain(&self, host: &str) -> Option<&CookieDomain> {
        let mut domains = self.cookie_domains.iter();
        domains.find(|domain| domain.covers(host))
    }
}

/// Whether a domain is below another one.
fn are_nested(domains: &[CookieDomain]) -> bool {
    let is_below = |domain: &CookieDomain| {
        let mut others = domains.iter().filter(|other| *other != domain);
        others.any(|other| other.covers(domain.as_str()))
    };
    domains.iter().any(is_below)
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
    fn a_domain_shares_the_cookie() {
        let origins = read(&[("cookie_domains", "example.com .apps.example.net")]).unwrap();
        let domain = |host| origins.cookie_domain(host).map(CookieDomain::as_str);
        assert_eq!(domain("a.apps.example.net"), Some("apps.example.net"));
        assert_eq!(domain("b.example.com"), Some("example.com"));
        assert_eq!(domain("example.net"), None);
        assert!(read(&[]).unwrap().cookie_domain("example.com").is_none());
    }

    /// A browser would send two cookies of one name to the hosts of the smaller one, and none would count.
    #[test]
    fn no_domain_is_below_another() {
        for domains in [
            "example.com .apps.example.com",
            "apps.example.com example.com",
        ] {
            let said = read(&[("cookie_domains", domains)]).unwrap_err();
            assert!(said.to_string().contains("below"), "{said}");
        }
        assert!(read(&[("cookie_domains", "a.example.com b.example.com")]).is_ok());
    }

    #[test]
    fn no_app_is_where_our_own_pages_are() {
        let own = [(
            "allowed_return_origins",
            "https://a.example.com https://auth.example.com",
        )];
        let said = read(&own).unwrap_err().to_string();
        assert!(said.contains("kubeconfig"), "{said}");
        // Browsers send a cookie to every port of its host (RFC 6265, section 8.5).
        for apps in [
            "https://auth.example.com:8443",
            "https://auth.example.com:80",
        ] {
            let said = read(&[("allowed_return_origins", apps)]).unwrap_err();
            assert!(said.to_string().contains("session cookie"), "{said}");
        }
        for apps in [
            "https://app.example.com:8443",
            "*.example.com",
            "*.example.com:8443",
        ] {
            assert!(read(&[("allowed_return_origins", apps)]).is_ok(), "{apps}");
        }
    }
}
