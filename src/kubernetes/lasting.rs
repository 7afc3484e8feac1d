//! A request while it lasts: whether it may go on, and how it ends.

use std::time::Duration;

use http::Response as HttpResponse;
use verdict::RequestInfo;

use super::access::Access;
use super::caller::Caller;
use super::error::KubernetesError;
use super::last_event::Stream;
use super::place::{Look, Whose};
use crate::platform::{Exchange, HttpError, Platform, Progress};
use crate::problem::Failure;
use crate::session::streams::Place;

/// How often it is looked at: whether its client is still there, and whether it may go on.
const LOOK: Duration = Duration::from_secs(15);
/// How long it goes on while the store cannot say whether it may.
const UNSEEN: Duration = Duration::from_secs(45);

/// How an answer ended.
#[derive(Clone, Copy)]
pub(super) enum End {
    Whole,
    ClientGone,
    CutOff,
    SessionEnded,
    TooManyStreams,
}

impl End {
    /// Its name in the audit line.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Whole => "ok",
            Self::ClientGone => "client_gone",
            Self::CutOff => "cut_off",
            Self::SessionEnded => "session_ended",
            Self::TooManyStreams => "too_many_streams",
        }
    }
}

/// A request of `caller` while it lasts.
pub(super) struct Lasting<'a, P> {
    pub(super) access: &'a Access<'a, P>,
    caller: &'a Caller,
    info: &'a RequestInfo,
    place: Option<Place>,
    /// When the store last said that it may go on.
    seen: Duration,
    /// What the client gets, if it is a stream of events.
    stream: Option<Stream>,
}

impl<'a, P: Platform> Lasting<'a, P> {
    pub(super) fn new(
        access: &'a Access<'a, P>,
        caller: &'a Caller,
        info: &'a RequestInfo,
    ) -> Self {
        Self {
            access,
            caller,
            info,
            place: None,
            seen: access.call.platform.monotonic(),
            stream: None,
        }
    }

    /// Takes a place, if it has none: it is known that it will last.
    ///
    /// # Errors
    /// When there is no place, or the store fails.
    pub(super) async fn take_place(&mut self) -> Result<(), Failure> {
        if self.place.is_none() {
            self.place = self.access.place(self.caller).await?;
        }
        Ok(())
    }

    /// Gives its place back.
    pub(super) async fn give_back(self) {
        if let Some(place) = self.place {
            // A place that is not given back is free in a minute.
            let _ = place.release(self.access.records).await;
        }
    }

    /// Waits for the head of the answer.
    ///
    /// # Errors
    /// When there is none, or the request may not go on.
    pub(super) async fn head(
        &mut self,
        exchange: &mut P::Exchange,
    ) -> Result<HttpResponse<()>, Failure> {
        let platform = self.access.call.platform;
        let silence = self.silence();
        let (mut heard, mut sent) = (platform.monotonic(), 0);
        loop {
            let left = silence.saturating_sub(platform.monotonic().saturating_sub(heard));
            let head = platform.head(exchange, LOOK.min(left)).await;
            if let Some(head) = head.map_err(|error| self.without_answer(error))? {
                return Ok(head);
            }
            let now = platform.monotonic();
            if exchange.carried().sent > sent {
                (heard, sent) = (now, exchange.carried().sent);
            }
            if now.saturating_sub(heard) >= silence {
                return Err(KubernetesError::Silent.into());
            }
            match self.look().await {
                None => {}
                Some(End::SessionEnded) => return Err(self.ended().into()),
                Some(End::TooManyStreams) => return Err(self.access.no_place().into()),
                Some(_) => return Err(KubernetesError::Silent.into()),
            }
        }
    }

    /// How long the API server may say nothing. What stands behind it may think as long as it likes,
    /// as long as its caller may ask.
    fn silence(&self) -> Duration {
        match self.info.is_proxied() {
            true => Duration::MAX,
            false => self.access.settings.kubernetes.silence,
        }
    }

    /// Why there is no answer.
    pub(super) fn without_answer(&self, error: HttpError) -> KubernetesError {
        match error {
            HttpError::TimedOut => KubernetesError::Silent,
            HttpError::TooLarge => {
                KubernetesError::BodyTooLarge(self.access.settings.kubernetes.body)
            }
            HttpError::ClientFailed => KubernetesError::BodyCutOff,
            HttpError::Denied | HttpError::Unreachable(_) | HttpError::Failed(_) => {
                KubernetesError::Unreachable(error.to_string())
            }
        }
    }

    /// Notes what the client gets.
    pub(super) fn begins(&mut self, head: &HttpResponse<()>) {
        self.stream = Stream::of(self.info, head);
    }

    /// Carries the answer to its end, or until it may not go on.
    pub(super) async fn carry(&mut self, exchange: &mut P::Exchange) -> End {
        let platform = self.access.call.platform;
        loop {
            match platform.carry(exchange, LOOK).await {
                Progress::Ended => return End::Whole,
                Progress::ClientGone => return End::ClientGone,
                Progress::CutOff => return End::CutOff,
                Progress::Open => {}
            }
            if let Some(end) = self.look().await {
                self.tell_why(end, exchange);
                return end;
            }
        }
    }

    /// Looks whether it may go on. If not, this is its end.
    async fn look(&mut self) -> Option<End> {
        let platform = self.access.call.platform;
        let whose = Whose::of(self.caller, &self.access.settings.keyring);
        match self.access.look(&whose, &mut self.place).await {
            Ok(Look::GoesOn) => {
                self.seen = platform.monotonic();
                None
            }
            Ok(Look::Ended) => Some(End::SessionEnded),
            Ok(Look::NoPlace) => Some(End::TooManyStreams),
            Err(_) if platform.monotonic().saturating_sub(self.seen) < UNSEEN => None,
            Err(_) => Some(End::CutOff),
        }
    }

    /// Tells the client of a watch why it ends, in an event of its own.
    fn tell_why(&self, end: End, exchange: &mut P::Exchange) {
        let why = match end {
            End::SessionEnded => self.ended(),
            End::TooManyStreams => self.access.no_place(),
            End::Whole | End::ClientGone | End::CutOff => return,
        };
        if let Some(stream) = &self.stream {
            let event = stream.error(&why, &self.access.call.id);
            self.access.call.platform.finish(exchange, &event);
        }
    }

    fn ended(&self) -> KubernetesError {
        KubernetesError::Ended(self.access.settings.public_url.clone())
    }
}
