//! The head of a request as it goes on to an app.

use http::{HeaderMap, HeaderName, HeaderValue, header};
use ipnet::IpNet;

use super::facts::Facts;
use super::identity;
use crate::entra::Bearer;
use crate::request::{Request, is_by_proxy};
use crate::session::{CredentialRecord, Handle};
use crate::settings::{Audience, Upstream};
use crate::terms::{Origin, Secret};

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const X_FORWARDED_PREFIX: HeaderName = HeaderName::from_static("x-forwarded-prefix");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// Who asks an app.
#[derive(Clone, Copy, Default)]
pub struct Asker<'a> {
    /// What is known of the user; nothing where nobody has to be signed in.
    pub facts: Option<Facts<'a>>,
    /// The token that the app gets.
    pub token: Option<&'a Secret>,
}

/// What a client sends to us, and what goes on to no app.
#[derive(Clone, Copy)]
pub struct Ours<'a> {
    /// The names of our cookies.
    pub cookies: &'a [String],
    /// The audiences of access tokens that stay here.
    pub audiences: &'a [Audience],
}

/// The client's head as it goes on to `upstream`: without what could be taken for ours, and without what is
/// `ours`; with what tells the app of `asker`, and of the way by which the request came.
pub fn head(
    request: &Request,
    upstream: &Upstream,
    asker: Asker<'_>,
    trusted: &[IpNet],
    ours: Ours<'_>,
) -> HeaderMap {
    let others: Vec<HeaderName> = upstream
        .headers
        .iter()
        .map(|header| header.name.clone())
        .collect();
    let mut head = verdict::to_app(&request.headers, &others);
    verdict::without_cookies(&mut head, ours.cookies);
    let mut authorizations = head.get_all(header::AUTHORIZATION).iter();
    if authorizations.any(|value| is_credential(value) || is_for_us(value, ours.audiences)) {
        head.remove(header::AUTHORIZATION);
    }
    head.extend(way(request, upstream, trusted));
    if let Some(facts) = &asker.facts {
        identity::set(&mut head, facts);
        for header in &upstream.headers {
            if let Some(value) = identity::value(header.claim, facts) {
                head.insert(&header.name, value);
            }
        }
    }
    if let Some(token) = asker.token {
        head.remove(header::AUTHORIZATION);
        let bearer = HeaderValue::try_from(format!("Bearer {}", token.reveal()));
        if let Ok(mut bearer) = bearer {
            bearer.set_sensitive(true);
            head.insert(header::AUTHORIZATION, bearer);
        }
    }
    head
}

/// Whether it is a credential of ours. It was meant for the API server, and opens it for whoever sees it.
fn is_credential(authorization: &HeaderValue) -> bool {
    let text = authorization.to_str().unwrap_or_default().trim();
    let handle = text.rsplit(' ').next().unwrap_or_default();
    Handle::<CredentialRecord>::parse(handle).is_some()
}

/// Whether it is an access token for one of the `audiences`.
fn is_for_us(authorization: &HeaderValue, audiences: &[Audience]) -> bool {
    let token = Bearer::within(authorization);
    token.is_some_and(|token| Bearer::read(&token, audiences).is_some())
}

/// By which way the request came. What a client says of it counts only if one of the `trusted` proxies has
/// sent it.
fn way(request: &Request, upstream: &Upstream, trusted: &[IpNet]) -> HeaderMap {
    let mut way = HeaderMap::new();
    let mut set = |name: HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            way.insert(name, value);
        }
    };
    if let Some(hops) = hops(request, trusted) {
        set(X_FORWARDED_FOR, &hops);
    }
    set(X_FORWARDED_HOST, upstream.app.host());
    set(X_FORWARDED_PROTO, scheme(&upstream.app));
    if upstream.rewrite.is_some() && !upstream.path.as_str().is_empty() {
        set(X_FORWARDED_PREFIX, upstream.path.as_str());
    }
    way
}

/// The addresses by which the request came, the last one that of the connection. A proxy that is trusted has
/// told of those before it.
fn hops(request: &Request, trusted: &[IpNet]) -> Option<String> {
    let peer = request.header_values("spin-client-addr").last()?;
    let peer = forwarded::parse(peer)?.to_string();
    let before = request.header_values("x-forwarded-for");
    let before = before.filter(|_| is_by_proxy(request, trusted));
    let hops: Vec<&str> = before.chain([peer.as_str()]).collect();
    Some(hops.join(", "))
}

fn scheme(origin: &Origin) -> &str {
    origin.as_str().split(':').next().unwrap_or_default()
}
