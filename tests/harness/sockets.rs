//! An app that echoes WebSocket messages, and its client.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use tokio::runtime::Runtime;
use tungstenite::client::IntoClientRequest;
use tungstenite::handshake::HandshakeError;
use tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tungstenite::http::{HeaderName, HeaderValue};
use tungstenite::protocol::WebSocket;
use tungstenite::{Error, Message, accept_hdr, client};

use crate::api_server::Stream;

/// How long a message may take that has to come, on a machine with much else to do.
pub(crate) const PATIENCE: Duration = Duration::from_secs(90);

/// The headers of one request.
type Headers = Vec<(String, String)>;

/// The app.
pub struct SocketApp {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<Headers>>>,
    over: Arc<AtomicBool>,
}

impl SocketApp {
    /// Starts it. It accepts the subprotocol `chat`.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let app = Self {
            address: listener.local_addr().unwrap(),
            seen: Arc::default(),
            over: Arc::default(),
        };
        let (seen, over) = (app.seen.clone(), app.over.clone());
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if over.load(Ordering::Acquire) {
                    return;
                }
                let seen = seen.clone();
                thread::spawn(move || answer(stream, &seen));
            }
        });
        app
    }

    /// Where it is.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where it is, without the scheme.
    pub fn authority(&self) -> String {
        self.address.to_string()
    }

    /// The headers of the requests so far.
    pub fn seen(&self) -> Vec<Headers> {
        self.seen.lock().unwrap().clone()
    }
}

impl Drop for SocketApp {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Release);
        // Wakes the listener.
        drop(TcpStream::connect(self.address));
    }
}

fn answer(stream: TcpStream, seen: &Mutex<Vec<Headers>>) {
    #[allow(clippy::result_large_err, reason = "the library has it so")]
    let greet = |request: &Request, mut response: Response| -> Result<Response, ErrorResponse> {
        let headers = request.headers().iter();
        let headers = headers.map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.to_string(), value)
        });
        seen.lock().unwrap().push(headers.collect());
        if request.headers().contains_key("sec-websocket-protocol") {
            let chat = HeaderValue::from_static("chat");
            response
                .headers_mut()
                .insert("sec-websocket-protocol", chat);
        }
        Ok(response)
    };
    let Ok(mut socket) = accept_hdr(stream, greet) else {
        return;
    };
    // It ends with its connection.
    while let Ok(message) = socket.read() {
        if (message.is_text() || message.is_binary()) && socket.send(message).is_err() {
            return;
        }
    }
}

/// A client of a WebSocket.
pub struct Socket {
    pub(crate) socket: WebSocket<Box<dyn Stream>>,
    /// The subprotocol that the app has taken.
    pub protocol: String,
    /// What its bytes come through, if it is a stream of HTTP/2.
    pub(crate) _carrier: Option<Runtime>,
}

impl Socket {
    /// Opens `path` of `host` at `origin`, the proxy's address, with these headers.
    ///
    /// # Errors
    /// With status and body of another answer.
    pub fn open(
        origin: &str,
        host: &str,
        path: &str,
        headers: &[(&str, &str)],
    ) -> Result<Self, (u16, String)> {
        let mut request = format!("ws://{host}{path}").into_client_request().unwrap();
        for (name, value) in headers {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            let value = HeaderValue::from_str(value).unwrap();
            request.headers_mut().append(name, value);
        }
        let (_, address) = origin.split_once("://").unwrap();
        let stream = TcpStream::connect(address.replace("localhost", "127.0.0.1")).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let stream: Box<dyn Stream> = Box::new(stream);
        match client(request, stream) {
            Ok((socket, response)) => {
                let protocol = response.headers().get("sec-websocket-protocol");
                let protocol = protocol.map_or("", |protocol| protocol.to_str().unwrap());
                Ok(Self {
                    socket,
                    protocol: protocol.to_owned(),
                    _carrier: None,
                })
            }
            Err(HandshakeError::Failure(Error::Http(response))) => {
                let body = response.body().clone().unwrap_or_default();
                let body = String::from_utf8_lossy(&body).into_owned();
                Err((response.status().as_u16(), body))
            }
            Err(error) => panic!("{error}"),
        }
    }

    /// Sends `message`, and returns the reply.
    pub fn ask(&mut self, message: Message) -> Message {
        self.socket.send(message).unwrap();
        self.socket.read().unwrap()
    }

    /// Sends `text`, and expects it back.
    pub fn echo(&mut self, text: &str) {
        assert_eq!(self.ask(Message::text(text)), Message::text(text));
    }

    /// Sends these bytes, and expects them back.
    pub fn echo_bytes(&mut self, bytes: Vec<u8>) {
        let message = Message::binary(bytes);
        assert!(
            self.ask(message.clone()) == message,
            "other bytes came back"
        );
    }

    /// Waits until the other side ends it.
    pub fn wait_for_end(mut self) {
        loop {
            match self.socket.read() {
                Ok(_) => {}
                Err(Error::Io(error)) if error.kind() == std::io::ErrorKind::WouldBlock => {
                    panic!("no end within {PATIENCE:?}");
                }
                Err(_) => return,
            }
        }
    }
}
