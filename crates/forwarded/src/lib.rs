//! The client's address behind proxies. The component and the host share this code, since both must find the
//! same address.

use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;

/// The client's address: `peer`, the address of the connection. If that is a `trusted` proxy, it is the last
/// address in `forwarded` that is not a trusted proxy. A client can forge all addresses before it.
///
/// `forwarded` has the values of `X-Forwarded-For`, in order.
pub fn client_address<'a>(
    peer: IpAddr,
    forwarded: impl IntoIterator<Item = &'a str>,
    trusted: &[IpNet],
) -> IpAddr {
    let mut address = peer.to_canonical();
    if !is_trusted(address, trusted) {
        return address;
    }
    let lines = forwarded.into_iter();
    let hops: Vec<&str> = lines.flat_map(|line| line.split(',')).collect();
    for hop in hops.into_iter().rev() {
        match parse(hop) {
            Some(before) if is_trusted(address, trusted) => address = before,
            _ => break,
        }
    }
    address
}

/// Whether `address` is one of the `trusted` proxies.
pub fn is_trusted(address: IpAddr, trusted: &[IpNet]) -> bool {
    trusted.iter().any(|net| net.contains(&address))
}

/// An address, with or without a port.
pub fn parse(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let address = text
        .parse::<SocketAddr>()
        .map(|socket| socket.ip())
        .or_else(|_| text.trim_matches(['[', ']']).parse())
        .ok()?;
    Some(address.to_canonical())
}

/// The address that counts as one client: the /64 of an IPv6 address (RFC 6177, section 2).
pub fn client(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => {
            let network = address.to_bits() & !u128::from(u64::MAX);
            IpAddr::V6(network.into())
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use super::{client, client_address};

    #[test]
    fn a_client_of_ipv6_has_a_whole_network() {
        let client = |text: &str| client(text.parse().unwrap()).to_string();
        assert_eq!(client("192.0.2.1"), "192.0.2.1");
        assert_eq!(client("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
    }

    #[test]
    fn without_a_trusted_proxy_it_is_the_connections() {
        let peer = "198.51.100.1".parse().unwrap();
        let address = client_address(peer, ["203.0.113.9"], &[]);
        assert_eq!(address, peer);
    }
}
