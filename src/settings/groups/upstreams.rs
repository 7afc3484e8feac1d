//! Apps to which this proxy carries requests itself.

use kubernetes_host::AppHosts;
use serde_json::Value;
use url::{Host, Url};

use super::site::Site;
use super::upstream_slots::SLOTS;
use crate::settings::reader::Reader;
use crate::settings::table;
use crate::settings::values::parse;
use crate::settings::values::upstreams::{self, Upstream, UpstreamToken};
use crate::terms::{Guid, Origin};

/// Reads `UPSTREAMS`, which says where apps are. What is wrong with it leaves none.
pub(super) fn read_upstreams(site: Option<&Site>, reader: &mut Reader<'_>) -> Vec<Upstream> {
    let entries = reader.read_optional(&table::UPSTREAMS).unwrap_or_default();
    let own = site.map_or("https://", |site| site.origin.as_str());
    let (scheme, _) = own.split_once(':').unwrap_or(("https", ""));
    let upstreams = match upstreams::read(entries, scheme) {
        Ok(upstreams) => upstreams,
        Err(faults) => {
            for what in faults {
                reader.fault(&table::UPSTREAMS, what);
            }
            return Vec::new();
        }
    };
    for (at, upstream) in upstreams.iter().enumerate() {
        if site.is_some_and(|site| upstream.app.shares_cookies_with(&site.origin)) {
            let what = "is the host of REDIRECT_URI, where no app may be, not even at another port: \
                        it would get the session cookie, and its scripts could fetch a kubeconfig";
            reader.fault(&table::UPSTREAMS, format!("[{at}].host: {what}"));
        }
    }
    upstreams
}

/// Compares `upstreams` with `UPSTREAM_ORIGIN1` to `_16`, and with what no app is.
pub fn check_upstreams(upstreams: &[Upstream], site: Option<&Site>, reader: &mut Reader<'_>) {
    let slots: Vec<Origin> = SLOTS
        .iter()
        .filter_map(|slot| reader.read_optional(slot).flatten())
        .collect();
    let taken = taken(site, reader);
    let aks = reader.read(&table::AKS_SERVER_ID);
    for (at, upstream) in upstreams.iter().enumerate() {
        let is_aks =
            |aks: &Guid| matches!(&upstream.token, UpstreamToken::Of(scope) if scope.is_of(aks));
        if aks.as_ref().is_some_and(is_aks) {
            let what = "is a scope of AKS: whoever gets this token can use every cluster of the tenant as \
                        the user; if that is wanted, write `aks`";
            reader.fault(&table::UPSTREAMS, format!("[{at}].access_token: {what}"));
        }
        let url = &upstream.url;
        let fault = reaches(url, &taken).or_else(|| {
            let is_granted = slots.contains(url);
            (!is_granted).then(|| {
                "is none of UPSTREAM_ORIGIN1 to UPSTREAM_ORIGIN16, which say where this proxy may \
                 go"
                .to_owned()
            })
        });
        if let Some(what) = fault {
            reader.fault(&table::UPSTREAMS, format!("[{at}].url: {what}"));
        }
        if upstreams.iter().any(|other| is_same(url, &other.app)) {
            let what = "is the host of an upstream: requests would go in a circle";
            reader.fault(&table::UPSTREAMS, format!("[{at}].url: {what}"));
        }
    }
}

/// The hosts of the apps in the value of `UPSTREAMS`, for native code that leads requests for them. An entry
/// that is wrong has none: the component says what is wrong with it.
pub fn app_hosts(entries: Option<Vec<Value>>) -> AppHosts {
    let entries = entries.unwrap_or_default();
    let hosts = entries
        .iter()
        .filter_map(|entry| entry.get("host")?.as_str());
    AppHosts::new(hosts.map(str::to_owned))
}

/// The origins of the apps in the value of `UPSTREAMS`, each once, for native code that carries requests there.
/// That of an entry that is wrong is left out.
pub fn app_origins(entries: Option<Vec<Value>>) -> Vec<Origin> {
    let mut origins: Vec<Origin> = Vec::new();
    for entry in entries.unwrap_or_default() {
        let url = entry.get("url").and_then(Value::as_str);
        let origin = url.and_then(|url| parse::any_origin(url).ok());
        origins.extend(origin.filter(|origin| !origins.contains(origin)));
    }
    origins
}

