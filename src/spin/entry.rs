//! The component's entry point.

use std::cell::{Cell, OnceCell, RefCell};

use spin_sdk::http::{IncomingRequest, ResponseOutparam};
use spin_sdk::http_component;

use super::bucket::Bucket;
use super::inbound;
use super::world::Spin;
use crate::dispatch;

#[allow(unsafe_code, reason = "the macro exports the component's entry point")]
mod exported {
    use super::{IncomingRequest, ResponseOutparam, answer, http_component};

    #[http_component]
    async fn handle(request: IncomingRequest, out: ResponseOutparam) {
        answer(request, out).await;
    }
}

async fn answer(request: IncomingRequest, out: ResponseOutparam) {
    let head = inbound::read(&request);
    let spin = Spin {
        variables: OnceCell::new(),
        bucket: Bucket::default(),
        request,
        reading: RefCell::default(),
        out: Cell::new(Some(out)),
    };
    // Nothing if the answer has been carried already.
    if let Some(response) = dispatch::respond(&spin, head).await
        && let Some(out) = spin.out.take()
    {
        inbound::write(response, out).await;
    }
}
