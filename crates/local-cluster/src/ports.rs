//! Ports that nobody else listens on.

use std::net::{Ipv4Addr, TcpListener};

use anyhow::{Context, Result};

/// `N` free ports, each another one; the first is `wanted` unless that is 0.
pub(crate) fn free<const N: usize>(wanted: u16) -> Result<[u16; N]> {
    // Held until all are known, so that none is given twice.
    let mut held = Vec::with_capacity(N);
    let mut ports = [0; N];
    for (index, port) in ports.iter_mut().enumerate() {
        let asked = if index == 0 { wanted } else { 0 };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, asked))
            .with_context(|| format!("cannot listen on 127.0.0.1:{asked}"))?;
        *port = listener.local_addr()?.port();
        held.push(listener);
    }
    Ok(ports)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn ports_differ_and_a_taken_one_is_an_error() {
        let [first, second] = free(0).unwrap();
        assert!(first != 0 && second != 0 && first != second);
        let other = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        assert!(free::<1>(other.local_addr().unwrap().port()).is_err());
    }
}
