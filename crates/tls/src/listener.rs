//! Accepting TLS connections.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// How long a client may take for its handshake.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// So many handshakes at once: for a further one the oldest is given up, so that clients who say nothing
/// keep nobody out.
const HANDSHAKES: usize = 512;
/// After the system has refused a connection, as when too many files are open.
const PAUSE: Duration = Duration::from_millis(100);

type Connection = (TlsStream<TcpStream>, SocketAddr);

/// A listener whose connections have shown their certificate; a slow client holds up no other one.
pub struct TlsListener {
    listener: TcpListener,
    acceptor: TlsAcceptor,
    handshakes: JoinSet<Option<Connection>>,
    /// The same, the oldest first; some of them may be over.
    begun: VecDeque<AbortHandle>,
}

impl TlsListener {
    /// Accepts from `listener` by `acceptor`.
    pub fn new(listener: TcpListener, acceptor: TlsAcceptor) -> Self {
        Self {
            listener,
            acceptor,
            handshakes: JoinSet::new(),
            begun: VecDeque::new(),
        }
    }

    /// Where it listens.
    ///
    /// # Errors
    /// When the system does not say.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// The next connection whose handshake has succeeded. It may be dropped while it waits.
    pub async fn accept(&mut self) -> Connection {
        loop {
            tokio::select! {
                Some(done) = self.handshakes.join_next() => {
                    if let Ok(Some(connection)) = done {
                        return connection;
                    }
                }
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, address)) => self.shake_hands(stream, address),
                    Err(_) => tokio::time::sleep(PAUSE).await,
                },
            }
        }
    }

    fn shake_hands(&mut self, stream: TcpStream, address: SocketAddr) {
        self.begun.retain(|handshake| !handshake.is_finished());
        if self.begun.len() >= HANDSHAKES
            && let Some(oldest) = self.begun.pop_front()
        {
            oldest.abort();
        }
        let acceptor = self.acceptor.clone();
        let handshake = self.handshakes.spawn(async move {
            let stream = timeout(HANDSHAKE, acceptor.accept(stream)).await;
            // How a handshake fails is the client's affair.
            Some((stream.ok()?.ok()?, address))
        });
        self.begun.push_back(handshake);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use std::fs;
    use std::sync::Arc;

    use rcgen::{CertificateParams, KeyPair};
    use tokio_rustls::TlsConnector;
    use tokio_rustls::rustls::pki_types::ServerName;
    use tokio_rustls::rustls::{ClientConfig, RootCertStore};

    use super::*;
    use crate::{Files, acceptor};

    /// A listener, and what connects to it.
    async fn listen() -> (TlsListener, TlsConnector) {
        let directory = tempfile::tempdir().unwrap();
        let files = Files {
            certificates: directory.path().join("tls.crt"),
            key: directory.path().join("tls.key"),
        };
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(["localhost".to_owned()]).unwrap();
        let certificate = params.self_signed(&key).unwrap();
        fs::write(&files.certificates, certificate.pem()).unwrap();
        fs::write(&files.key, key.serialize_pem()).unwrap();
        let mut roots = RootCertStore::empty();
        roots.add(certificate.der().clone()).unwrap();
        let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let listener = TlsListener::new(listener, acceptor(files, &[]).unwrap());
        (listener, TlsConnector::from(Arc::new(config)))
    }

    #[tokio::test]
    async fn clients_who_say_nothing_keep_nobody_out() {
        let (mut listener, connector) = listen().await;
        let address = listener.local_addr().unwrap();
        let mut silent = Vec::new();
        let client = async {
            for _ in 0..HANDSHAKES + 10 {
                silent.push(TcpStream::connect(address).await.unwrap());
            }
            let stream = TcpStream::connect(address).await.unwrap();
            let name = ServerName::try_from("localhost").unwrap();
            connector.connect(name, stream).await.unwrap()
        };
        let (_, (_, from)) = tokio::join!(client, listener.accept());
        assert!(
            silent
                .iter()
                .all(|stream| stream.local_addr().unwrap() != from)
        );
    }
}
