//! Accepts connections within the limits.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::time::Duration;

use serde_json::json;
use socket2::{SockRef, TcpKeepalive};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tls::Files;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::server::TlsStream;

use crate::complaint::Complaint;
use crate::counts::Counts;
use crate::handshakes::Handshakes;
use crate::places::{Full, Place, Places};
use crate::{Client, Limits};

/// The pause after a failed accept. It keeps the loop from spinning until a file descriptor is free.
const PAUSE: Duration = Duration::from_millis(50);
/// How long a connection may be silent before the system sends keep-alive probes.
const SILENCE: Duration = Duration::from_secs(60);
/// The interval of these probes.
const ASK_AGAIN: Duration = Duration::from_secs(15);
/// HTTP/2 and HTTP/1.1 by their names in ALPN (RFC 7301).
pub(crate) const HTTP2: &[u8] = b"h2";
pub(crate) const HTTP1: &[u8] = b"http/1.1";
/// The protocols offered in ALPN, the preferred first. In the clear, clients just begin.
const PROTOCOLS: [&[u8]; 2] = [HTTP2, HTTP1];
/// The log message for a connection over the limit.
const TOO_MANY: &str = "too many connections (--max-connections)";
/// The log message for a connection over its client's limit.
const TOO_MANY_OF_ONE: &str = "too many connections from one client address \
     (--max-connections-per-client); behind an ingress set TRUSTED_PROXIES";

/// Accepts connections, in the clear or over TLS.
pub struct Listener {
    socket: TcpListener,
    tls: Option<Handshakes<(SocketAddr, Place)>>,
    places: Places,
    pub(crate) limits: Limits,
    pub(crate) extended_connect: bool,
    pub(crate) counts: Counts,
    too_many: Complaint,
    too_many_of_one: Complaint,
    failing: Complaint,
}

/// A new connection.
pub(crate) struct Accepted {
    pub(crate) stream: Stream,
    pub(crate) client: Client,
    /// Held as long as the connection exists.
    pub(crate) place: Place,
}

pub(crate) enum Stream {
    Clear(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl Listener {
    /// Accepts from `socket`, in the clear.
    #[must_use]
    pub fn clear(socket: TcpListener, limits: Limits) -> Self {
        let counts = Counts::new(&limits);
        Self {
            socket,
            tls: None,
            places: Places::new(&limits, &counts),
            limits,
            extended_connect: false,
            counts,
            too_many: Complaint::default(),
            too_many_of_one: Complaint::default(),
            failing: Complaint::default(),
        }
    }

    /// Accepts from `socket` over TLS, with the certificate in `files`. Clients may choose HTTP/2.
    ///
    /// # Errors
    /// When the certificate cannot be used.
    pub fn tls(socket: TcpListener, files: Files, limits: Limits) -> Result<Self, tls::Error> {
        let acceptor = tls::acceptor(files, &PROTOCOLS)?;
        Ok(Self {
            tls: Some(Handshakes::new(acceptor)),
            ..Self::clear(socket, limits)
        })
    }

    /// Tells HTTP/2 clients that they may use extended CONNECT (RFC 8441). Such a request has the extension
    /// `hyper::ext::Protocol`; the code that carries it must hold its [`Held`](crate::Held).
    #[must_use]
    pub fn with_extended_connect(self) -> Self {
        Self {
            extended_connect: true,
            ..self
        }
    }

    /// The listener's own origin.
    ///
    /// # Errors
    /// When the system does not report the address.
    pub fn origin(&self) -> io::Result<String> {
        let scheme = match self.tls {
            Some(_) => "https",
            None => "http",
        };
        Ok(format!("{scheme}://{}", self.socket.local_addr()?))
    }

    /// The counts of this listener.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// The next connection that has a place. Cancel-safe.
    pub(crate) async fn accept(&mut self) -> Accepted {
        loop {
            let shaken = async {
                match &mut self.tls {
                    Some(handshakes) => handshakes.next().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                (stream, (address, place)) = shaken => {
                    let client = Client { address, over_tls: true };
                    return Accepted { stream: Stream::Tls(Box::new(stream)), client, place };
                }
                accepted = self.socket.accept() => match accepted {
                    Ok((stream, address)) => {
                        if let Some(accepted) = self.admit(stream, address) {
                            return accepted;
                        }
                    }
                    // Too many open files, or the client has already gone.
                    Err(error) => {
                        if self.failing.add().is_some() {
                            eprintln!("warning: connections are not accepted: {error}");
                        }
                        tokio::time::sleep(PAUSE).await;
                    }
                },
            }
        }
    }

    /// Gives a connection a place, or closes it. With TLS, its handshake follows.
    fn admit(&mut self, stream: TcpStream, address: SocketAddr) -> Option<Accepted> {
        let place = match self.places.take(address.ip()) {
            Ok(place) => place,
            Err(full) => {
                self.refuse(full);
                return None;
            }
        };
        self.counts.accepted();
        prepare(&stream);
        if let Some(handshakes) = &mut self.tls {
            handshakes.begin(stream, (address, place), self.limits.handshake);
            return None;
        }
        let over_tls = false;
        Some(Accepted {
            stream: Stream::Clear(stream),
            client: Client { address, over_tls },
            place,
        })
    }

    fn refuse(&mut self, full: Full) {
        let (complaint, detail, limit) = match full {
            Full::All => (&mut self.too_many, TOO_MANY, "all"),
            Full::Client => (&mut self.too_many_of_one, TOO_MANY_OF_ONE, "client"),
        };
        self.counts.refused(limit);
        let Some(refused) = complaint.add() else {
            return;
        };
        let now = OffsetDateTime::now_utc().format(&Rfc3339);
        let line = json!({
            "time": now.unwrap_or_default(),
            "event": "connections_refused",
            "listener": self.origin().unwrap_or_default(),
            "refused": refused,
            "detail": detail,
        });
        // One write: nothing else gets into the line. A closed stderr must not stop the service.
        let _ = io::stderr().write_all(format!("{line}\n").as_bytes());
    }
}

/// Sends bytes on `stream` without delay, and has the system probe a silent peer. So a vanished peer is
/// noticed on a stream that is quiet for hours.
///
/// Without kernel support, answers are slower and dead streams last longer, nothing else.
pub fn prepare(stream: &TcpStream) {
    let _ = stream.set_nodelay(true);
    let keepalive = TcpKeepalive::new()
        .with_time(SILENCE)
        .with_interval(ASK_AGAIN);
    let _ = SockRef::from(stream).set_tcp_keepalive(&keepalive);
}
