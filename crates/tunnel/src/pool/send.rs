//! A request on its way to a server, up to the head of its answer.

use std::io;
use std::sync::{Arc, Weak};
use std::time::Duration;

use egress::announce_body;
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderValue, Method, Request, Response, Uri, header};
use hyper::body::Incoming;
use hyper::client::conn::TrySendError;
use tokio::time::timeout;

use super::body::Payload;
use super::host::{Host, Way};
use super::lease::Lease;
use crate::proxy::describe;

/// How often a request that has not been sent is tried. All kept connections may be closed by now, and each
/// shows it only when it is used.
const TRIES: usize = 8;

/// A request.
pub(crate) struct Outgoing {
    pub(crate) method: Method,
    pub(crate) target: PathAndQuery,
    /// The value of `Host`.
    pub(crate) host: String,
    /// Without hop-by-hop headers.
    pub(crate) headers: HeaderMap,
    pub(crate) payload: Payload,
    /// Whether the request needs a connection of its own.
    pub(crate) apart: bool,
}

/// Why there is no answer, for the log.
pub(crate) struct Unsent(pub(crate) String);

/// Sends `outgoing` to `host`, connecting within `limit`. Dropping the future before the answer cancels the
/// request.
///
/// # Errors
/// When the server cannot be reached, or its answer is unusable.
pub(crate) async fn send(
    host: &Arc<Host>,
    outgoing: Outgoing,
    limit: Duration,
) -> Result<(Response<Incoming>, Lease), Unsent> {
    let Outgoing {
        method,
        target,
        host: asked,
        headers,
        mut payload,
        apart,
    } = outgoing;
    for tries in 1.. {
        let way = timeout(limit, async {
            match apart {
                true => host.way_apart(limit).await,
                false => host.way(limit).await,
            }
        })
        .await;
        let way = way.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
        let way = way.map_err(|error| Unsent(error.to_string()))?;
        let kept = payload.begin();
        let mut request = Request::new(payload);
        *request.method_mut() = method.clone();
        *request.headers_mut() = headers.clone();
        let (result, lease) = send_on(host, way, &target, &asked, request).await?;
        let mut error = match result {
            Ok(answer) => return Ok((answer, lease)),
            Err(error) => error,
        };
        let unsent = error.take_message().map(Request::into_body);
        let error = error.into_error();
        payload = match (unsent, kept) {
            (Some(unsent), _) if tries < TRIES => unsent,
            (None, Some(kept)) if tries < TRIES && is_refused(&error) => Payload::Whole(kept),
            _ => return Err(Unsent(describe(&error))),
        };
    }
    Err(Unsent("no connection takes it".to_owned()))
}

type Sent = Result<Response<Incoming>, TrySendError<Request<Payload>>>;

async fn send_on(
    host: &Arc<Host>,
    way: Way,
    target: &PathAndQuery,
    asked: &str,
    mut request: Request<Payload>,
) -> Result<(Sent, Lease), Unsent> {
    let broken = |error: http::Error| Unsent(error.to_string());
    match way {
        Way::Http1(mut sender) => {
            let authority = HeaderValue::from_str(asked);
            let authority = authority.map_err(|error| Unsent(error.to_string()))?;
            request.headers_mut().insert(header::HOST, authority);
            *request.uri_mut() = Uri::from(target.clone());
            if let Some(proxy) = host.asked_proxy() {
                *request.uri_mut() = host.uri(&host.origin.authority(), target).map_err(broken)?;
                if let Some(authorization) = proxy.authorization() {
                    let headers = request.headers_mut();
                    headers.insert(header::PROXY_AUTHORIZATION, authorization.clone());
                }
            }
            if let Some(length) = request.body().length().filter(|length| *length > 0) {
                let headers = request.headers_mut();
                headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
            }
            announce_body(&mut request);
            let keeps = match proves_for_all(request.headers()) {
                true => Weak::new(),
                false => Arc::downgrade(host),
            };
            let result = sender.try_send_request(request).await;
            Ok((result, Lease::Http1(keeps, sender)))
        }
        Way::Http2(mut sender, place) => {
            *request.uri_mut() = host.uri(asked, target).map_err(broken)?;
            if let Payload::Client(upload) = request.body_mut() {
                upload.place = Some(place.clone());
            }
            let result = sender.try_send_request(request).await;
            Ok((result, Lease::Http2(place)))
        }
    }
}

impl Host {
    fn uri(&self, authority: &str, target: &PathAndQuery) -> http::Result<Uri> {
        Uri::builder()
            .scheme(if self.origin.secure { "https" } else { "http" })
            .authority(authority)
            .path_and_query(target.clone())
            .build()
    }
}

/// Whether the client proves who it is for the whole connection, and not for this request alone. Whoever came next
/// on it would be taken for that client (RFC 4559, section 6).
fn proves_for_all(headers: &HeaderMap) -> bool {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    values.any(|value| {
        let scheme = value.as_bytes().split(|byte| *byte == b' ').next();
        let scheme = scheme.unwrap_or_default();
        [&b"negotiate"[..], b"ntlm"]
            .iter()
            .any(|one| scheme.eq_ignore_ascii_case(one))
    })
}

/// Whether the server says that it has done nothing with the request (RFC 9113, section 8.7).
fn is_refused(error: &hyper::Error) -> bool {
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<h2::Error>() {
            let goes_away = error.is_go_away() && error.reason() == Some(h2::Reason::NO_ERROR);
            let refuses = error.is_reset() && error.reason() == Some(h2::Reason::REFUSED_STREAM);
            return error.is_remote() && (goes_away || refuses);
        }
        cause = error.source();
    }
    false
}
