//! The port to listen on.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};

use anyhow::{Context, Result};

/// Checks that nobody else listens on this port, under any name of this machine.
pub(super) fn free_port(port: u16) -> Result<u16> {
    let listener = match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => return Err(taken(port)),
        other => other.with_context(|| format!("cannot listen on 127.0.0.1:{port}"))?,
    };
    let port = listener.local_addr()?.port();
    // A browser may try ::1 first for `localhost`. A machine may have no IPv6.
    let v6 = TcpListener::bind(SocketAddr::from((Ipv6Addr::LOCALHOST, port)));
    if v6.is_err_and(|error| error.kind() == io::ErrorKind::AddrInUse) {
        return Err(taken(port));
    }
    Ok(port)
}

fn taken(port: u16) -> anyhow::Error {
    anyhow::anyhow!(
        "port {port} is taken by another program; choose another one with --port, or a free one \
         with --port 0"
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_taken_port_is_an_error_that_says_what_to_do() {
        let other = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = other.local_addr().unwrap().port();
        let error = free_port(port).unwrap_err().to_string();
        assert!(error.contains(&format!("port {port} is taken")) && error.contains("--port"));
    }

    #[test]
    fn port_0_becomes_a_port() {
        assert_ne!(free_port(0).unwrap(), 0);
    }
}
