//! An API server played by a test.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

use tokio_rustls::rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::{Certificates, tls};

/// How long to wait for an expected request on a busy machine.
const PATIENCE: Duration = Duration::from_secs(90);

/// Records the requests, to the byte, and answers as the test says.
pub struct ApiServer {
    url: String,
    shared: Arc<Shared>,
}

/// A request, unchanged.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The first line and the headers.
    pub head: String,
    /// The body, without its framing.
    pub body: Vec<u8>,
}

/// The client of a request, which waits for an answer.
pub struct Asker {
    stream: BufReader<Box<dyn Stream>>,
    socket: TcpStream,
}

/// What is read and written.
pub(crate) trait Stream: Read + Write + Send {}

impl<T: Read + Write + Send> Stream for T {}

type Answer = dyn Fn(&Seen, &mut Asker) -> io::Result<()> + Send + Sync;

struct Shared {
    answer: Box<Answer>,
    tls: Option<Arc<ServerConfig>>,
    seen: Mutex<Vec<Seen>>,
    grown: Condvar,
    sockets: Mutex<Vec<TcpStream>>,
    over: AtomicBool,
}

impl ApiServer {
    /// In the clear. An error of `answer` closes the connection; otherwise it is kept.
    pub fn start(
        answer: impl Fn(&Seen, &mut Asker) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        Self::listen("http", None, Box::new(answer))
    }

    /// The same over TLS. Connections are closed without a `close_notify` (RFC 8446, section 6.1).
    pub fn over_tls(
        certificates: &Certificates,
        answer: impl Fn(&Seen, &mut Asker) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        let config = Arc::new(tls::server(certificates));
        Self::listen("https", Some(config), Box::new(answer))
    }

    fn listen(scheme: &str, tls: Option<Arc<ServerConfig>>, answer: Box<Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("{scheme}://{}", listener.local_addr().unwrap());
        let shared = Arc::new(Shared {
            answer,
            tls,
            seen: Mutex::default(),
            grown: Condvar::new(),
            sockets: Mutex::default(),
            over: AtomicBool::new(false),
        });
        let accepting = shared.clone();
        thread::spawn(move || {
            for socket in listener.incoming().map_while(Result::ok) {
                if accepting.over.load(Ordering::Acquire) {
                    return;
                }
                let shared = accepting.clone();
                // The test decides how a connection ends.
                thread::spawn(move || shared.converse(socket));
            }
        });
        Self { url, shared }
    }

    /// Where it is.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The requests so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.shared.seen.lock().unwrap().clone()
    }

    /// Removes and returns the requests so far.
    pub fn take(&self) -> Vec<Seen> {
        std::mem::take(&mut *self.shared.seen.lock().unwrap())
    }

    /// Waits for this many requests.
    pub fn wait_for(&self, requests: usize) {
        let seen = self.shared.seen.lock().unwrap();
        let few = |seen: &mut Vec<Seen>| seen.len() < requests;
        let (seen, _) = self
            .shared
            .grown
            .wait_timeout_while(seen, PATIENCE, few)
            .unwrap();
        assert!(seen.len() >= requests, "only {} of {requests}", seen.len());
    }
}

impl Drop for ApiServer {
    fn drop(&mut self) {
        self.shared.over.store(true, Ordering::Release);
        // Wakes the listener, which may have ended already.
        let _ = TcpStream::connect(self.url.split("//").last().unwrap());
        for socket in self.shared.sockets.lock().unwrap().drain(..) {
            let _ = socket.shutdown(Shutdown::Both);
        }
    }
}

impl Shared {
    fn converse(&self, socket: TcpStream) -> io::Result<()> {
        self.sockets.lock().unwrap().push(socket.try_clone()?);
        let stream: Box<dyn Stream> = match &self.tls {
            Some(config) => {
                let connection = ServerConnection::new(config.clone()).unwrap();
                Box::new(StreamOwned::new(connection, socket.try_clone()?))
            }
            None => Box::new(socket.try_clone()?),
        };
        let mut asker = Asker {
            stream: BufReader::new(stream),
            socket,
        };
        let outcome = self.answer_all(&mut asker);
        // The clone among the sockets would keep it open.
        let _ = asker.socket.shutdown(Shutdown::Both);
        outcome
    }

    fn answer_all(&self, asker: &mut Asker) -> io::Result<()> {
        while let Some(seen) = asker.read()? {
            self.seen.lock().unwrap().push(seen.clone());
            self.grown.notify_all();
            (self.answer)(&seen, asker)?;
        }
        Ok(())
    }
}

impl Seen {
    /// Method, target and version.
    pub fn line(&self) -> &str {
        self.head.lines().next().unwrap()
    }

    /// Every value of a header.
    pub fn all(&self, name: &str) -> Vec<&str> {
        let lines = self.head.lines().skip(1);
        lines
            .filter_map(|line| line.split_once(": "))
            .filter(|(other, _)| other.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
            .collect()
    }
}

impl Asker {
    /// Answers with this JSON, and keeps the connection.
    ///
    /// # Errors
    /// When the client has gone.
    pub fn json(&mut self, status: &str, json: &str) -> io::Result<()> {
        let length = json.len();
        let head = format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\n");
        self.write(format!("{head}content-length: {length}\r\n\r\n{json}"))
    }

    /// Writes these bytes.
    ///
    /// # Errors
    /// When the client has gone.
    pub fn write(&mut self, bytes: impl AsRef<[u8]>) -> io::Result<()> {
        let stream = self.stream.get_mut();
        stream.write_all(bytes.as_ref())?;
        stream.flush()
    }

    /// Writes these bytes and closes the connection.
    ///
    /// # Errors
    /// Always.
    pub fn last(&mut self, bytes: impl AsRef<[u8]>) -> io::Result<()> {
        self.write(bytes)?;
        Err(io::ErrorKind::ConnectionAborted.into())
    }

    /// Writes `piece` repeatedly until the client has taken nothing for `patience`, or has gone; returns how
    /// many bytes it took.
    pub fn flood(&mut self, piece: &[u8], patience: Duration) -> u64 {
        self.socket.set_write_timeout(Some(patience)).unwrap();
        let mut taken = 0;
        while let Ok(bytes) = self.stream.get_mut().write(piece) {
            taken += bytes as u64;
        }
        taken
    }

    /// Stays silent until the client has gone.
    ///
    /// # Errors
    /// Always.
    pub fn stall(&mut self) -> io::Result<()> {
        io::copy(&mut self.stream, &mut io::sink())?;
        Err(io::ErrorKind::ConnectionAborted.into())
    }

    fn read(&mut self) -> io::Result<Option<Seen>> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            if self.stream.read_until(b'\n', &mut head)? == 0 {
                return Ok(None);
            }
        }
        let head = String::from_utf8_lossy(&head).into_owned();
        let mut seen = Seen {
            head,
            body: Vec::new(),
        };
        if let Some(length) = seen.all("content-length").first() {
            seen.body.resize(length.parse().unwrap(), 0);
            self.stream.read_exact(&mut seen.body)?;
        } else if !seen.all("transfer-encoding").is_empty() {
            while let Some(chunk) = self.chunk()? {
                seen.body.extend(chunk);
            }
        }
        Ok(Some(seen))
    }

    fn chunk(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut size = String::new();
        self.stream.read_line(&mut size)?;
        let size = usize::from_str_radix(size.trim(), 16);
        let size = size.map_err(|_| io::ErrorKind::InvalidData)?;
        let mut chunk = vec![0; size + 2];
        self.stream.read_exact(&mut chunk)?;
        chunk.truncate(size);
        Ok((size > 0).then_some(chunk))
    }
}
