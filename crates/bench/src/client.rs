//! An HTTP client that keeps its connection.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use http::{Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use url::Url;

/// One connection to one server.
pub(crate) struct Client {
    authority: String,
    sender: SendRequest<Empty<Bytes>>,
}

/// What is asked for: a path with its query, and what goes with it.
#[derive(Clone, Debug)]
pub(crate) struct Get {
    pub(crate) target: String,
    pub(crate) cookies: String,
    /// What is wanted; nothing is what programs send.
    pub(crate) accept: Option<&'static str>,
    /// Of a sidecar.
    pub(crate) bearer: Option<&'static str>,
    /// How it is to be answered.
    pub(crate) status: StatusCode,
}

impl Get {
    /// Without cookies or bearer, and with a 200 for an answer.
    pub(crate) fn new(target: &str) -> Self {
        Self {
            target: target.to_owned(),
            cookies: String::new(),
            accept: None,
            bearer: None,
            status: StatusCode::OK,
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
    pub(crate) async fn get(&mut self, get: &Get) -> Result<Response<Bytes>> {
        let mut request = Request::get(&get.target)
            .header(header::HOST, &self.authority)
            .header(header::COOKIE, &get.cookies);
        if let Some(bearer) = get.bearer {
            request = request.header(header::AUTHORIZATION, format!("Bearer {bearer}"));
        }
        if let Some(accept) = get.accept {
            request = request.header(header::ACCEPT, accept);
        }
        let request = request.body(Empty::new())?;
        self.sender.ready().await?;
        let (head, body) = self.sender.send_request(request).await?.into_parts();
        let body = body.collect().await?.to_bytes();
        ensure!(
            head.status == get.status,
            "{}: {} {}",
            get.target,
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
    pub(crate) async fn get(&mut self, get: &Get, count: usize) -> Result<Duration> {
        let left = Arc::new(AtomicUsize::new(count));
        let start = Instant::now();
        let mut tasks = JoinSet::new();
        for mut client in self.0.drain(..) {
            let (left, get) = (left.clone(), get.clone());
            tasks.spawn(async move {
                while take(&left) {
                    client.get(&get).await?;
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
