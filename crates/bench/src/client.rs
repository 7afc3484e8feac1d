//! An HTTP client that keeps its connection.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use http::{Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
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

/// A request: its path and query, and what goes with it.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) target: String,
    pub(crate) cookies: String,
    /// The host header, if it is not the server's.
    pub(crate) host: Option<String>,
    /// The `Accept` header; `None` as programs send none.
    pub(crate) accept: Option<&'static str>,
    /// Of a sidecar or a tunnel, or an access token.
    pub(crate) bearer: Option<String>,
    /// The body of a POST; `None` for a GET.
    pub(crate) body: Option<Bytes>,
    /// The expected status.
    pub(crate) status: StatusCode,
}

impl Ask {
    /// Without cookies or bearer, and with a 200 for an answer.
    pub(crate) fn get(target: &str) -> Self {
        Self {
            target: target.to_owned(),
            cookies: String::new(),
            host: None,
            accept: None,
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

    /// Sends it, and reads the whole answer, which must have the expected status.
    pub(crate) async fn ask(&mut self, ask: &Ask) -> Result<Response<Bytes>> {
        let (head, body) = self.begin(ask).await?.into_parts();
        Ok(Response::from_parts(head, body.collect().await?.to_bytes()))
    }

    /// The same, without the answer.
    pub(crate) async fn pass(&mut self, ask: &Ask) -> Result<()> {
        let mut body = self.begin(ask).await?.into_body();
        while let Some(frame) = body.frame().await {
            frame?;
        }
        Ok(())
    }

    /// Sends it; returns an answer with the expected status whose body is still to come.
    pub(crate) async fn begin(&mut self, ask: &Ask) -> Result<Response<Incoming>> {
        let method = match ask.body {
            Some(_) => Method::POST,
            None => Method::GET,
        };
        let mut request = Request::builder()
            .method(method)
            .uri(&ask.target)
            .header(header::HOST, ask.host.as_ref().unwrap_or(&self.authority))
            .header(header::COOKIE, &ask.cookies);
        if let Some(bearer) = &ask.bearer {
            request = request.header(header::AUTHORIZATION, format!("Bearer {bearer}"));
        }
        if let Some(accept) = ask.accept {
            request = request.header(header::ACCEPT, accept);
        }
        let request = request.body(Full::new(ask.body.clone().unwrap_or_default()))?;
        self.sender.ready().await?;
        let response = self.sender.send_request(request).await?;
        if response.status() == ask.status {
            return Ok(response);
        }
        let (head, body) = response.into_parts();
        let body = body.collect().await?.to_bytes();
        let text = String::from_utf8_lossy(&body);
        bail!("{}: {} {text}", ask.target, head.status)
    }
}

/// Several clients that send requests at once.
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

    /// Sends the request `count` times in all. Returns the duration.
    pub(crate) async fn ask(&mut self, ask: &Ask, count: usize) -> Result<Duration> {
        self.each(Arc::new([ask.clone()]), count).await
    }

    /// Sends `asks` in turn, `count` times in all. Returns the duration.
    pub(crate) async fn each(&mut self, asks: Arc<[Ask]>, count: usize) -> Result<Duration> {
        let left = Arc::new(AtomicUsize::new(count));
        let start = Instant::now();
        let mut tasks = JoinSet::new();
        for mut client in self.0.drain(..) {
            let (left, asks) = (left.clone(), asks.clone());
            tasks.spawn(async move {
                while let Some(number) = take(&left) {
                    let ask = asks
                        .get(number % asks.len())
                        .context("nothing to ask for")?;
                    client.pass(ask).await?;
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

/// Takes one of the remaining tasks, the last one first: its number. `None` if there is none.
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
