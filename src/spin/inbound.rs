//! The client's request and our response to it, with every header. The SDK's own types keep one of
//! each name.

use crate::request::Request;
use crate::respond::Response;
use http::header::{HeaderName, HeaderValue};
use http::{HeaderMap, Method};
use spin_sdk::http::{
    Fields, IncomingRequest, Method as WasiMethod, OutgoingResponse, ResponseOutparam,
};

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
