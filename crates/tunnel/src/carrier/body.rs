//! The client's body, as it is sent to the server.

use std::sync::Arc;

use http::header;
use http_body_util::BodyExt;
use hyper::body::{Body, Bytes, Frame, Incoming};
use tokio::time::timeout;
use verdict::Fault;

use super::request::{Errand, Stopped};
use crate::leash;
use crate::pool::{Kept, Payload, Upload};

/// A body that is read before it is sent.
struct Reading {
    body: Incoming,
    read: Vec<u8>,
    /// What was announced, in bytes.
    length: usize,
}

impl Reading {
    /// Reads the whole body. If this is cancelled, the rest can still be read.
    async fn read_on(&mut self) -> Result<(), Fault> {
        while let Some(frame) = self.body.frame().await {
            let frame = frame.map_err(|_| Fault::BodyCutOff)?;
            if let Some(data) = frame.data_ref() {
                self.read.extend_from_slice(data);
            }
            if self.read.len() > self.length {
                return Err(Fault::BodyCutOff);
            }
        }
        Ok(())
    }
}

impl Errand<'_> {
    /// The client's body: a short one is read whole, any other is streamed.
    ///
    /// # Errors
    /// When the body does not arrive, or would last without a place.
    pub(super) async fn payload(&mut self, mut body: Incoming) -> Result<Payload, Stopped> {
        let rules = &self.rules.body;
        let mut first = None;
        match self.length() {
            Some(0) => return Ok(self.whole(Vec::new())),
            Some(length) if length > rules.most => return Err(Fault::BodyTooLong.into()),
            Some(length) if length <= rules.kept => return self.read(body, length).await,
            Some(_) => {}
            None if body.is_end_stream() => return Ok(self.whole(Vec::new())),
            // A body that has not begun by then counts as one that lasts.
            None => match timeout(rules.at_once, body.frame()).await {
                Ok(None) => return Ok(self.whole(Vec::new())),
                Ok(Some(Err(_))) => return Err(Fault::BodyCutOff.into()),
                Ok(Some(Ok(frame))) => first = Some(frame),
                Err(_) => {}
            },
        }
        // The upload lasts as long as its client likes.
        self.lasts().await?;
        Ok(self.upload(first, body))
    }

    fn upload(&self, first: Option<Frame<Bytes>>, body: Incoming) -> Payload {
        let sent = self.account.sent.clone();
        Payload::Client(Upload::new(first, body, self.rules.body.most, sent))
    }

    fn whole(&self, bytes: Vec<u8>) -> Payload {
        Payload::Whole(Kept::new(
            Bytes::from(bytes),
            Arc::clone(&self.account.sent),
        ))
    }

    /// The announced length (RFC 9110, section 8.6), in bytes.
    fn length(&self) -> Option<u64> {
        let length = self.connect.forward.headers.get(header::CONTENT_LENGTH)?;
        length.to_str().ok()?.parse().ok()
    }

    async fn read(&mut self, body: Incoming, length: u64) -> Result<Payload, Stopped> {
        let (at_once, patience) = (self.rules.body.at_once, self.rules.body.patience);
        let length = usize::try_from(length).unwrap_or_default();
        // Memory is taken as the body arrives, not when it is announced.
        let mut reading = Reading {
            body,
            read: Vec::new(),
            length,
        };
        if let Ok(read) = timeout(at_once, reading.read_on()).await {
            read?;
        } else {
            self.lasts().await?;
            let read = timeout(patience, reading.read_on()).await;
            read.unwrap_or(Err(Fault::BodyCutOff))?;
        }
        Ok(self.whole(reading.read))
    }

    /// Takes a place, unless the request has one.
    async fn lasts(&mut self) -> Result<(), Stopped> {
        let ticket = &self.account.ticket;
        if ticket.holds_place() {
            return Ok(());
        }
        let carrier = self.carrier;
        let limit = carrier.shared.limits.decision;
        match leash::lasts(&carrier.desk, ticket, limit).await {
            Some(looked) if looked.go_on => Ok(()),
            Some(looked) => Err(carrier.instead(looked.answer)),
            None => {
                let why = "it did not say whether the request may be sent";
                Err(Stopped::Failed(carrier.undecided(&why.into())))
            }
        }
    }
}
