//! Entry points for the fuzz targets (`fuzz/`) to the tunnel's parsers. Only fuzzing compiles them.

use http::request::Parts;
use http::{HeaderMap, Method, Response, Uri};

use crate::decision::Decision;
use crate::{Body, Origin, refusal};

/// The component's decision.
pub enum Decided {
    /// Carry the request there, with this head.
    Connect(Origin, Method, Uri, HeaderMap),
    /// Answer with this.
    Answer(Response<Body>),
}

/// Reads the component's answer. `None`: it is broken, or the client gets the origin's answer.
pub fn decision(body: &[u8]) -> Option<Decided> {
    Some(match Decision::parse(body).ok()?? {
        Decision::Connect(connect) => Decided::Connect(
            connect.origin,
            connect.forward.method,
            connect.forward.target.into(),
            connect.forward.headers,
        ),
        Decision::Answer(response) => Decided::Answer(response),
    })
}

/// Whether the component is asked about a request to upgrade.
pub fn is_asked_about(request: &Parts) -> bool {
    refusal::is_upgrade(request) && refusal::check(request).is_ok()
}

/// Removes the hop-by-hop headers.
pub fn remove_hop_by_hop(headers: &mut HeaderMap) {
    verdict::remove_hop_by_hop(headers);
}
