//! An API server that speaks HTTP/2 alone, and whose streams each test plays itself.

use ::tls::acceptor;
use h2::RecvStream;
use h2::server::{SendResponse, handshake};
use hyper::body::Bytes;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_util::task::AbortOnDropHandle;

use crate::tls::Identity;

/// A listening API server.
pub(crate) struct Http2Api {
    listener: TcpListener,
    acceptor: TlsAcceptor,
    pub(crate) origin: String,
}

/// A request, and its answer that is still to come. Dropping it ends the connection.
pub(crate) struct Stream {
    pub(crate) body: RecvStream,
    pub(crate) answer: SendResponse<Bytes>,
    _connection: AbortOnDropHandle<()>,
}

impl Http2Api {
    pub(crate) async fn start(identity: &Identity) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        Self {
            listener,
            acceptor: acceptor(identity.files.clone(), &[b"h2"]).unwrap(),
            origin: format!("https://localhost:{port}"),
        }
    }

    /// The first request on the next connection.
    pub(crate) async fn accept(&self) -> Stream {
        let (stream, _) = self.listener.accept().await.unwrap();
        let stream = self.acceptor.accept(stream).await.unwrap();
        let mut connection = handshake(stream).await.unwrap();
        let (request, answer) = connection.accept().await.unwrap().unwrap();
        // Bytes move only while it is asked for the next one.
        let serves = async move { while connection.accept().await.is_some() {} };
        Stream {
            body: request.into_body(),
            answer,
            _connection: AbortOnDropHandle::new(tokio::spawn(serves)),
        }
    }
}
