//! The client's body, as it goes on.

use std::time::Duration;

use http::header;

use super::error::KubernetesError;
use super::lasting::Lasting;
use crate::platform::{Body, Payload, Platform};
use crate::problem::Failure;

/// A body up to this length is read before it is sent, so that it can be sent twice.
const REPLAYED: u64 = 64 * 1024;
/// What takes longer to arrive needs a place.
const AT_ONCE: Duration = Duration::from_secs(1);
/// How long it may take with a place. Its instance waits for it.
const PATIENCE: Duration = Duration::from_secs(30);

impl<P: Platform> Lasting<'_, P> {
    /// The client's body. A short one is read. Any other is taken as it comes.
    ///
    /// # Errors
    /// When it is too long, or does not arrive, or would last without a place.
    pub(super) async fn payload(&mut self) -> Result<Payload, Failure> {
        let limit = self.access.settings.kubernetes.body;
        match self.length() {
            Some(0) => return Ok(Payload::Whole(Vec::new())),
            Some(length) if length > limit => {
                return Err(KubernetesError::BodyTooLarge(limit).into());
            }
            Some(length) if length <= REPLAYED => return self.whole(length).await,
            Some(_) => {}
            None => match self.access.call.platform.has_body(AT_ONCE).await {
                Some(true) => {}
                Some(false) => return Ok(Payload::Whole(Vec::new())),
                None => return Err(KubernetesError::BodyCutOff.into()),
            },
        }
        // It lasts as long as its client likes.
        self.take_place().await?;
        Ok(Payload::Client { limit })
    }

    /// The length that the client has announced (RFC 9110, section 8.6), in bytes.
    fn length(&self) -> Option<u64> {
        let length = self
            .access
            .call
            .request
            .headers
            .get(header::CONTENT_LENGTH)?;
        length.to_str().ok()?.parse().ok()
    }

    async fn whole(&mut self, length: u64) -> Result<Payload, Failure> {
        let platform = self.access.call.platform;
        let longest = usize::try_from(length).unwrap_or(usize::MAX);
        let mut body = platform.body(longest, AT_ONCE).await;
        if body == Body::NotYet {
            self.take_place().await?;
            body = platform.body(longest, PATIENCE).await;
        }
        match body {
            Body::Whole(body) => Ok(Payload::Whole(body)),
            Body::NotYet | Body::Unusable => Err(KubernetesError::BodyCutOff.into()),
        }
    }
}
