//! The ports on which this program listens. No app is there.

use std::net::{IpAddr, SocketAddr};

use http::Uri;

/// The addresses at which this program listens, each with its option.
#[derive(Clone, Default)]
pub(crate) struct Listeners(Vec<(&'static str, SocketAddr)>);

impl Listeners {
    /// Of requests, and of metrics if there are any.
    pub(crate) fn new(requests: SocketAddr, metrics: Option<SocketAddr>) -> Self {
        let metrics = metrics.map(|metrics| ("--metrics-listen", metrics));
        Self(
            [("--listen", requests)]
                .into_iter()
                .chain(metrics)
                .collect(),
        )
    }

    /// The option of the one that `origin` (`http://host:port`) leads to. By name only `localhost` is known.
    pub(crate) fn at(&self, origin: &str) -> Option<&'static str> {
        let uri: Uri = origin.parse().ok()?;
        let usual = if uri.scheme_str() == Some("https") {
            443
        } else {
            80
        };
        let (host, port) = (uri.host()?, uri.port_u16().unwrap_or(usual));
        let host = match host {
            "localhost" => IpAddr::from([127, 0, 0, 1]),
            host => host.trim_matches(['[', ']']).parse().ok()?,
        };
        let is_at = |address: &SocketAddr| {
            let here = address.ip();
            let meets = match host.is_loopback() {
                true => here.is_loopback() || here.is_unspecified(),
                false => here == host,
            };
            meets && address.port() == port
        };
        let mut all = self.0.iter();
        let (option, _) = all.find(|(_, address)| is_at(address))?;
        Some(option)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use super::Listeners;

    #[test]
    fn an_origin_leads_to_one_of_ours_by_address_and_port() {
        let listeners = |requests: &str, metrics: &str| {
            Listeners::new(requests.parse().unwrap(), Some(metrics.parse().unwrap()))
        };
        let everywhere = listeners("0.0.0.0:8080", "10.0.0.5:9090");
        let requests = Some("--listen");
        for (origin, option) in [
            ("http://127.0.0.1:8080", requests),
            ("https://localhost:8080", requests),
            ("http://[::1]:8080", requests),
            ("http://127.0.0.1:9090", None),
            ("http://10.0.0.5:9090", Some("--metrics-listen")),
            ("http://10.0.0.6:9090", None),
            ("http://10.0.0.5:8081", None),
            ("http://app.svc:8080", None),
        ] {
            assert_eq!(everywhere.at(origin), option, "{origin}");
        }
        let loopback = listeners("127.0.0.1:0", "[::1]:80");
        assert_eq!(loopback.at("http://localhost"), Some("--metrics-listen"));
        assert_eq!(loopback.at("https://localhost"), None);
        assert_eq!(Listeners::default().at("http://localhost"), None);
    }
}
