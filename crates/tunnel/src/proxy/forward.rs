//! A request that is not carried, streamed to the component.

use std::net::SocketAddr;

use egress::announce_body;
use http::header::{HeaderMap, HeaderName, HeaderValue};
use http::request::Parts;
use http::{Request, Response, Version};
use http_body_util::BodyExt;
use hyper::body::Incoming;

use super::backend::{Backend, describe};
use crate::failure::Failure;
use crate::incoming::{in_origin_form, join};
use crate::kind::Kind;
use crate::log;
use crate::refusal;
use crate::relay::Body;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Errors here are a `Status` too: programs configured with one address read it.
pub(super) const TOLD: Kind = Kind::Kubernetes;

/// Streams `request` to `backend`, and the answer back.
pub(crate) async fn forward(
    backend: &Backend,
    request: Request<Incoming>,
    client: SocketAddr,
) -> Response<Body> {
    let (mut parts, body) = request.into_parts();
    if let Err(failure) = prepare(&mut parts, client) {
        return failure.response(TOLD);
    }
    let body = body.map_err(Into::into).boxed_unsync();
    let mut request = Request::from_parts(parts, body);
    announce_body(&mut request);
    match backend.send(request).await {
        Ok(response) => {
            let (mut head, body) = response.into_parts();
            verdict::remove_hop_by_hop(&mut head.headers);
            Response::from_parts(head, body.map_err(Into::into).boxed_unsync())
        }
        Err(error) => {
            let failure = Failure::no_component();
            log::failed(client, "the component", &describe(&error), &failure);
            failure.response(TOLD)
        }
    }
}

/// Turns a client's request into the one for the component.
fn prepare(request: &mut Parts, client: SocketAddr) -> Result<(), Failure> {
    in_origin_form(request).map_err(Failure::bad_request)?;
    refusal::check_target(request).map_err(Failure::bad_request)?;
    refusal::check_host(&request.headers).map_err(Failure::bad_request)?;
    request.version = Version::HTTP_11;
    verdict::remove_hop_by_hop(&mut request.headers);
    verdict::remove_hosts_own(&mut request.headers);
    append_forwarded_for(&mut request.headers, client).map_err(Failure::bad_request)
}

fn append_forwarded_for(headers: &mut HeaderMap, client: SocketAddr) -> Result<(), &'static str> {
    let client = HeaderValue::from_str(&client.ip().to_canonical().to_string());
    headers.append(
        X_FORWARDED_FOR,
        client.map_err(|_| "the client has no address")?,
    );
    join(headers, &X_FORWARDED_FOR, b", ");
    Ok(())
}
