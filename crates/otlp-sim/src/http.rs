//! As much HTTP/1.1 as an exporter needs.

use std::io::{self, Read, Write};
use std::net::TcpStream;

/// A request, as it came.
#[derive(Clone, Debug)]
pub struct Export {
    /// Its first line and its headers.
    pub head: String,
    /// Its content.
    pub body: Vec<u8>,
}

/// Reads the one request on `stream`, and answers it with `status`.
pub(crate) fn answer(stream: &mut TcpStream, status: &str) -> io::Result<Export> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte)?;
        head.extend_from_slice(&byte);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let mut body = vec![0; length(&head)];
    stream.read_exact(&mut body)?;
    let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    stream.write_all(answer.as_bytes())?;
    Ok(Export { head, body })
}

fn length(head: &str) -> usize {
    let lines = head.lines().filter_map(|line| line.split_once(':'));
    let mut lengths = lines.filter(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let length = lengths.next().map(|(_, length)| length.trim().parse());
    length.unwrap_or(Ok(0)).unwrap()
}
