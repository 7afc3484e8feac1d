//! A server for components' calls. It uses threads, so that it runs while a test blocks its runtime.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;

/// The events of a connection, in order.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum Event {
    /// This connection, counted from 1, was accepted.
    Opened(usize),
    /// A request for this path came over it.
    Asked(usize, String),
    /// It was closed by either side.
    Closed(usize),
}

/// The server. Its paths say what it does:
///
/// - `/drop` closes it without an answer;
/// - `/silent` does not answer;
/// - `/stall` sends a part of its answer, and then nothing;
/// - `/half` sends a part of its answer, and closes the connection;
/// - `/long` gives a long answer;
/// - any other path gets a short answer.
pub(super) struct Upstream {
    pub(super) address: SocketAddr,
    events: Receiver<Event>,
    stop: Arc<AtomicBool>,
}

impl Upstream {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, events) = mpsc::channel();
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = stop.clone();
        thread::spawn(move || {
            let opened = AtomicUsize::new(0);
            for stream in listener.incoming() {
                if stopped.load(Ordering::Relaxed) {
                    return;
                }
                let number = opened.fetch_add(1, Ordering::Relaxed) + 1;
                let sender = sender.clone();
                let _ = sender.send(Event::Opened(number));
                thread::spawn(move || {
                    converse(&mut stream.unwrap(), number, &sender);
                    let _ = sender.send(Event::Closed(number));
                });
            }
        });
        Self {
            address,
            events,
            stop,
        }
    }

    /// The next event. It blocks the thread, and so a test's runtime.
    pub(super) fn event(&self) -> Event {
        self.events.recv().unwrap()
    }

    /// How many connections were accepted so far; the events are discarded.
    pub(super) fn opened(&self) -> usize {
        let events = self.events.try_iter();
        events
            .filter(|event| matches!(event, Event::Opened(_)))
            .count()
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(self.address);
    }
}

/// Until the connection is closed.
fn converse(stream: &mut TcpStream, number: usize, events: &Sender<Event>) {
    while let Some(path) = head(stream) {
        let _ = events.send(Event::Asked(number, path.clone()));
        let (answer, goes_on) = match path.as_str() {
            "/drop" => return,
            "/silent" => (String::new(), true),
            "/stall" => (plain(100, "half"), true),
            "/half" => (plain(100, "half"), false),
            "/long" => (plain(1 << 20, &"x".repeat(1 << 20)), true),
            _ => (plain(2, "ok"), true),
        };
        // A client may have gone meanwhile.
        if stream.write_all(answer.as_bytes()).is_err() || !goes_on {
            return;
        }
    }
}

fn plain(length: usize, text: &str) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{text}")
}

/// The path of the next request, which is assumed to have no body.
fn head(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).ok()?;
        head.extend(byte);
    }
    let head = String::from_utf8(head).unwrap();
    head.split(' ').nth(1).map(str::to_owned)
}
