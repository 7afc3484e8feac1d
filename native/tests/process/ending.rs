//! How the programs end, tested with the one that has the fewest settings.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

use crate::program::Running;

/// A component that never answers, and a tunnel in front with a request in flight.
struct Waiting {
    tunnel: Running,
    client: TcpStream,
    /// The component's end of the request.
    asked: TcpStream,
}

impl Waiting {
    fn begin(arguments: &[&str]) -> Self {
        let component = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", component.local_addr().unwrap());
        let arguments = [&["tunnel", "--listen", "127.0.0.1:0"], arguments].concat();
        let settings = [
            ("TUNNEL_TOKEN", "0123456789abcdef0123456789abcdef"),
            ("COMPONENT_URL", &url),
        ];
        let tunnel = Running::start(&arguments, &settings);
        let mut client = TcpStream::connect(&tunnel.address).unwrap();
        client
            .write_all(b"GET /slow HTTP/1.1\r\nhost: h\r\n\r\n")
            .unwrap();
        let (mut asked, _) = component.accept().unwrap();
        asked.read_exact(&mut [0; 4]).unwrap();
        Self {
            tunnel,
            client,
            asked,
        }
    }

    /// Asserts that the client gets an answer, which is the last one.
    fn finishes(mut self) {
        let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\ndone";
        self.asked.write_all(answer).unwrap();
        let mut got = String::new();
        self.client.read_to_string(&mut got).unwrap();
        assert!(
            got.starts_with("HTTP/1.1 200") && got.ends_with("done"),
            "{got}"
        );
        assert!(got.contains("connection: close"), "{got}");
    }
}

/// The answer of `/readyz` on a new connection; `None` without one.
fn readyz(address: &str) -> Option<String> {
    let mut stream = TcpStream::connect(address).ok()?;
    let request = b"GET /readyz HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n";
    stream.write_all(request).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    Some(answer)
}

/// Waits until the signal has arrived; returns whether connections are still accepted.
fn until_told(address: &str) -> bool {
    loop {
        match readyz(address) {
            None => return false,
            Some(answer) if answer.contains("[-]shutdown failed: reason withheld") => return true,
            Some(_) => {}
        }
    }
}

#[test]
fn sigterm_is_told_to_probes_first_and_others_are_still_served() {
    let waiting = Waiting::begin(&["--drain-seconds=3600"]);
    waiting.tunnel.send("TERM");
    assert!(until_told(&waiting.tunnel.address), "it accepts");
    waiting.finishes();
}

#[test]
fn after_ctrl_c_nothing_new_is_accepted_and_what_is_there_finishes() {
    let waiting = Waiting::begin(&["--drain-seconds=3600"]);
    waiting.tunnel.send("INT");
    // For a moment it may still answer that it drains.
    while readyz(&waiting.tunnel.address).is_some() {}
    waiting.finishes();
}

#[test]
fn a_second_signal_ends_it_at_once() {
    for (first, second, code) in [
        ("TERM", "TERM", 143),
        ("TERM", "INT", 130),
        ("INT", "TERM", 143),
    ] {
        let Waiting {
            tunnel,
            client,
            asked,
        } = Waiting::begin(&["--drain-seconds=3600", "--grace-seconds=3600"]);
        tunnel.send(first);
        until_told(&tunnel.address);
        let (ended, _) = tunnel.signal(second);
        assert_eq!(ended, Some(code), "{first} {second}");
        drop((client, asked));
    }
}

#[test]
fn what_takes_too_long_is_cut() {
    let Waiting {
        tunnel,
        mut client,
        asked,
    } = Waiting::begin(&["--drain-seconds=0", "--grace-seconds=0"]);
    assert_eq!(tunnel.signal("TERM").0, Some(0));
    assert_eq!(client.read_to_end(&mut Vec::new()).unwrap(), 0);
    drop(asked);
}
