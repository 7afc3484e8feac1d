//! Bodies of responses, and a body that streams another one.

use std::error::Error;
use std::pin::Pin;
use std::task::{Context, Poll};

use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::{Body as HttpBody, Bytes, Frame};
use tokio::sync::mpsc;

/// Any error.
pub type BoxError = Box<dyn Error + Send + Sync>;

/// The body of a response. It ends with an error if its source was cut, so that the server cuts it too.
pub type Body = UnsyncBoxBody<Bytes, BoxError>;

/// A body of known content.
pub(crate) fn full(content: impl Into<Bytes>) -> Body {
    Full::new(content.into())
        .map_err(|never| match never {})
        .boxed_unsync()
}

/// An empty body.
pub(crate) fn empty() -> Body {
    full(Bytes::new())
}

/// A body and the source of its frames. It buffers at most one frame. If `Source` is dropped without
/// [`Source::end`], the body is cut.
pub(crate) fn relayed() -> (Source, Body) {
    let (source, frames) = mpsc::channel(1);
    (Source(source), Relayed(frames).boxed_unsync())
}

/// The source of a body's frames.
pub(crate) struct Source(mpsc::Sender<Piece>);

impl Source {
    /// Passes `frame` on when there is room; returns whether the body is still read.
    pub(crate) async fn send(&self, frame: Frame<Bytes>) -> bool {
        self.0.send(Piece::Frame(frame)).await.is_ok()
    }

    /// Ends the body properly.
    pub(crate) async fn end(self) {
        // This fails if the body is no longer read.
        let _ = self.0.send(Piece::End).await;
    }

    /// Returns when the body is no longer read.
    pub(crate) async fn unwanted(&self) {
        self.0.closed().await;
    }
}

enum Piece {
    Frame(Frame<Bytes>),
    End,
}

struct Relayed(mpsc::Receiver<Piece>);

impl HttpBody for Relayed {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        self.0.poll_recv(context).map(|piece| match piece {
            Some(Piece::Frame(frame)) => Some(Ok(frame)),
            Some(Piece::End) => None,
            None => Some(Err("the body was cut".into())),
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use http_body_util::BodyExt;
    use hyper::body::{Bytes, Frame};

    use super::relayed;

    #[tokio::test]
    async fn a_body_ends_well_only_if_it_is_said() {
        let (source, body) = relayed();
        assert!(source.send(Frame::data(Bytes::from_static(b"all"))).await);
        let (collected, ()) = tokio::join!(body.collect(), source.end());
        assert_eq!(collected.unwrap().to_bytes(), "all");
        let (source, body) = relayed();
        assert!(source.send(Frame::data(Bytes::from_static(b"half"))).await);
        drop(source);
        assert!(body.collect().await.is_err());
    }

    #[tokio::test]
    async fn its_source_notices_that_nobody_wants_it() {
        let (source, body) = relayed();
        drop(body);
        source.unwanted().await;
        assert!(!source.send(Frame::data(Bytes::new())).await);
    }
}
