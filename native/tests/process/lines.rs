//! A log line is one write with its newline, so that nothing else gets into it, whoever writes to the same place.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixDatagram;

use serde_json::Value;

use crate::program::Running;

const LISTEN: [&str; 6] = [
    "tunnel",
    "--listen",
    "127.0.0.1:0",
    "--drain-seconds=0",
    "--max-connections-per-client",
    "1",
];
const SETTINGS: [(&str, &str); 2] = [
    ("TUNNEL_TOKEN", "0123456789abcdef0123456789abcdef"),
    ("COMPONENT_URL", "http://127.0.0.1:1"),
];
const REQUEST: &[u8] = b"GET /k8s/api HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";

#[test]
fn each_line_is_one_write() {
    // A datagram is one write.
    let (log, written) = UnixDatagram::pair().unwrap();
    let tunnel = Running::logging_to(OwnedFd::from(written), &LISTEN, &SETTINGS);
    let mut held = TcpStream::connect(&tunnel.address).unwrap();
    let mut refused = TcpStream::connect(&tunnel.address).unwrap();
    assert!(matches!(refused.read(&mut [0]), Ok(0) | Err(_)));
    held.write_all(REQUEST).unwrap();
    held.read_to_string(&mut String::new()).unwrap();
    assert_eq!(tunnel.signal("TERM").0, Some(0));
    log.set_nonblocking(true).unwrap();
    let mut events = Vec::new();
    let mut datagram = [0; 8192];
    while let Ok(length) = log.recv(&mut datagram) {
        let line = std::str::from_utf8(&datagram[..length]).unwrap();
        assert_eq!(line.find('\n'), Some(length - 1), "{line:?}");
        if line.starts_with("warning: ") {
            continue;
        }
        let line: Value = serde_json::from_str(line).unwrap();
        events.push(line["event"].as_str().unwrap().to_owned());
    }
    for event in ["connections_refused", "tunnel_failed", "draining"] {
        assert!(events.iter().any(|one| one == event), "{event}: {events:?}");
    }
}
