//! One app, as the list has it.

use std::time::Duration;

use http::Method;

use super::header::ClaimHeader;
use super::path::{PathPrefix, Public};
use super::policy::UpstreamPolicy;
use crate::settings::values::scope::ApiScope;
use crate::terms::Origin;

/// The methods of which an app may take some. There is no `TRACE` and no `CONNECT` (RFC 9110, sections 9.3.6
/// and 9.3.8).
pub const METHODS: [Method; 7] = [
    Method::GET,
    Method::HEAD,
    Method::POST,
    Method::PUT,
    Method::PATCH,
    Method::DELETE,
    Method::OPTIONS,
];

/// An app to which requests are carried.
#[derive(Clone, Debug)]
pub struct Upstream {
    /// The origin at which people reach it. Its scheme is that of `REDIRECT_URI`.
    pub app: Origin,
    /// What of that origin it is.
    pub path: PathPrefix,
    /// Where it is.
    pub url: Origin,
    /// What stands there instead of `path`; nothing if that goes on.
    pub rewrite: Option<PathPrefix>,
    /// Who may use it.
    pub policy: UpstreamPolicy,
    /// The methods that it takes; nothing if all but those of which none takes any.
    pub methods: Option<Vec<Method>>,
    /// What everybody may ask for, signed in or not.
    pub public: Vec<Public>,
    /// Headers that tell it of its user, besides those that every app gets.
    pub headers: Vec<ClaimHeader>,
    /// The origins, besides its own, whose pages may open WebSockets of it.
    pub websocket_origins: Vec<Origin>,
    /// Whether it gets the host that its client asked for, and not its own.
    pub keep_host: bool,
    /// Whether it gets paths that can be read in two ways. Then nothing is decided on paths.
    pub raw: bool,
    /// How long it may take, and how much it takes.
    pub limits: UpstreamLimits,
    /// The token that it gets.
    pub token: UpstreamToken,
}

/// How long an app may take, and how much it takes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct UpstreamLimits {
    /// The time to connect.
    pub connect: Duration,
    /// The time until its answer begins; nothing, if that is not limited.
    pub response: Option<Duration>,
    /// The longest body of a request, in bytes.
    pub body: u64,
}

/// The token that an app gets, as `Authorization`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum UpstreamToken {
    /// None. The client's own `Authorization` goes on.
    None,
    /// The user's AKS token.
    Aks,
    /// A token of the user's for the app's own API.
    Of(ApiScope),
}