/// What is no app, with the setting that says where it is.
fn taken(site: Option<&Site>, reader: &mut Reader<'_>) -> Vec<(&'static str, Origin)> {
    let own = site.map(|site| ("REDIRECT_URI", site.origin.clone()));
    let public = reader.read_optional(&table::PUBLIC_URL);
    let sidecar = reader.read_optional(&table::SIDECAR_URL);
    let kubelogin = reader.read_optional(&table::KUBELOGIN_URL).flatten();
    let api = reader.read(&table::KUBERNETES_API_URL);
    let read = [
        ("PUBLIC_URL", public),
        ("SIDECAR_URL", sidecar),
        ("KUBELOGIN_URL", kubelogin),
        ("KUBERNETES_API_URL", api),
    ];
    let read = read
        .into_iter()
        .filter_map(|(name, origin)| Some((name, origin?)));
    own.into_iter().chain(read).collect()
}

/// What `url` would reach that is no app, if it would.
fn reaches(url: &Origin, taken: &[(&'static str, Origin)]) -> Option<String> {
    if let Some((name, _)) = taken.iter().find(|(_, origin)| is_same(url, origin)) {
        return Some(format!("is that of {name}, which is no app"));
    }
    let url = Url::parse(url.as_str()).ok()?;
    let is_no_host = match url.host()? {
        Host::Domain(name) => {
            let is_api_server = name == "kubernetes" || name.starts_with("kubernetes.default");
            if is_api_server {
                return Some("is the API server, which is at /k8s/".to_owned());
            }
            name == "metadata.google.internal"
        }
        Host::Ipv4(address) => {
            // 168.63.129.16 is Azure's own, and gives certificates and settings of the machine.
            address.is_link_local()
                || address.is_unspecified()
                || address.is_multicast()
                || address.octets() == [168, 63, 129, 16]
        }
        Host::Ipv6(address) => {
            let mapped = address.to_ipv4_mapped();
            address.is_unicast_link_local()
                || address.is_unspecified()
                || address.is_multicast()
                || mapped.is_some()
        }
    };
    is_no_host.then(|| {
        "is an address of the machine or the cloud below this proxy (link-local, metadata), and no app"
            .to_owned()
    })
}

/// Whether two origins are one listener, whatever the scheme and the name of this machine.
fn is_same(one: &Origin, other: &Origin) -> bool {
    let listener = |origin: &Origin| {
        let url = Url::parse(origin.as_str()).ok()?;
        let host = match url.host()? {
            Host::Domain("localhost") => "loopback".to_owned(),
            Host::Ipv4(address) if address.is_loopback() => "loopback".to_owned(),
            Host::Ipv6(address) if address.is_loopback() => "loopback".to_owned(),
            host => host.to_string(),
        };
        Some((host, url.port_or_known_default()))
    };
    listener(one) == listener(other)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use serde_json::{Value, json};

    use super::{check_upstreams, read_upstreams};
    use crate::settings::{Misconfigured, Reader, Site};

    /// What is said of upstreams at these addresses. Each has a slot.
    fn at(urls: &[&str]) -> Result<usize, Misconfigured> {
        let upstreams: Vec<Value> = urls
            .iter()
            .enumerate()
            .map(|(at, url)| json!({ "host": format!("a{at}.example.com"), "url": url }))
            .collect();
        let slots = urls.iter().enumerate();
        let slots =
            slots.map(|(at, url)| (format!("upstream_origin{}", at + 1), (*url).to_owned()));
        read(&Value::Array(upstreams), &slots.collect::<Vec<_>>())
    }

    fn read(upstreams: &Value, slots: &[(String, String)]) -> Result<usize, Misconfigured> {
        let source = |name: &str| match name {
            "redirect_uri" => Some("https://auth.example.com/callback".to_owned()),
            "public_url" => Some("https://public.example.com".to_owned()),
            "sidecar_url" => Some("http://127.0.0.1:8081".to_owned()),
            "kubelogin_url" => Some("https://kubelogin.svc:8443".to_owned()),
            "kubernetes_api_url" => Some("https://10.0.0.1".to_owned()),
            "upstreams" => Some(upstreams.to_string()),
            name => {
                let slot = slots.iter().find(|(known, _)| known == name);
                slot.map(|(_, origin)| origin.clone())
            }
        };
        let mut reader = Reader::new(&source);
        let site = Site::read(&mut reader);
        let upstreams = read_upstreams(site.as_ref(), &mut reader);
        check_upstreams(&upstreams, site.as_ref(), &mut reader);
        reader.finish(Some(upstreams.len()))
    }

    #[test]
    fn no_scope_is_that_of_aks() {
        let slot = [("upstream_origin1".to_owned(), "http://app.svc".to_owned())];
        let with = |token: &str| {
            let upstream =
                json!({ "host": "a.example.com", "url": "http://app.svc", "access_token": token });
            read(&json!([upstream]), &slot)
        };
        assert_eq!(with("api://podinfo/.default"), Ok(1));
        assert_eq!(with("aks"), Ok(1));
        for scope in [
            "6dae42f8-4368-4678-94ff-3960e28e3630/.default",
            "spn:6DAE42F8-4368-4678-94FF-3960E28E3630/user.read",
        ] {
            let said = with(scope).unwrap_err().to_string();
            assert!(
                said.starts_with("UPSTREAMS[0].access_token: is a scope of AKS"),
                "{said}"
            );
        }
    }

    #[test]
    fn an_app_may_be_anywhere_that_has_a_slot() {
        let urls = [
            "http://podinfo.podinfo.svc:9898",
            "https://10.1.2.3:8443",
            "http://127.0.0.1:8080",
        ];
        assert_eq!(at(&urls), Ok(3));
        let one = json!([{ "host": "a.example.com", "url": "http://app.svc" }]);
        let said = read(&one, &[]).unwrap_err().to_string();
        assert!(
            said.starts_with("UPSTREAMS[0].url: is none of UPSTREAM_ORIGIN1"),
            "{said}"
        );
        let slot = |origin: &str| [("upstream_origin16".to_owned(), origin.to_owned())];
        assert!(
            read(&one, &slot("https://app.svc")).is_err(),
            "of another scheme"
        );
        assert!(
            read(&one, &slot("http://app.svc:81")).is_err(),
            "of another port"
        );
        assert_eq!(read(&one, &slot("http://app.svc")), Ok(1));
    }

    #[test]
    fn what_is_no_app_is_none_in_any_spelling() {
        for (url, named) in [
            ("http://127.0.0.1:8081", "SIDECAR_URL"),
            ("https://localhost:8081", "SIDECAR_URL"),
            ("http://[::1]:8081", "SIDECAR_URL"),
            ("http://127.8.8.8:8081", "SIDECAR_URL"),
            ("http://kubelogin.svc:8443", "KUBELOGIN_URL"),
            ("http://10.0.0.1:443", "KUBERNETES_API_URL"),
            ("https://kubernetes.default.svc", "API server"),
            ("https://kubernetes.default.svc.cluster.local", "API server"),
            ("https://auth.example.com", "REDIRECT_URI"),
            ("https://public.example.com", "PUBLIC_URL"),
            ("http://169.254.169.254", "metadata"),
            ("http://168.63.129.16", "metadata"),
            ("http://metadata.google.internal", "metadata"),
            ("http://[fe80::1]", "metadata"),
            ("http://[::ffff:a9fe:a9fe]", "metadata"),
            ("http://0.0.0.0:8081", "metadata"),
            ("https://a0.example.com", "circle"),
        ] {
            let said = at(&[url]).unwrap_err().to_string();
            assert!(
                said.contains(named) && said.starts_with("UPSTREAMS[0].url: "),
                "{url}: {said}"
            );
        }
    }

    #[test]
    fn no_app_is_where_our_own_pages_are() {
        for host in ["auth.example.com", "auth.example.com:8443"] {
            let upstreams = json!([{ "host": host, "url": "http://app.svc" }]);
            let slots = [("upstream_origin1".to_owned(), "http://app.svc".to_owned())];
            let said = read(&upstreams, &slots).unwrap_err().to_string();
            assert!(said.starts_with("UPSTREAMS[0].host: "), "{said}");
            assert!(said.contains("kubeconfig"), "{said}");
        }
    }
}
