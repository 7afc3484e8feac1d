//! Where an application listens.

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use socket2::{SockRef, TcpKeepalive};
use tls::{Files, TlsListener};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::server::TlsStream;

/// A trouble that goes on is logged so often.
const COMPLAINT: Duration = Duration::from_secs(10);
/// After the system has refused a connection: it keeps the loop from spinning until a file is closed.
const PAUSE: Duration = Duration::from_millis(50);
/// What clients may choose from by ALPN (RFC 7301), the better first. In the clear they just begin.
const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];
/// After so long without a byte the system asks whether the other end is still there.
const SILENCE: Duration = Duration::from_secs(60);
/// And so often, until it answers or the system gives up.
const ASK_AGAIN: Duration = Duration::from_secs(15);

/// Where an application listens: in the clear or over TLS.
pub struct Listener(Kind);

enum Kind {
    Clear {
        listener: TcpListener,
        complained: Option<Instant>,
    },
    Tls(TlsListener),
}

/// A new connection.
pub(crate) enum Accepted {
    Clear(TcpStream, SocketAddr),
    Tls(Box<TlsStream<TcpStream>>, SocketAddr),
}

impl Listener {
    /// Accepts from `listener`, in the clear.
    #[must_use]
    pub fn clear(listener: TcpListener) -> Self {
        Self(Kind::Clear {
            listener,
            complained: None,
        })
    }

    /// Accepts from `listener` over TLS, with the certificate in `files`.
    ///
    /// # Errors
    /// When the certificate is of no use.
    pub fn tls(listener: TcpListener, files: Files) -> Result<Self, tls::Error> {
        let acceptor = tls::acceptor(files, &PROTOCOLS)?;
        Ok(Self(Kind::Tls(TlsListener::new(listener, acceptor))))
    }

    /// Where it is.
    ///
    /// # Errors
    /// When the system does not say.
    pub fn origin(&self) -> io::Result<String> {
        Ok(match &self.0 {
            Kind::Clear { listener, .. } => format!("http://{}", listener.local_addr()?),
            Kind::Tls(listener) => format!("https://{}", listener.local_addr()?),
        })
    }

    /// The next connection. It may be dropped while it waits.
    pub(crate) async fn accept(&mut self) -> Accepted {
        match &mut self.0 {
            Kind::Clear {
                listener,
                complained,
            } => {
                let (stream, address) = accept(listener, complained).await;
                prepare(&stream);
                Accepted::Clear(stream, address)
            }
            Kind::Tls(listener) => {
                let (stream, address) = listener.accept().await;
                prepare(stream.get_ref().0);
                Accepted::Tls(Box::new(stream), address)
            }
        }
    }
}

async fn accept(
    listener: &TcpListener,
    complained: &mut Option<Instant>,
) -> (TcpStream, SocketAddr) {
    loop {
        // Too many open files, or a client that is gone already.
        let error = match listener.accept().await {
            Ok(accepted) => return accepted,
            Err(error) => error,
        };
        if complained.is_none_or(|moment| moment.elapsed() > COMPLAINT) {
            eprintln!("warning: connections are not accepted: {error}");
            *complained = Some(Instant::now());
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// What is written leaves at once; and a peer that vanished without a word, as when its machine
/// lost power, is noticed on a stream on which nothing is said for hours.
///
/// A kernel that cannot do either only makes answers slower and streams longer.
pub(crate) fn prepare(stream: &TcpStream) {
    let _ = stream.set_nodelay(true);
    let keepalive = TcpKeepalive::new()
        .with_time(SILENCE)
        .with_interval(ASK_AGAIN);
    let _ = SockRef::from(stream).set_tcp_keepalive(&keepalive);
}
