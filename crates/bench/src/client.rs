//! An HTTP client that keeps its connection.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use http::{Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use url::Url;

/// One connection to one server.
pub(crate) struct Client {
    authority: String,
    sender: SendRequest<Full<Bytes>>,
}

/// What is asked for: a path with its query, and what goes with it.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) target: String,
    pub(crate) cookies: String,
    /// Of a sidecar, or of a tunnel.
    pub(crate) bearer: Option<&'static str>,
    /// What is posted; nothing if it is only asked for.
    pub(crate) body: Option<Bytes>,
    /// How it is to be answered.
    pub(crate) status: StatusCode,
}

impl Ask {
    /// Without cookies or bearer, and with a 200 for an answer.
    pub(crate) fn get(target: &str) -> Self {
        Self {
            target: target.to_owned(),
            cookies: String::new(),
            bearer: None,
            body: None,
            status: StatusCode::OK,
        }
    }

    /// The same, and `body` is posted.
    pub(crate) fn post(target: &str, body: impl Into<Bytes>) -> Self {
        Self {
            body: Some(body.into()),
            ..Self::get(target)
        }
    }
}

impl Client {
    /// Connects to the server at `origin`, an http one.
    pub(crate) async fn connect(origin: &str) -> Result<Self> {
        let authority = Url::parse(origin)?.authority().to_owned();
        let stream = TcpStream::connect(&authority)
            .await
            .with_context(|| format!("nobody listens at {origin}"))?;
        stream.set_nodelay(true)?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(Self { authority, sender })
    }

    /// Asks, and reads the whole answer. It must have the status that it is to have.
    pub(crate) async fn ask(&mut self, ask: &Ask) -> Result<Response<Bytes>> {
        let method = match ask.body {
            Some(_) => Method::POST,
            None => Method::GET,
        };
        let mut request = Request::builder()
            .method(method)
            .uri(&ask.target)
            .header(header::HOST, &self.authority)
            .header(header::COOKIE, &ask.cookies);
        if let Some(bearer) = ask.bearer {
            request = request.header(header::AUTHORIZATION, format!("Bearer {bearer}"));
        }
        let request = request.body(Full::new(ask.body.clone().unwrap_or_default()))?;
        self.sender.ready().await?;
        let (head, body) = self.sender.send_request(request).await?.into_parts();
        let body = body.collect().await?.to_bytes();
        ensure!(
            head.status == ask.status,
            "{}: {} {}",
            ask.target,
            head.status,
            String::from_utf8_lossy(&body)
        );
        Ok(Response::from_parts(head, body))
    }
}

/// Several clients that ask for the same, at once.
pub(crate) struct Crowd(Vec<Client>);

impl Crowd {
    /// Opens `connections`, which stay open.
    pub(crate) async fn connect(origin: &str, connections: usize) -> Result<Self> {
        let mut clients = Vec::new();
        for _ in 0..connections {
            clients.push(Client::connect(origin).await?);
        }
        Ok(Self(clients))
    }

    /// Asks `count` times in all. Gives the time that it took.
    pub(crate) async fn ask(&mut self, ask: &Ask, count: usize) -> Result<Duration> {
        let left = Arc::new(AtomicUsize::new(count));
        let start = Instant::now();
        let mut tasks = JoinSet::new();
        for mut client in self.0.drain(..) {
            let (left, ask) = (left.clone(), ask.clone());
            tasks.spawn(async move {
                while take(&left) {
                    client.ask(&ask).await?;
                }
                anyhow::Ok(client)
            });
        }
        while let Some(client) = tasks.join_next().await {
            self.0.push(client??);
        }
        Ok(start.elapsed())
    }
}

/// Takes one of what is left to do.
pub(crate) fn take(left: &AtomicUsize) -> bool {
    let one_less = |left: usize| left.checked_sub(1);
    left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less)
        .is_ok()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::take;

    #[test]
    fn no_more_is_taken_than_there_is() {
        let left = AtomicUsize::new(2);
        assert_eq!((0..5).filter(|_| take(&left)).count(), 2);
    }
}
