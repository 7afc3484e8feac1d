//! A client that sends arbitrary bytes, and sees how an answer ends.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio_rustls::rustls::{ClientConnection, StreamOwned};

use crate::api_server::Stream;
use crate::tls;

/// How long an answer may be silent.
const PATIENCE: Duration = Duration::from_secs(90);

/// A connection.
pub struct Wire(Box<dyn Stream>);

/// An HTTP/1.1 answer, unchanged.
#[derive(Clone, Debug)]
pub struct Heard {
    /// The first line and the headers.
    pub head: String,
    /// All bytes after the head, with their framing, until the connection ended.
    pub rest: Vec<u8>,
}

impl Wire {
    /// To `origin`, in the clear.
    pub fn to(origin: &str) -> Self {
        Self(Box::new(connect(origin)))
    }

    /// To `origin` over TLS, whose authority is in `ca_file`.
    pub fn over_tls(origin: &str, ca_file: &Path) -> Self {
        let config = Arc::new(tls::client(ca_file, "http/1.1"));
        let name = "localhost".try_into().unwrap();
        let connection = ClientConnection::new(config, name).unwrap();
        Self(Box::new(StreamOwned::new(connection, connect(origin))))
    }

    /// Sends these bytes; the server may close before all are written.
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) {
        let _ = self.0.write_all(bytes.as_ref());
        let _ = self.0.flush();
    }

    /// Reads the head of an answer.
    pub fn head(&mut self) -> String {
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") {
            match self.0.read(&mut byte) {
                Ok(0) => break,
                Ok(_) => head.push(byte[0]),
                Err(error) => {
                    assert_has_ended(&error);
                    break;
                }
            }
        }
        String::from_utf8_lossy(&head).into_owned()
    }

    /// Reads at most so many bytes; returns their number, 0 at the end.
    pub fn read(&mut self, buffer: &mut [u8]) -> usize {
        self.0.read(buffer).unwrap_or_else(|error| {
            assert_has_ended(&error);
            0
        })
    }

    /// Reads more into `text` until that contains `part`.
    pub fn until(&mut self, part: &str, text: &mut String) {
        let mut buffer = [0; 1024];
        while !text.contains(part) {
            let read = self.read(&mut buffer);
            assert_ne!(read, 0, "{text}");
            text.push_str(&String::from_utf8_lossy(&buffer[..read]));
        }
    }

    /// Reads an answer until the connection ends.
    pub fn hear(mut self) -> Heard {
        let head = self.head();
        let mut rest = Vec::new();
        if let Err(error) = self.0.read_to_end(&mut rest) {
            assert_has_ended(&error);
        }
        Heard { head, rest }
    }
}

impl Heard {
    /// The status; 0 if there is no answer.
    pub fn status(&self) -> u16 {
        let status = self.head.split(' ').nth(1);
        status.map_or(0, |status| status.parse().unwrap())
    }

    /// The value of a header; empty without one.
    pub fn header(&self, name: &str) -> &str {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines
            .find(|(other, _)| other.eq_ignore_ascii_case(name))
            .map_or("", |(_, value)| value)
    }

    /// Everything, as text.
    pub fn text(&self) -> String {
        format!("{}{}", self.head, String::from_utf8_lossy(&self.rest))
    }

    /// Whether the body has its announced length, or ends with the last chunk.
    pub fn is_whole(&self) -> bool {
        if self.header("transfer-encoding") == "chunked" {
            return self.rest.ends_with(b"0\r\n\r\n");
        }
        self.header("content-length").parse() == Ok(self.rest.len())
    }

    /// The body as JSON; it must be of a known length.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.rest).unwrap_or_else(|_| panic!("no JSON: {}", self.text()))
    }

    /// The type and code of our problem in a `Status`.
    pub fn problem(&self) -> (u16, String) {
        let status = self.json();
        assert_eq!(status["kind"], "Status", "{status}");
        assert_eq!(status["code"], self.status(), "{status}");
        let kind = status["details"]["causes"][0]["reason"].as_str();
        (self.status(), kind.unwrap_or_default().to_owned())
    }
}

fn connect(origin: &str) -> TcpStream {
    let (_, address) = origin.split_once("://").unwrap();
    let stream = TcpStream::connect(address.replace("localhost", "127.0.0.1")).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// A broken connection has ended too; a silent one has not.
fn assert_has_ended(error: &io::Error) {
    let waits = [io::ErrorKind::WouldBlock, io::ErrorKind::TimedOut];
    assert!(!waits.contains(&error.kind()), "no end within {PATIENCE:?}");
}
