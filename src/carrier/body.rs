//! The client's body, as it is sent to the server.

use http::header;
use verdict::Fault;

use super::carry::{Carrier, Stopped};
use super::decider::Decider;
use crate::platform::{Body, Payload, Platform};

impl<P: Platform, D: Decider> Carrier<'_, P, D> {
    /// The client's body: a short one is read whole, any other is streamed.
    ///
    /// # Errors
    /// When it does not arrive, or would last without a place.
    pub(super) async fn payload(&mut self) -> Result<Payload, Stopped<D::Refusal>> {
        let rules = &self.rules.body;
        match self.length() {
            Some(0) => return Ok(Payload::Whole(Vec::new())),
            Some(length) if length > rules.most => return Err(Fault::BodyTooLong.into()),
            Some(length) if length <= rules.kept => return self.whole(length).await,
            Some(_) => {}
            None => match self.platform.has_body(rules.at_once).await {
                Some(true) => {}
                Some(false) => return Ok(Payload::Whole(Vec::new())),
                None => return Err(Fault::BodyCutOff.into()),
            },
        }
        // The upload lasts as long as its client likes.
        self.lasts().await?;
        Ok(Payload::Client { limit: rules.most })
    }

    /// The announced length (RFC 9110, section 8.6), in bytes.
    fn length(&self) -> Option<u64> {
        let length = self.forward.headers.get(header::CONTENT_LENGTH)?;
        length.to_str().ok()?.parse().ok()
    }

    async fn whole(&mut self, length: u64) -> Result<Payload, Stopped<D::Refusal>> {
        let (platform, rules) = (self.platform, &self.rules.body);
        let longest = usize::try_from(length).unwrap_or(usize::MAX);
        let mut body = platform.body(longest, rules.at_once).await;
        if body == Body::NotYet {
            self.lasts().await?;
            body = platform.body(longest, rules.patience).await;
        }
        match body {
            Body::Whole(body) => Ok(Payload::Whole(body)),
            Body::NotYet | Body::Unusable => Err(Fault::BodyCutOff.into()),
        }
    }

    async fn lasts(&mut self) -> Result<(), Stopped<D::Refusal>> {
        self.decider.lasts().await.map_err(Stopped::Refused)
    }
}
