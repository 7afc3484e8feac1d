//! An app that records its requests, byte by byte, and echoes them.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// How long a client may be silent.
const PATIENCE: Duration = Duration::from_secs(20);

/// The running app.
pub struct Echo {
    address: SocketAddr,
    state: Arc<State>,
    server: Option<JoinHandle<()>>,
}

/// A request to the app.
#[derive(Clone, Debug)]
pub struct Told {
    /// The request line and the headers.
    pub head: String,
    /// The body, if its length was announced.
    pub body: String,
}

struct State {
    told: Mutex<Vec<Told>>,
    /// Its HTML pages, by path.
    pages: Vec<(String, String)>,
    ends: AtomicBool,
}

impl Echo {
    /// Starts an app that answers every request with its head.
    pub fn start() -> Self {
        Self::with_pages(Vec::new())
    }

    /// Starts an app with these HTML pages, by path.
    pub fn with_pages(pages: Vec<(String, String)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State {
            told: Mutex::default(),
            pages,
            ends: AtomicBool::new(false),
        });
        let serving = state.clone();
        let server = thread::spawn(move || serve(&listener, &serving));
        Self {
            address,
            state,
            server: Some(server),
        }
    }

    /// Where it is: `host:port`.
    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// The requests since the last call.
    pub fn take(&self) -> Vec<Told> {
        std::mem::take(&mut *self.state.told.lock().unwrap())
    }
}

impl Told {
    /// The path and query, as they came.
    pub fn target(&self) -> &str {
        self.head.split(' ').nth(1).unwrap()
    }

    /// The values of all headers that an app could take for `name`, in any spelling.
    pub fn values(&self, name: &str) -> Vec<&str> {
        let fields = self.head.lines().skip(1);
        let fields = fields.filter_map(|line| line.split_once(':'));
        fields
            .filter(|(other, _)| other.replace('_', "-").eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
            .collect()
    }
}

impl Drop for Echo {
    fn drop(&mut self) {
        self.state.ends.store(true, Ordering::Release);
        // Wakes the listener.
        drop(TcpStream::connect(self.address));
        if let Some(server) = self.server.take() {
            let _ = server.join();
        }
    }
}

fn serve(listener: &TcpListener, state: &Arc<State>) {
    for client in listener.incoming() {
        if state.ends.load(Ordering::Acquire) {
            return;
        }
        let (client, state) = (client.unwrap(), state.clone());
        // Clients may disconnect.
        thread::spawn(move || {
            let _ = answer(client, &state);
        });
    }
}

fn answer(mut client: TcpStream, state: &State) -> io::Result<()> {
    client.set_read_timeout(Some(PATIENCE))?;
    let told = read(&mut client)?;
    let path = told.target().split('?').next().unwrap();
    let page = state.pages.iter().find(|(other, _)| other == path);
    let (kind, content) = page.map_or(("text/plain", &told.head), |(_, page)| ("text/html", page));
    let answer = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{content}",
        content.len()
    );
    state.told.lock().unwrap().push(told);
    client.write_all(answer.as_bytes())
}

fn read(client: &mut TcpStream) -> io::Result<Told> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        match client.read(&mut buffer)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            count => bytes.extend_from_slice(&buffer[..count]),
        }
    };
    let mut body = bytes.split_off(end + 4);
    let mut told = Told {
        head: String::from_utf8_lossy(&bytes).into_owned(),
        body: String::new(),
    };
    let length = told.values("content-length").first().copied();
    let length: usize = length.map_or(0, |length| length.parse().unwrap());
    while body.len() < length {
        match client.read(&mut buffer)? {
            0 => break,
            count => body.extend_from_slice(&buffer[..count]),
        }
    }
    told.body = String::from_utf8_lossy(&body).into_owned();
    Ok(told)
}
