//! Serving what comes over the connections of a listener.

use std::convert::Infallible;
use std::error::Error;
use std::pin::{Pin, pin};
use std::time::Duration;

use http::{Request, Response};
use hyper::body::{Body, Incoming};
use hyper::service::{Service, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::GracefulShutdown;
use metrics::{Gauge, Held};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::accept::{Accepted, HTTP2, Stream};
use crate::activity::Activity;
use crate::answer::Answer;
use crate::protocols::protocols;
use crate::{Client, Limits, Listener};

/// A connection that is served, and how it ended.
type Connection = Pin<Box<dyn Future<Output = Result<(), Box<dyn Error + Send + Sync>>> + Send>>;

/// Has requests that come in by `listener` answered until `shutdown` is ready. Those that are in flight
/// then have the time `grace`, and are cut off after it. Says whether all of them have finished.
///
/// `service` gives for each client what answers its requests. Connections may be upgraded, and are then
/// no longer the listener's.
pub async fn serve<S, B>(
    mut listener: Listener,
    service: impl Fn(Client) -> S,
    shutdown: impl Future<Output = ()>,
    grace: Duration,
) -> bool
where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>,
    S: Send + 'static,
    S::Future: Send + 'static,
    B: Body<Data: Send, Error: Into<Box<dyn Error + Send + Sync>>> + Send + Unpin + 'static,
{
    let mut shutdown = pin!(shutdown);
    let graceful = GracefulShutdown::new();
    let in_flight = listener.counts.requests();
    // Dropped, it ends all of them.
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            Some(_) = connections.join_next() => continue,
            () = &mut shutdown => break,
        };
        let (limits, service) = (&listener.limits, service(accepted.client));
        let Accepted { stream, place, .. } = accepted;
        match stream {
            Stream::Clear(stream) => {
                let connection = connection(stream, false, service, limits, &in_flight, &graceful);
                connections.spawn(holding(connection, place));
            }
            Stream::Tls(stream) => {
                let is_http2 = stream.get_ref().1.alpn_protocol() == Some(HTTP2);
                let connection =
                    connection(stream, is_http2, service, limits, &in_flight, &graceful);
                connections.spawn(holding(connection, place));
            }
        }
    }
    drop(listener);
    let all = timeout(grace, graceful.shutdown()).await.is_ok();
    connections.shutdown().await;
    all
}

/// One connection, until it ends or is quiet for too long. How it ends is the client's affair. Who has
/// chosen HTTP/2 in the handshake must speak it (RFC 9113, section 3.4); others just begin.
fn connection<I, S, B>(
    stream: I,
    is_http2: bool,
    service: S,
    limits: &Limits,
    in_flight: &Gauge,
    graceful: &GracefulShutdown,
) -> impl Future<Output = ()> + Send + use<I, S, B>
where
    I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>,
    S: Send + 'static,
    S::Future: Send + 'static,
    B: Body<Data: Send, Error: Into<Box<dyn Error + Send + Sync>>> + Send + Unpin + 'static,
{
    let activity = Activity::default();
    let quiet = activity.quiet(limits.quiet);
    let in_flight = in_flight.clone();
    let service = service_fn(move |request| {
        let (busy, counted) = (activity.begin(), Held::new(&in_flight));
        let answered = service.call(request);
        async move {
            let answer = answered.await?;
            Ok::<_, Infallible>(answer.map(|body| Answer::new(body, busy).counted(counted)))
        }
    });
    let (server, stream) = (protocols(limits), TokioIo::new(stream));
    let connection: Connection = if is_http2 {
        let server = server.http2_only();
        let connection = server.serve_connection(stream, service);
        Box::pin(graceful.watch(connection.into_owned()))
    } else {
        let connection = server.serve_connection_with_upgrades(stream, service);
        Box::pin(graceful.watch(connection.into_owned()))
    };
    async move {
        tokio::select! {
            _ = connection => {}
            () = quiet => {}
        }
    }
}

/// Does `work`, and holds `place` meanwhile.
async fn holding<T>(work: impl Future<Output = ()>, place: T) {
    work.await;
    drop(place);
}
