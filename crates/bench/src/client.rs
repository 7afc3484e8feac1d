//! An HTTP client that keeps its connection.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use http::{Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Empty};
use hyper::body::{Bytes, Incoming};
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
    /// The host that is asked, if it is another one than the server's.
    pub(crate) host: Option<String>,
    /// What is wanted; nothing is what programs send.
    pub(crate) accept: Option<&'static str>,
    /// Of a sidecar, or an access token.
    pub(crate) bearer: Option<String>,
    /// How it is to be answered.
    pub(crate) status: StatusCode,
}

impl Get {
    /// Without cookies or bearer, and with a 200 for an answer.
    pub(crate) fn new(target: &str) -> Self {
        Self {
            target: target.to_owned(),
            cookies: String::new(),
            host: None,
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
        let (head, body) = self.begin(get).await?.into_parts();
        Ok(Response::from_parts(head, body.collect().await?.to_bytes()))
    }

    /// The same, and keeps nothing of it.
    pub(crate) async fn pass(&mut self, get: &Get) -> Result<()> {
        let mut body = self.begin(get).await?.into_body();
        while let Some(frame) = body.frame().await {
            frame?;
        }
        Ok(())
    }

    /// Asks; gives an answer of the right status whose body is still to come.
    pub(crate) async fn begin(&mut self, get: &Get) -> Result<Response<Incoming>> {
        let host = get.host.as_ref().unwrap_or(&self.authority);
        let mut request = Request::get(&get.target)
            .header(header::HOST, host)
            .header(header::COOKIE, &get.cookies);
        if let Some(bearer) = &get.bearer {
            request = request.header(header::AUTHORIZATION, format!("Bearer {bearer}"));
        }
        if let Some(accept) = get.accept {
            request = request.header(header::ACCEPT, accept);
        }
        let request = request.body(Empty::new())?;
        self.sender.ready().await?;
        let response = self.sender.send_request(request).await?;
        if response.status() == get.status {
            return Ok(response);
        }
        let (head, body) = response.into_parts();
        let body = body.collect().await?.to_bytes();
        let text = String::from_utf8_lossy(&body);
        bail!("{}: {} {text}", get.target, head.status)
    }
}

/// Several clients that ask at once.
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

    /// Asks for the same `count` times in all. Gives the time that it took.
    pub(crate) async fn get(&mut self, get: &Get, count: usize) -> Result<Duration> {
        self.each(Arc::new([get.clone()]), count).await
    }

    /// Asks for one after the other of `gets`, `count` times in all. Gives the time that it took.
    pub(crate) async fn each(&mut self, gets: Arc<[Get]>, count: usize) -> Result<Duration> {
        let left = Arc::new(AtomicUsize::new(count));
        let start = Instant::now();
        let mut tasks = JoinSet::new();
        for mut client in self.0.drain(..) {
            let (left, gets) = (left.clone(), gets.clone());
            tasks.spawn(async move {
                while let Some(number) = take(&left) {
                    let get = gets
                        .get(number % gets.len())
                        .context("nothing to ask for")?;
                    client.pass(get).await?;
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

/// Takes one of what is left to do: its number, the last one first. Nothing if nothing is left.
pub(crate) fn take(left: &AtomicUsize) -> Option<usize> {
    let one_less = |left: usize| left.checked_sub(1);
    let before = left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less);
    before.ok().map(|left| left - 1)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::take;

    #[test]
    fn no_more_is_taken_than_there_is() {
        let left = AtomicUsize::new(2);
        assert_eq!(
            (0..5).filter_map(|_| take(&left)).collect::<Vec<_>>(),
            [1, 0]
        );
    }
}
