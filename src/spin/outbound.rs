//! Outbound HTTP with a limit on everything. The SDK's own `send` sets none.

use std::time::Duration;

use http::{HeaderMap, Request, Response};
use spin_sdk::http::{Fields, Method, OutgoingRequest, Scheme};
use spin_sdk::wit::wasi::http0_2_0::outgoing_handler;
use spin_sdk::wit::wasi::http0_2_0::types::{
    ErrorCode, FutureIncomingResponse, IncomingResponse, OutgoingBody, RequestOptions,
};
use wasi::io::poll::Pollable;
use wasi::io::streams::{OutputStream, StreamError};

use super::deadline::{Deadline, nanoseconds};
use super::world::Spin;
use crate::platform::{HttpClient, HttpError, Limits};

/// How much is read at once.
const CHUNK: u64 = 16 * 1024;

impl HttpClient for Spin {
    async fn send(
        &self,
        request: Request<Vec<u8>>,
        limits: Limits,
    ) -> Result<Response<Vec<u8>>, HttpError> {
        let deadline = Deadline::after(limits.total);
        let options = options(limits.connect, limits.total)?;
        let pending = send_whole(request, options, &deadline)?;
        let incoming = response(&pending, &deadline)?;
        read(&incoming, limits.body, &deadline)
    }
}

/// How long the host may take to connect, and how long for anything after that.
pub(super) fn options(connect: Duration, total: Duration) -> Result<RequestOptions, HttpError> {
    let options = RequestOptions::new();
    options
        .set_connect_timeout(Some(nanoseconds(connect)))
        .and_then(|()| options.set_first_byte_timeout(Some(nanoseconds(total))))
        .and_then(|()| options.set_between_bytes_timeout(Some(nanoseconds(total))))
        .map_err(|()| failed("the host has no time limits"))?;
    Ok(options)
}

/// The head of `request`, with the length of its body if that is known and not 0.
pub(super) fn outgoing(request: Request<usize>) -> Result<OutgoingRequest, HttpError> {
    let (parts, length) = request.into_parts();
    let fields = Fields::new();
    for (name, value) in &parts.headers {
        fields
            .append(name.as_str(), value.as_bytes())
            .map_err(|_| failed("the host refuses a header"))?;
    }
    if length > 0 {
        fields
            .append("content-length", length.to_string().as_bytes())
            .map_err(|_| failed("the host refuses a header"))?;
    }
    let request = OutgoingRequest::new(fields);
    let method = match parts.method {
        http::Method::GET => Method::Get,
        http::Method::HEAD => Method::Head,
        http::Method::POST => Method::Post,
        http::Method::PUT => Method::Put,
        http::Method::DELETE => Method::Delete,
        http::Method::OPTIONS => Method::Options,
        http::Method::PATCH => Method::Patch,
        other => Method::Other(other.to_string()),
    };
    let scheme = match parts.uri.scheme_str() {
        Some("http") => Scheme::Http,
        _ => Scheme::Https,
    };
    let target = parts.uri.path_and_query().map(|target| target.as_str());
    request
        .set_method(&method)
        .and_then(|()| request.set_scheme(Some(&scheme)))
        .and_then(|()| request.set_authority(parts.uri.authority().map(|host| host.as_str())))
        .and_then(|()| request.set_path_with_query(target))
        .map_err(|()| failed("the host refuses the address"))?;
    Ok(request)
}

/// Sends a request with its whole body.
pub(super) fn send_whole(
    request: Request<Vec<u8>>,
    options: RequestOptions,
    deadline: &Deadline,
) -> Result<FutureIncomingResponse, HttpError> {
    let (parts, body) = request.into_parts();
    let request = outgoing(Request::from_parts(parts, body.len()))?;
    // A request that is never asked for its body has none, and is not sent in chunks.
    let sink = (!body.is_empty()).then(|| request.body()).transpose();
    let sink = sink.map_err(|()| failed("the request has no body"))?;
    let pending = outgoing_handler::handle(request, Some(options)).map_err(error)?;
    if let Some(sink) = sink {
        write(sink, &body, deadline)?;
    }
    Ok(pending)
}

