//! `NO_PROXY`: who is reached without a proxy.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::target::Target;

/// What an entry can be; the rest of a sentence.
const FORM: &str =
    "is no host, .suffix, address, network (10.0.0.0/8), any of the first three with :port, or *";

/// The entries, in their order.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Exceptions(Vec<Exception>);

#[derive(Clone, Debug, Eq, PartialEq)]
struct Exception {
    whom: Whom,
    /// Only at this port.
    port: Option<u16>,
}

#[derive(Clone, Debug, Eq, PartialEq)]
enum Whom {
    Everybody,
    /// Addresses. A name is not resolved to compare it with them.
    Network(IpNet),
    /// The name, unless `below_only`, and all names below it.
    Name {
        name: String,
        below_only: bool,
    },
}

impl Exceptions {
    /// Reads a list that is separated by commas. The error completes "NO_PROXY …".
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let entries = text.split(',').map(str::trim);
        let entries = entries.filter(|entry| !entry.is_empty());
        entries
            .map(|entry| {
                Exception::parse(entry)
                    .ok_or_else(|| format!("has {}, which {FORM}", shown(entry, text)))
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Whether `target` is one of them.
    pub(crate) fn include(&self, target: &Target) -> bool {
        self.0.iter().any(|exception| exception.includes(target))
    }
}

impl Exception {
    fn parse(entry: &str) -> Option<Self> {
        if let Some(network) = network(entry) {
            return Some(Whom::Network(network).at(None));
        }
        if entry == "*" {
            return Some(Whom::Everybody.at(None));
        }
        let (host, port) = match entry.rsplit_once(':') {
            Some((host, port)) if !entry.ends_with(']') => (host, Some(port.parse().ok()?)),
            _ => (entry, None),
        };
        let bare = host.strip_prefix('[').and_then(|h| h.strip_suffix(']'));
        match bare {
            Some(address) => Some(Whom::Network(address.parse::<IpAddr>().ok()?.into()).at(port)),
            None => match host.parse::<IpAddr>() {
                Ok(IpAddr::V4(address)) => Some(Whom::Network(IpAddr::V4(address).into()).at(port)),
                // Without brackets nobody knows where the port begins.
                Ok(IpAddr::V6(_)) => None,
                Err(_) => Some(Whom::name(host)?.at(port)),
            },
        }
    }

    fn includes(&self, target: &Target) -> bool {
        let port_fits = self.port.is_none_or(|port| port == target.port);
        port_fits
            && match &self.whom {
                Whom::Everybody => true,
                Whom::Network(network) => target
                    .address()
                    .is_some_and(|address| network.contains(&address)),
                Whom::Name { name, below_only } => match target.host.strip_suffix(name.as_str()) {
                    Some("") => !below_only,
                    Some(above) => above.ends_with('.') && target.address().is_none(),
                    None => false,
                },
            }
    }
}

impl Whom {
    /// `name`, `.name` or `*.name`.
    fn name(entry: &str) -> Option<Self> {
        let below = entry.strip_prefix('*').unwrap_or(entry).strip_prefix('.');
        let name = below.unwrap_or(entry);
        let name = name.strip_suffix('.').unwrap_or(name);
        let is_label = |label: &str| {
            !label.is_empty()
                && label
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        };
        name.split('.').all(is_label).then(|| Self::Name {
            name: name.to_ascii_lowercase(),
            below_only: below.is_some(),
        })
    }

    fn at(self, port: Option<u16>) -> Exception {
        Exception { whom: self, port }
    }
}

/// A network, or a bare address.
fn network(entry: &str) -> Option<IpNet> {
    let network = entry.parse().ok();
    network.or_else(|| Some(entry.parse::<IpAddr>().ok()?.to_canonical().into()))
}

/// `entry` of `text`, for people. With an `@` in it, the text may be the address of a proxy in the wrong
/// variable. Its password may have a comma, so no part of it is shown.
fn shown(entry: &str, text: &str) -> String {
    match text.contains('@') {
        true => "an entry".to_owned(),
        false => format!("the entry `{entry}`"),
    }
}
