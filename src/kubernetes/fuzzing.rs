//! Ways into this room for the fuzz targets (`fuzz/`). Nothing else compiles them.

use http::{HeaderMap, Method};
use verdict::RequestInfo;

use super::bearer::Bearer;
use super::impersonation::Named;
use super::target::Target;
use super::{Kubeconfig, challenge, status, websocket};
use crate::addresses::KUBERNETES;
use crate::platform::UnixTime;
use crate::problem::Problem;
use crate::respond::Response;
use crate::session::Identity;
use crate::settings::{KubeconfigSettings, Naming};
use crate::terms::{Origin, Secret, User};

/// Path and query for the API server of `target`, which is ours. Nothing if it is refused.
pub fn target(target: &str) -> Option<(&str, &str)> {
    let target = Target::parse(target)?.as_str();
    Some(target.split_once('?').unwrap_or((target, "")))
}

/// A request, as the audit line tells of it.
#[derive(Debug, Eq, PartialEq)]
pub struct Info {
    /// Verb, group, version, namespace, resource, subresource, name, and the path of what is no
    /// resource.
    pub words: [String; 8],
    /// Whether its answer lasts until somebody ends it.
    pub is_long: bool,
    /// Whether something behind the API server answers it.
    pub is_proxied: bool,
}

/// What a request asks for. Nothing if its target is refused.
pub fn request_info(method: &Method, target: &str) -> Option<Info> {
    let info = RequestInfo::parse(method, Target::parse(target)?.as_str());
    Some(Info {
        is_long: info.is_long(),
        is_proxied: info.is_proxied(),
        words: [
            info.verb,
            info.api_group,
            info.api_version,
            info.namespace,
            info.resource,
            info.subresource,
            info.name,
            info.path,
        ],
    })
}

/// What a client presents.
pub enum Presented {
    /// A credential of ours, by its form. This is its fingerprint.
    Credential(String),
    /// A JSON Web Token, which may be passed on.
    Jwt(Secret),
    /// Anything else.
    Unknown,
}

/// The one bearer token in `Authorization`.
pub fn bearer(headers: &HeaderMap) -> Option<Presented> {
    Bearer::of(headers).map(|bearer| match bearer {
        Bearer::Credential(handle) => Presented::Credential(handle.fingerprint()),
        Bearer::Jwt(token) => Presented::Jwt(token),
        Bearer::Unknown => Presented::Unknown,
    })
}

/// Takes the bearer token out of the subprotocols of a WebSocket.
///
/// # Errors
/// When it is unusable.
pub fn take_bearer(headers: &mut HeaderMap) -> Result<Option<Secret>, &'static str> {
    websocket::take_bearer(headers).map_err(|websocket::Unusable| "unusable")
}

/// The claims that an answer of the API server asks for, as JSON.
pub fn challenge(headers: &HeaderMap) -> Option<String> {
    challenge::claims(headers)
}

/// The client's headers that go on to the API server.
pub fn to_server(given: &HeaderMap, impersonation: bool) -> HeaderMap {
    verdict::to_server(given, impersonation)
}

/// The API server's headers that go back to the client, and lead through us.
pub fn to_client(given: &HeaderMap, api_url: &Origin) -> HeaderMap {
    let mut headers = given.clone();
    for name in verdict::not_to_client() {
        headers.remove(name);
    }
    verdict::lead_through(&mut headers, api_url.as_str(), KUBERNETES);
    headers
}

/// The headers that name a user to the API server. Nothing if they may not be named.
pub fn naming(user: &User, identity: &Identity, naming: &Naming) -> Option<HeaderMap> {
    let named = Named::of(user, identity, naming).ok()?;
    named.headers().ok()
}

/// The `Status` that tells of `problem`.
pub fn status(problem: &Problem, request_id: &str) -> Response {
    status::write(problem, request_id)
}

/// A kubeconfig, and what its context is called.
pub fn kubeconfig(
    settings: &KubeconfigSettings,
    public_url: &Origin,
    user: &str,
    name: &str,
    bearer: &Secret,
) -> (String, String) {
    let kubeconfig = Kubeconfig {
        settings,
        public_url,
        own_host: None,
        user,
        name,
        bearer,
        end: UnixTime(0),
    };
    (kubeconfig.write(), kubeconfig.context())
}
