//! What only the tunnel on its own is told: where it reaches the component, and whom it believes to be an app.

use url::Url;

use crate::settings::native::{COMPONENT_PLAIN_HTTP, COMPONENT_URL, UPSTREAMS_CA_FILE};
use crate::settings::reader::Reader;
use crate::terms::{Origin, is_loopback};

/// Reads `COMPONENT_URL`. Users' credentials go there: plain http is wrong unless it stays on this
/// machine, or the operator says that something else protects the way.
pub fn component_url(reader: &mut Reader<'_>) -> Option<Origin> {
    let origin = reader.read(&COMPONENT_URL);
    let plain_is_right = reader.read(&COMPONENT_PLAIN_HTTP);
    let (origin, plain_is_right) = (origin?, plain_is_right?);
    let url = Url::parse(origin.as_str()).ok()?;
    if url.scheme() == "http" && !is_loopback(&url) && !plain_is_right {
        reader.fault(
            &COMPONENT_URL,
            "is http beyond this machine, which shows users' credentials to the network; write https, or \
             COMPONENT_PLAIN_HTTP=true if something else protects the way",
        );
        return None;
    }
    Some(origin)
}

/// Reads `UPSTREAMS_CA_FILE`.
pub fn app_authorities(reader: &mut Reader<'_>) -> Option<String> {
    reader.read_optional(&UPSTREAMS_CA_FILE)
}
