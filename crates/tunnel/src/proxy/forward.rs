//! A request that is no upgrade, streamed to the component.

use std::net::SocketAddr;

use egress::announce_body;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::request::Parts;
use http::uri::Authority;
use http::{Method, Request, Response, Version};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use listener::{Ending, Resumable};
use serde_json::json;
use verdict::Events;

use super::backend::{Backend, describe};
use crate::failure::Failure;
use crate::log;
use crate::refusal::{self, PREFIX};
use crate::relay::Body;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Answers `request` with what `backend` answers, while it answers it; a watch ends with `ending`.
pub(crate) async fn forward(
    backend: &Backend,
    request: Request<Incoming>,
    client: SocketAddr,
    ending: &Ending,
) -> Response<Body> {
    let (mut parts, body) = request.into_parts();
    if let Err(failure) = prepare(&mut parts, client) {
        return failure.response();
    }
    let uri = parts.uri.clone();
    let body = body.map_err(Into::into).boxed_unsync();
    let mut request = Request::from_parts(parts, body);
    announce_body(&mut request);
    match backend.send(request).await {
        Ok(response) => {
            let events = Events::of(&uri, &response);
            let (mut head, body) = response.into_parts();
            verdict::remove_hop_by_hop(&mut head.headers);
            let body = body.map_err(Into::into);
            let body = match events {
                Some(events) => Resumable::new(body, events, ending).boxed_unsync(),
                None => body.boxed_unsync(),
            };
            Response::from_parts(head, body)
        }
        Err(error) => {
            let failure = Failure::no_component();
            log::event(
                "tunnel_failed",
                [
                    ("client", json!(client.to_string())),
                    ("with", json!("the component")),
                    ("code", json!(failure.code.as_u16())),
                    ("detail", json!(describe(&error))),
                ],
            );
            failure.response()
        }
    }
}

/// Makes of a client's request the one that the component gets.
fn prepare(request: &mut Parts, client: SocketAddr) -> Result<(), Failure> {
    in_origin_form(request).map_err(Failure::bad_request)?;
    // Half an answer must not be taken for a whole one.
    if request.version < Version::HTTP_11 && request.uri.path().starts_with(PREFIX) {
        return Err(Failure::http_1_0());
    }
    refusal::check_target(request).map_err(Failure::bad_request)?;
    refusal::check_host(&request.headers).map_err(Failure::bad_request)?;
    request.version = Version::HTTP_11;
    verdict::remove_hop_by_hop(&mut request.headers);
    remove_hosts_own(&mut request.headers);
    append_forwarded_for(&mut request.headers, client).map_err(Failure::bad_request)
}

/// The host goes from the target, where HTTP/2 (RFC 9113, section 8.3.1) and the absolute form of HTTP/1.1
/// (RFC 9112, section 3.2.2) have it, to `Host`. A cookie header that HTTP/2 may have split (RFC 9113, section
/// 8.2.3) becomes one again.
fn in_origin_form(request: &mut Parts) -> Result<(), &'static str> {
    if request.method == Method::CONNECT {
        return Err("the target of the request is no path");
    }
    if let Some(authority) = request.uri.authority().cloned() {
        let target = request.uri.path_and_query().cloned();
        request.uri = target.map(Into::into).unwrap_or_default();
        let mut hosts = request.headers.get_all(header::HOST).iter();
        let same = |host: &HeaderValue| {
            Authority::try_from(host.as_bytes()).is_ok_and(|host| host == authority)
        };
        if !hosts.all(same) {
            return Err("the request has two hosts");
        }
        let host = HeaderValue::from_str(authority.as_str());
        let host = host.map_err(|_| "the host is not valid")?;
        request.headers.insert(header::HOST, host);
    }
    join(&mut request.headers, &header::COOKIE, b"; ");
    Ok(())
}

/// Removes what the component takes for the words of its host, in any spelling.
fn remove_hosts_own(headers: &mut HeaderMap) {
    let is_hosts = |name: &&HeaderName| {
        let name = name.as_str().replace(['_', '.'], "-");
        name.starts_with("spin-")
    };
    let names: Vec<HeaderName> = headers.keys().filter(is_hosts).cloned().collect();
    for name in names {
        headers.remove(name);
    }
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

/// Makes one header of all that are called `name`.
fn join(headers: &mut HeaderMap, name: &HeaderName, separator: &[u8]) {
    let values: Vec<&[u8]> = headers
        .get_all(name)
        .iter()
        .map(HeaderValue::as_bytes)
        .collect();
    if values.len() > 1
        && let Ok(joined) = HeaderValue::from_bytes(&values.join(separator))
    {
        headers.insert(name, joined);
    }
}
