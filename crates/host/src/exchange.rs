//! One outgoing exchange over HTTP/1.1, with the component's limits.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use egress::announce_body;
use http::{Request, Response};
use http_body_util::BodyExt;
use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use tokio::time::{Instant, Sleep, sleep, timeout};
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody};

use crate::client_tls::Trust;
use crate::connect::connect;
use crate::hop_by_hop;
use crate::pool::{Origin, Pool, Sender};
use crate::way::Way;

/// Sends `request` on this `way`, over TLS if its scheme says so; `trust` has the TLS settings and their
/// connections. `default` is the limit where the component sets none.
pub(crate) async fn send(
    mut request: Request<WasiBody>,
    options: Option<RequestOptions>,
    default: Duration,
    trust: &Trust,
    way: &Way,
) -> Result<Response<WasiBody>, Error> {
    let limit = |option: fn(&RequestOptions) -> Option<Duration>| {
        options.as_ref().and_then(option).unwrap_or(default)
    };
    let origin = Origin::of(&request, way.rules())?;
    way.address(&mut request);
    announce_body(&mut request);
    loop {
        let kept = trust.pool.take(&origin);
        let fresh = kept.is_none();
        let mut sender = match kept {
            Some(sender) => sender,
            None => timeout(
                limit(|o| o.connect_timeout),
                connect(&origin, way, trust.config.clone()),
            )
            .await
            .map_err(|_| way.too_late())??,
        };
        let sent = timeout(
            limit(|o| o.first_byte_timeout),
            sender.try_send_request(request),
        );
        match sent.await.map_err(|_| Error::ConnectionReadTimeout)? {
            Ok(mut response) => {
                way.check(response.status())?;
                hop_by_hop::remove_of_answer(response.headers_mut());
                let lease = Lease {
                    sender,
                    origin,
                    pool: trust.pool.clone(),
                };
                let between_bytes = limit(|o| o.between_bytes_timeout);
                return Ok(
                    response.map(|body| Limited::new(body, between_bytes, lease).boxed_unsync())
                );
            }
            // The request is returned only if no byte of it was sent: the kept connection was closed
            // meanwhile. Otherwise it must not be repeated.
            Err(mut error) => match error.take_message() {
                Some(unsent) if !fresh => request = unsent,
                _ => return Err(error.into_error().into()),
            },
        }
    }
}

/// A connection in use.
struct Lease {
    sender: Sender,
    origin: Origin,
    pool: Arc<Pool>,
}

/// A body with a limit for pauses. Its connection is kept once it has been read to the end. Dropping it
/// earlier closes the connection: it is unknown how much is still to come.
struct Limited {
    body: Incoming,
    limit: Duration,
    pause: Pin<Box<Sleep>>,
    lease: Option<Lease>,
}

impl Limited {
    fn new(body: Incoming, limit: Duration, lease: Lease) -> Self {
        let mut limited = Self {
            body,
            limit,
            pause: Box::pin(sleep(limit)),
            lease: Some(lease),
        };
        if limited.body.is_end_stream() {
            limited.ended();
        }
        limited
    }

    fn ended(&mut self) {
        if let Some(lease) = self.lease.take() {
            lease.pool.put(lease.origin, lease.sender);
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
            match &frame {
                Some(Err(_)) => self.lease = None,
                Some(Ok(_)) if !self.body.is_end_stream() => {}
                _ => self.ended(),
            }
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
