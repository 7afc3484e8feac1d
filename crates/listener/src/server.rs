//! Serves the connections of a listener.

use std::convert::Infallible;
use std::error::Error;
use std::pin::Pin;
use std::time::Duration;

use http::{HeaderValue, Method, Request, Response, StatusCode, Version, header};
use hyper::body::{Body, Incoming};
use hyper::service::{Service, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::GracefulConnection;
use metrics::{Gauge, Held as Counted};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::accept::{Accepted, HTTP1, HTTP2, Stream};
use crate::activity::{Activity, Patience, Watcher};
use crate::answer::Answer;
use crate::heard::Heard;
use crate::held::Held;
use crate::protocols::protocols;
use crate::{Client, Ending, Listener};

/// How long a client may take to learn that its HTTP/2 connection takes no more requests (GOAWAY; RFC 9113,
/// section 6.8).
const GOODBYE: Duration = Duration::from_secs(5);

/// How long carried HTTP/2 streams may take to end after the end of the server.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// Serves requests from `listener` until `ending` is over, or until all connections have ended after no new
/// ones were accepted. Returns whether all requests have finished.
///
/// While the server drains, clients are told to go elsewhere. With HTTP/1.1 each answer is the last one of
/// its connection; with HTTP/2 the connection takes no more requests. No connection ends without that.
///
/// `service` returns the service for each client's requests. Upgraded connections no longer belong to the
/// listener.
pub async fn serve<S, B>(
    mut listener: Listener,
    service: impl Fn(Client) -> S,
    ending: &Ending,
) -> bool
where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>,
    S: Send + 'static,
    S::Future: Send + 'static,
    B: Body<Data: Send, Error: Into<Box<dyn Error + Send + Sync>>> + Send + Unpin + 'static,
{
    let terms = Terms {
        patience: Patience::from(&listener.limits),
        extended_connect: listener.extended_connect,
        ending: ending.clone(),
        in_flight: listener.counts.requests(),
    };
    // Dropping it ends all of them.
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            Some(_) = connections.join_next() => continue,
            () = ending.closing() => break,
        };
        let (service, terms) = (service(accepted.client), terms.clone());
        let Accepted { stream, place, .. } = accepted;
        match stream {
            Stream::Clear(stream) => {
                let connection = connection(stream, None, service, terms);
                connections.spawn(holding(Box::pin(connection), place));
            }
            Stream::Tls(stream) => {
                let spoken = stream.get_ref().1.alpn_protocol().and_then(version_of);
                let connection = connection(stream, spoken, service, terms);
                connections.spawn(holding(Box::pin(connection), place));
            }
        }
    }
    drop(listener);
    let has_ended = tokio::select! {
        () = all(&mut connections) => true,
        () = ending.over() => false,
    };
    if !has_ended && terms.extended_connect {
        // The tunnel closes the WebSockets that it carries in streams.
        let _ = timeout(LAST_WORDS, all(&mut connections)).await;
    }
    connections.shutdown().await;
    has_ended
}

/// What is common to all connections of a listener.
#[derive(Clone)]
struct Terms {
    patience: Patience,
    extended_connect: bool,
    ending: Ending,
    in_flight: Gauge,
}

/// Returns when all connections have ended.
async fn all(connections: &mut JoinSet<()>) {
    while connections.join_next().await.is_some() {}
}

/// The version that a client has chosen in ALPN (RFC 7301).
fn version_of(protocol: &[u8]) -> Option<Version> {
    match protocol {
        HTTP2 => Some(Version::HTTP_2),
        HTTP1 => Some(Version::HTTP_11),
        _ => None,
    }
}

/// One connection, until it ends, is inactive for too long, or the server ends. Its errors are not logged:
/// the client can cause them. A client must speak the version that it has `chosen` in ALPN (RFC 9113,
/// section 3.4). Without ALPN the version is read from the first bytes. hyper then doubles the read buffer,
/// and keeps it.
///
/// Some futures are boxed. Otherwise the connection would keep memory for them as long as it lasts.
async fn connection<I, S, B>(stream: I, chosen: Option<Version>, service: S, terms: Terms)
where
    I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>,
    S: Send + 'static,
    S::Future: Send + 'static,
    B: Body<Data: Send, Error: Into<Box<dyn Error + Send + Sync>>> + Send + Unpin + 'static,
{
    let activity = Activity::default();
    let watcher = activity.watcher();
    let stream = TokioIo::new(Heard::new(stream, &activity));
    let (seen, in_flight) = (terms.ending.clone(), terms.in_flight.clone());
    let service = service_fn(move |mut request: Request<Incoming>| {
        let version = request.version();
        let (busy, counted) = (activity.begin(version), Counted::new(&in_flight));
        if version == Version::HTTP_2 && request.method() == Method::CONNECT {
            let held = Held::new(activity.begin(version));
            request.extensions_mut().insert(held);
        }
        let answered = service.call(request);
        let ending = seen.clone();
        Box::pin(async move {
            let mut answer = answered.await?;
            if ending.is_draining() {
                tell_to_close(version, &mut answer);
            }
            Ok::<_, Infallible>(answer.map(|body| Answer::new(body, busy).counted(counted)))
        })
    });
    let mut server = protocols(terms.extended_connect);
    match chosen {
        Some(Version::HTTP_2) => {
            server = server.http2_only();
            let connection = server.serve_connection(stream, service);
            return until_it_ends(Box::pin(connection), watcher, &terms).await;
        }
        Some(Version::HTTP_11) => server = server.http1_only(),
        _ => {}
    }
    let connection = server.serve_connection_with_upgrades(stream, service);
    until_it_ends(Box::pin(connection), watcher, &terms).await;
}

/// Serves `connection`. When it must end, the client is told, and may finish what it has begun.
async fn until_it_ends<C: GracefulConnection>(
    mut connection: Pin<Box<C>>,
    watcher: Watcher,
    terms: &Terms,
) {
    let Terms {
        patience, ending, ..
    } = terms;
    let goodbye = Patience::all(GOODBYE.min(patience.quiet));
    let patience = tokio::select! {
        _ = connection.as_mut() => return,
        () = watcher.clone().stands_still(*patience) => goodbye,
        () = leaves(&watcher, ending) => Patience {
            quiet: patience.quiet,
            ..goodbye
        },
    };
    connection.as_mut().graceful_shutdown();
    tokio::select! {
        _ = connection => {}
        () = watcher.stands_still(patience) => {}
    }
}

/// Returns when a connection must end with the server. With HTTP/1.1 an answer announces it first, and an
/// idle connection is closed as late as possible: a request may be on its way.
async fn leaves(watcher: &Watcher, ending: &Ending) {
    let over_http2 = async {
        ending.draining().await;
        watcher.clone().speaks_http2().await;
    };
    tokio::select! {
        () = ending.closing() => {}
        () = over_http2 => {}
    }
}

/// Tells the client that the connection takes no more requests (RFC 9112, section 9.6).
fn tell_to_close<B>(version: Version, answer: &mut Response<B>) {
    if version < Version::HTTP_2 && answer.status() != StatusCode::SWITCHING_PROTOCOLS {
        let close = HeaderValue::from_static("close");
        answer.headers_mut().insert(header::CONNECTION, close);
    }
}

/// Runs `work` while holding `place`.
async fn holding<T>(work: impl Future<Output = ()>, place: T) {
    work.await;
    drop(place);
}
