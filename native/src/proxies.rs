//! The proxies in the environment, and the hosts that are never reached by one.

use aks_oauth_proxy_component::settings::native::KUBERNETES_VIA_PROXY;
use aks_oauth_proxy_component::settings::table::{KUBELOGIN_URL, KUBERNETES_API_URL, SIDECAR_URL};
use aks_oauth_proxy_component::settings::{Fault, Misconfigured, Reader};
use aks_oauth_proxy_component::terms::Origin;
use egress::{Proxies, Target, Wrong};

use crate::environment::Lookup;

/// The proxies in `environment`, and the faults in its variables.
pub(crate) fn read(environment: Lookup<'_>) -> (Proxies, Vec<Fault>) {
    match Proxies::read(environment) {
        Ok(proxies) => (proxies, Vec::new()),
        Err(wrong) => (Proxies::default(), wrong.into_iter().map(fault).collect()),
    }
}

/// The component's proxies: used for Entra and Graph, never for a sidecar, and for the API server only if
/// configured.
pub(crate) fn of_component(reader: &mut Reader<'_>, proxies: Proxies) -> Proxies {
    let by_proxy = reader.read(&KUBERNETES_VIA_PROXY).unwrap_or_default();
    let direct = [
        reader.read_optional(&SIDECAR_URL),
        reader.read_optional(&KUBELOGIN_URL).flatten(),
        reader.read(&KUBERNETES_API_URL).filter(|_| !by_proxy),
    ];
    let target = |origin: Origin| Target::of(origin.as_str());
    proxies.never_for(direct.into_iter().flatten().filter_map(target))
}

/// `settings`, if there are no `faults` besides.
pub(crate) fn unless<T>(
    faults: Vec<Fault>,
    settings: Result<T, Misconfigured>,
) -> Result<T, Misconfigured> {
    match settings {
        Ok(settings) if faults.is_empty() => Ok(settings),
        Ok(_) => Err(Misconfigured { faults }),
        Err(mut error) => {
            error.faults.extend(faults);
            Err(error)
        }
    }
}

fn fault(wrong: Wrong) -> Fault {
    Fault {
        setting: wrong.variable,
        what: wrong.what,
        example: wrong.example,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use aks_oauth_proxy_component::settings::Reader;
    use egress::Target;

    use super::{of_component, read};

    const PROXY: &str = "http://proxy.example:3128";

    /// Whether the component reaches `url` by the proxy.
    fn leads(settings: &[(&str, &str)], url: &str) -> bool {
        let (proxies, faults) = read(&|name| (name == "HTTPS_PROXY").then(|| PROXY.to_owned()));
        assert_eq!(faults, []);
        let source = |name: &str| {
            let found = settings.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        let mut reader = Reader::new(&source);
        let proxies = of_component(&mut reader, proxies);
        reader.finish(Some(())).unwrap();
        proxies.to(&Target::of(url).unwrap()).is_some()
    }

    #[test]
    fn entra_and_graph_are_reached_by_the_proxy_and_nobody_else_is() {
        let sidecars = [
            ("sidecar_url", "https://sidecar.svc"),
            ("kubelogin_url", "https://kubelogin.svc:8443"),
        ];
        for url in [
            "https://login.microsoftonline.com",
            "https://graph.microsoft.com",
        ] {
            assert!(leads(&sidecars, url), "{url}");
        }
        for url in [
            "https://sidecar.svc",
            "https://kubelogin.svc:8443",
            "https://kubernetes.default.svc",
        ] {
            assert!(!leads(&sidecars, url), "{url}");
        }
    }

    #[test]
    fn the_api_server_is_reached_by_it_if_that_is_asked_for() {
        let own = ("kubernetes_api_url", "https://aks.example");
        let asked = ("kubernetes_via_proxy", "true");
        assert!(!leads(&[own], "https://aks.example"));
        assert!(leads(&[own, asked], "https://aks.example"));
    }
}
