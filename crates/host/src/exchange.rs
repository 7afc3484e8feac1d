//! One outgoing exchange: a connection of its own, HTTP/1.1, with the limits that the component sets.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::uri::{Authority, Scheme};
use http::{Request, Response, Uri};
use http_body_util::BodyExt;
use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep, timeout};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::pki_types::ServerName;
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody};

/// Where the component sets no limit, as Spin has it.
const DEFAULT_LIMIT: Duration = Duration::from_secs(600);

/// Sends `request`; over TLS, `tls` says whom to trust.
pub(crate) async fn send(
    mut request: Request<WasiBody>,
    options: Option<RequestOptions>,
    tls: Arc<ClientConfig>,
) -> Result<Response<WasiBody>, Error> {
    let limit = |option: fn(&RequestOptions) -> Option<Duration>| {
        options.as_ref().and_then(option).unwrap_or(DEFAULT_LIMIT)
    };
    let authority = request.uri().authority().cloned();
    let authority = authority.ok_or(Error::HttpRequestUriInvalid)?;
    let secure = request.uri().scheme() == Some(&Scheme::HTTPS);
    // The address is in `Host`; in the first line it would be meant for a proxy.
    let path = request.uri().path_and_query().cloned();
    *request.uri_mut() = path.map_or(Uri::from_static("/"), Uri::from);
    let connected = timeout(
        limit(|o| o.connect_timeout),
        connect(&authority, secure, tls),
    );
    let stream = connected.await.map_err(|_| Error::ConnectionTimeout)??;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    // Ends with the exchange: when its body has been read or dropped, and the sender with it.
    tokio::spawn(connection);
    let response = timeout(
        limit(|o| o.first_byte_timeout),
        sender.send_request(request),
    )
    .await
    .map_err(|_| Error::ConnectionReadTimeout)??;
    let between_bytes = limit(|o| o.between_bytes_timeout);
    Ok(response.map(|body| Limited::new(body, between_bytes).boxed_unsync()))
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

async fn connect(
    authority: &Authority,
    secure: bool,
    tls: Arc<ClientConfig>,
) -> Result<Box<dyn Stream>, Error> {
    let port = authority
        .port_u16()
        .unwrap_or(if secure { 443 } else { 80 });
    let host = authority.host().trim_matches(['[', ']']);
    let stream = TcpStream::connect((host, port))
        .await
        .map_err(Error::Connect)?;
    stream.set_nodelay(true).map_err(Error::Connect)?;
    if !secure {
        return Ok(Box::new(stream));
    }
    let name = ServerName::try_from(host.to_owned()).map_err(Error::InvalidDnsNameError)?;
    let stream = TlsConnector::from(tls).connect(name, stream).await;
    Ok(Box::new(stream.map_err(Error::Tls)?))
}

/// A body that may not pause for too long.
struct Limited {
    body: Incoming,
    limit: Duration,
    pause: Pin<Box<Sleep>>,
}

impl Limited {
    fn new(body: Incoming, limit: Duration) -> Self {
        Self {
            body,
            limit,
            pause: Box::pin(sleep(limit)),
        }
    }
}

impl Body for Limited {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(context) {
            let end = Instant::now() + self.limit;
            self.pause.as_mut().reset(end);
            return Poll::Ready(frame.map(|frame| frame.map_err(Error::from)));
        }
        self.pause
            .as_mut()
            .poll(context)
            .map(|()| Some(Err(Error::ConnectionReadTimeout)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