fn write(sink: OutgoingBody, body: &[u8], deadline: &Deadline) -> Result<(), HttpError> {
    let stream = sink
        .write()
        .map_err(|()| failed("the request's body cannot be written"))?;
    let event = stream.subscribe();
    let taken = write_to(&stream, &event, body, deadline)?;
    drop((event, stream));
    match taken {
        true => OutgoingBody::finish(sink, None).map_err(error),
        // A server that answers early may not read all of it. Its answer says more than this.
        false => Ok(()),
    }
}

/// Writes `bytes`, waiting for room by `event`. False if nobody takes them any more.
pub(super) fn write_to(
    stream: &OutputStream,
    event: &Pollable,
    mut bytes: &[u8],
    deadline: &Deadline,
) -> Result<bool, HttpError> {
    while !bytes.is_empty() {
        deadline.wait(event)?;
        let room = match stream.check_write() {
            Ok(room) => usize::try_from(room).unwrap_or(usize::MAX),
            Err(_) => return Ok(false),
        };
        let (now, later) = bytes.split_at(room.min(bytes.len()));
        if stream.write(now).is_err() {
            return Ok(false);
        }
        bytes = later;
    }
    Ok(true)
}

fn response(
    pending: &FutureIncomingResponse,
    deadline: &Deadline,
) -> Result<IncomingResponse, HttpError> {
    deadline.wait(&pending.subscribe())?;
    answer(pending)
}

/// The answer that has arrived.
pub(super) fn answer(pending: &FutureIncomingResponse) -> Result<IncomingResponse, HttpError> {
    match pending.get() {
        Some(Ok(answer)) => answer.map_err(error),
        _ => Err(failed("the host gives no answer")),
    }
}

fn read(
    incoming: &IncomingResponse,
    limit: usize,
    deadline: &Deadline,
) -> Result<Response<Vec<u8>>, HttpError> {
    let body = read_body(incoming, limit, deadline)?;
    let mut response = Response::builder().status(incoming.status());
    if let Some(headers) = response.headers_mut() {
        *headers = incoming_headers(incoming);
    }
    response
        .body(body)
        .map_err(|reason| HttpError::Failed(reason.to_string()))
}

fn read_body(
    incoming: &IncomingResponse,
    limit: usize,
    deadline: &Deadline,
) -> Result<Vec<u8>, HttpError> {
    let body = incoming
        .consume()
        .map_err(|()| failed("the answer has no body"))?;
    let stream = body
        .stream()
        .map_err(|()| failed("the answer has no body"))?;
    let event = stream.subscribe();
    let mut read = Vec::new();
    loop {
        deadline.check()?;
        deadline.wait(&event)?;
        match stream.read(CHUNK) {
            Ok(chunk) => read.extend(chunk),
            Err(StreamError::Closed) => return Ok(read),
            Err(StreamError::LastOperationFailed(_)) => {
                return Err(failed("the answer was cut off"));
            }
        }
        if read.len() > limit {
            return Err(HttpError::TooLarge);
        }
    }
}

/// All headers of the answer.
pub(super) fn incoming_headers(incoming: &IncomingResponse) -> HeaderMap {
    incoming
        .headers()
        .entries()
        .into_iter()
        .filter_map(|(name, value)| Some((name.try_into().ok()?, value.try_into().ok()?)))
        .collect()
}

pub(super) fn error(code: ErrorCode) -> HttpError {
    match code {
        ErrorCode::HttpRequestDenied => HttpError::Denied,
        ErrorCode::ConnectionReadTimeout
        | ErrorCode::ConnectionWriteTimeout
        | ErrorCode::HttpResponseTimeout => HttpError::TimedOut,
        ErrorCode::ConnectionTimeout
        | ErrorCode::ConnectionRefused
        | ErrorCode::DnsError(_)
        | ErrorCode::DnsTimeout
        | ErrorCode::DestinationNotFound
        | ErrorCode::DestinationUnavailable
        | ErrorCode::TlsAlertReceived(_)
        | ErrorCode::TlsCertificateError
        | ErrorCode::TlsProtocolError => HttpError::Unreachable(format!("{code:?}")),
        other => HttpError::Failed(format!("{other:?}")),
    }
}

pub(super) fn failed(reason: &str) -> HttpError {
    HttpError::Failed(reason.to_owned())
}
