//! Places for the requests that the component answers. Each of them takes a connection to it.

use std::net::IpAddr;
use std::sync::Arc;

use http::Response;
use http_body_util::BodyExt;
use listener::{Share, Shares};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::relay::Body;
use crate::tunnel::half;

/// All places. They are others than those of requests that are carried: pages hold up no kubectl.
pub(super) struct Places {
    all: Arc<Semaphore>,
    shares: Arc<Shares>,
}

/// One place. Dropping it frees it.
pub(super) struct Place {
    _permit: OwnedSemaphorePermit,
    _share: Share,
}

impl Places {
    /// So many, of which one client address may have half.
    pub(super) fn new(number: usize) -> Self {
        let number = number.min(Semaphore::MAX_PERMITS);
        Self {
            all: Arc::new(Semaphore::new(number)),
            shares: half(number),
        }
    }

    /// A place for a request of this client; `None` if there is none.
    pub(super) fn take(&self, client: IpAddr) -> Option<Place> {
        Some(Place {
            _share: self.shares.take(client)?,
            _permit: self.all.clone().try_acquire_owned().ok()?,
        })
    }
}

impl Place {
    /// `response`, which holds the place until its body has ended.
    pub(super) fn held_by(self, response: Response<Body>) -> Response<Body> {
        // What is called at an error lives as long as the body, and the place with it.
        let hold = move |error| {
            let _place = &self;
            error
        };
        response.map(|body| body.map_err(hold).boxed_unsync())
    }
}
