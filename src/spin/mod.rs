//! The adapter for Spin and WASI 0.2: the only place that knows the SDK. It decides nothing.

mod flow;
mod inbound;
mod outbound;
mod relay;
mod store;
mod time;

use std::cell::Cell;

use spin_sdk::http::{IncomingRequest, ResponseOutparam};
use spin_sdk::http_component;

use self::store::Bucket;
use crate::function;
use crate::platform::{Console, Random, Variables};

/// The world as Spin gives it to one request.
struct Spin {
    bucket: Bucket,
    request: IncomingRequest,
    /// Where the answer goes; nothing once it has begun.
    out: Cell<Option<ResponseOutparam>>,
}

#[allow(unsafe_code, reason = "the macro exports the component's entry point")]
mod entry {
    use super::{IncomingRequest, ResponseOutparam, answer, http_component};

    #[http_component]
    async fn handle(request: IncomingRequest, out: ResponseOutparam) {
        answer(request, out).await;
    }
}

async fn answer(request: IncomingRequest, out: ResponseOutparam) {
    let head = inbound::read(&request);
    let spin = Spin {
        bucket: Bucket::default(),
        request,
        out: Cell::new(Some(out)),
    };
    // Nothing, if the answer has been carried already.
    if let Some(response) = function::respond(&spin, head).await
        && let Some(out) = spin.out.take()
    {
        inbound::write(response, out).await;
    }
}

impl Console for Spin {
    fn print(&self, line: &str) {
        println!("{line}");
    }
}

impl Random for Spin {
    fn fill(&self, bytes: &mut [u8]) {
        // On WASI this is `random_get`, which only fails on a buffer that does not exist. To go on
        // without randomness is not an option, so the instance (one request) ends.
        if getrandom::getrandom(bytes).is_err() {
            std::process::abort();
        }
    }
}

impl Variables for Spin {
    fn variable(&self, name: &str) -> Option<String> {
        spin_sdk::variables::get(name).ok()
    }
}
