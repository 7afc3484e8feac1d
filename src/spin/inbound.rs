//! The client's request and our response to it, with every header. The SDK's own types keep one of
//! each name.

use std::mem;
use std::time::Duration;

use http::header::{HeaderName, HeaderValue};
use http::{HeaderMap, Method};
use spin_sdk::http::{
    Fields, IncomingRequest, Method as WasiMethod, OutgoingResponse, ResponseOutparam,
};
use spin_sdk::wit::wasi::http0_2_0::types::IncomingBody;
use wasi::io::poll::Pollable;
use wasi::io::streams::{InputStream, StreamError};

use super::outbound::Deadline;
use crate::platform::Body;
use crate::request::Request;
use crate::respond::Response;

/// How much is read at once.
const CHUNK: u64 = 16 * 1024;

/// Reads the request's head. Its body is not read yet.
pub(super) fn read(incoming: &IncomingRequest) -> Request {
    Request {
        method: method(&incoming.method()),
        target: incoming.path_with_query().unwrap_or_default(),
        authority: incoming.authority().unwrap_or_default(),
        headers: headers(incoming),
    }
}

/// Sends the response. It does not matter if the client has gone away meanwhile.
pub(super) async fn write(response: Response, out: ResponseOutparam) {
    let (parts, body) = response.into_parts();
    let fields = Fields::new();
    for (name, value) in &parts.headers {
        // The host refuses hop-by-hop headers. We send none.
        let _ = fields.append(name.as_str(), value.as_bytes());
    }
    let _ = fields.append("content-length", body.len().to_string().as_bytes());
    let outgoing = OutgoingResponse::new(fields);
    // Every `http::StatusCode` of ours is one that WASI takes.
    let _ = outgoing.set_status_code(parts.status.as_u16());
    let _ = out.set_with_body(outgoing, body).await;
}

fn method(method: &WasiMethod) -> Method {
    // An invalid method is answered like one that we do not take.
    Method::from_bytes(method.to_string().as_bytes()).unwrap_or(Method::TRACE)
}

fn headers(incoming: &IncomingRequest) -> HeaderMap {
    let entries = incoming.headers().entries();
    let mut headers = HeaderMap::with_capacity(entries.len());
    for (name, value) in entries {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            headers.append(name, value);
        }
    }
    headers
}

/// The client's body, and what of it has been read. Children come before parents: WASI wants them
/// dropped in this order.
pub(super) struct Reading {
    event: Pollable,
    stream: InputStream,
    body: IncomingBody,
    read: Vec<u8>,
}

impl Reading {
    /// Begins; nothing if the body was taken before.
    pub(super) fn begin(incoming: &IncomingRequest) -> Option<Self> {
        let body = incoming.consume().ok()?;
        let stream = body.stream().ok()?;
        Some(Self {
            event: stream.subscribe(),
            stream,
            body,
            read: Vec::new(),
        })
    }

    /// Whether there is a body. One that has not begun within `time` counts. Nothing if it is cut off.
    pub(super) fn has_body(&self, time: Duration) -> Option<bool> {
        let waited = Deadline::after(time).wait_for_any(&self.event, None);
        if waited.is_err() {
            return Some(true);
        }
        // Reading nothing tells whether there will be more. An error is told only once.
        match self.stream.read(0) {
            Ok(_) => Some(true),
            Err(StreamError::Closed) => Some(false),
            Err(StreamError::LastOperationFailed(_)) => None,
        }
    }

    /// Reads to its end, but no more than `limit` bytes, and for at most `time`.
    pub(super) fn read(&mut self, limit: usize, time: Duration) -> Body {
        let deadline = Deadline::after(time);
        loop {
            let waited = deadline.wait_for_any(&self.event, None);
            if waited.and_then(|()| deadline.check()).is_err() {
                return Body::NotYet;
            }
            match self.stream.read(CHUNK) {
                Ok(chunk) => self.read.extend(chunk),
                Err(StreamError::Closed) => return Body::Whole(mem::take(&mut self.read)),
                Err(StreamError::LastOperationFailed(_)) => return Body::Unusable,
            }
            if self.read.len() > limit {
                return Body::Unusable;
            }
        }
    }

    /// What comes, to be carried on. Nothing of it has been read.
    pub(super) fn into_stream(self) -> (InputStream, IncomingBody) {
        let Self {
            event,
            stream,
            body,
            ..
        } = self;
        drop(event);
        (stream, body)
    }
}
