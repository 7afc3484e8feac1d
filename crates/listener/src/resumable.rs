//! Watches that end early, so that clients continue elsewhere.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use hyper::body::{Body, Bytes, Frame, SizeHint};
use verdict::Events;

use crate::Ending;

/// The body of a watch. When the server accepts nothing new, the body ends between two events, as the API
/// server itself ends a watch. The client then asks again, and reaches another server.
pub struct Resumable<B> {
    /// `None` once it has ended.
    body: Option<B>,
    events: Events,
    closing: Pin<Box<dyn Future<Output = ()> + Send>>,
    is_closing: bool,
}

impl<B: Body<Data = Bytes> + Unpin> Resumable<B> {
    /// `body`, whose `events` are followed.
    pub fn new(body: B, events: Events, ending: &Ending) -> Self {
        Self {
            body: Some(body),
            events,
            closing: Box::pin(ending.closing_owned()),
            is_closing: false,
        }
    }

    /// The part of `frame` that is passed on.
    fn pass(&mut self, frame: Frame<Bytes>) -> Frame<Bytes> {
        let Ok(mut data) = frame.into_data() else {
            return Frame::data(Bytes::new());
        };
        if let Some(end) = self.events.read(&data)
            && self.is_closing
        {
            data.truncate(end);
            self.body = None;
        }
        Frame::data(data)
    }
}

impl<B: Body<Data = Bytes> + Unpin> Body for Resumable<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let this = &mut *self;
        if !this.is_closing && this.closing.as_mut().poll(context).is_ready() {
            this.is_closing = true;
        }
        if this.is_closing && this.events.is_between() {
            this.body = None;
        }
        let Some(body) = &mut this.body else {
            return Poll::Ready(None);
        };
        let frame = ready!(Pin::new(body).poll_frame(context));
        Poll::Ready(match frame {
            Some(Ok(frame)) if frame.is_data() => Some(Ok(this.pass(frame))),
            other => other,
        })
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        // The body may end early, so no length is announced.
        SizeHint::default()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use std::convert::Infallible;

    use http::Response;
    use http_body_util::BodyExt;
    use tokio::sync::{mpsc, oneshot};

    use super::*;
    use crate::Times;

    /// A body whose pieces a test sends.
    struct Coming(mpsc::UnboundedReceiver<&'static str>);

    impl Body for Coming {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            context: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            let piece = self.0.poll_recv(context);
            piece.map(|piece| piece.map(|piece| Ok(Frame::data(Bytes::from(piece)))))
        }
    }

    /// A watch, the sender of its pieces, and the end.
    struct Watch {
        body: Resumable<Coming>,
        pieces: mpsc::UnboundedSender<&'static str>,
        end: Option<oneshot::Sender<()>>,
        ending: Ending,
    }

    impl Watch {
        fn new() -> Self {
            let (pieces, coming) = mpsc::unbounded_channel();
            let answer = Response::builder().header("content-type", "application/json");
            let uri = "/k8s/api/v1/pods?watch=true".parse().unwrap();
            let events = Events::of(&uri, &answer.body(()).unwrap()).unwrap();
            let (end, ended) = oneshot::channel();
            let ending = Ending::after(async {
                ended.await.unwrap();
                Times::default()
            });
            Self {
                body: Resumable::new(Coming(coming), events, &ending),
                pieces,
                end: Some(end),
                ending,
            }
        }

        async fn end(&mut self) {
            self.end.take().unwrap().send(()).unwrap();
            self.ending.closing().await;
        }

        /// The next piece; `None` after the end.
        async fn next(&mut self) -> Option<Bytes> {
            let frame = self.body.frame().await?;
            Some(frame.unwrap().into_data().unwrap())
        }
    }

    #[tokio::test]
    async fn one_that_is_between_two_events_ends_at_once_though_nothing_comes() {
        let mut watch = Watch::new();
        watch.pieces.send("{}\n").unwrap();
        assert_eq!(watch.next().await.unwrap(), "{}\n");
        let mut waiting = Box::pin(watch.body.frame());
        let context = &mut Context::from_waker(std::task::Waker::noop());
        assert!(waiting.as_mut().poll(context).is_pending());
        watch.end.take().unwrap().send(()).unwrap();
        assert!(waiting.await.is_none());
        assert!(watch.pieces.is_closed(), "its source is given up");
    }

    #[tokio::test]
    async fn one_in_the_middle_of_an_event_ends_after_it() {
        let mut watch = Watch::new();
        watch.pieces.send("{\"half\":").unwrap();
        assert_eq!(watch.next().await.unwrap(), "{\"half\":");
        watch.end().await;
        watch.pieces.send("1,").unwrap();
        assert_eq!(watch.next().await.unwrap(), "1,");
        watch.pieces.send("2}\n{}\n{\"next\"").unwrap();
        assert_eq!(watch.next().await.unwrap(), "2}\n");
        assert!(watch.next().await.is_none());
    }

    #[tokio::test]
    async fn before_that_all_goes_on_and_its_own_end_is_its_end() {
        let mut watch = Watch::new();
        watch.pieces.send("{}\n{}").unwrap();
        assert_eq!(watch.next().await.unwrap(), "{}\n{}");
        watch.pieces.send("\n").unwrap();
        assert_eq!(watch.next().await.unwrap(), "\n");
        drop(watch.pieces);
        assert!(watch.body.frame().await.is_none());
    }
}
