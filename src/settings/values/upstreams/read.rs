//! Reads the list.

use std::time::Duration;

use http::Method;
use serde_json::Value;
use url::Url;

use super::document::entries;
use super::header::ClaimHeader;
use super::path::{PathPrefix, Public};
use super::policy::UpstreamPolicy;
use super::upstream::{METHODS, Upstream, UpstreamLimits, UpstreamToken};
use crate::settings::values::fields::{Faults, Fields};
use crate::settings::values::{parse, scope};
use crate::terms::host::is_plain;
use crate::terms::{Origin, is_loopback};

/// The most entries.
const MOST: usize = 100;
/// The time to connect, in seconds, if nothing else is said.
const CONNECT: u64 = 5;
/// The time until an answer begins, in seconds.
const RESPONSE: u64 = 120;
/// The longest body, in bytes.
const BODY: u64 = 100 * 1024 * 1024;

/// The entries, which are not read yet.
pub(in crate::settings) fn list(text: &str) -> Result<Vec<Value>, String> {
    let entries = entries(text)?;
    match entries.len() {
        0 => Err("lists nothing".to_owned()),
        1..=MOST => Ok(entries),
        _ => Err(format!("lists more than {MOST} upstreams")),
    }
}

/// Reads the entries. `scheme` is that of our own origin.
///
/// # Errors
/// With everything that is wrong, each with its place.
pub(in crate::settings) fn read(
    entries: Vec<Value>,
    scheme: &str,
) -> Result<Vec<Upstream>, Faults> {
    let mut faults = Vec::new();
    let mut upstreams = Vec::new();
    for (at, entry) in entries.into_iter().enumerate() {
        let fields = Fields::of(entry, format!("[{at}]"), &mut faults);
        upstreams.push(fields.and_then(|fields| upstream(fields, scheme)));
    }
    let known: Vec<&Upstream> = upstreams.iter().flatten().collect();
    for (at, upstream) in upstreams.iter().enumerate() {
        if let Some(what) = upstream.as_ref().and_then(|one| beside(one, &known)) {
            faults.push(format!("[{at}].{what}"));
        }
    }
    match faults.is_empty() {
        true => Ok(upstreams.into_iter().flatten().collect()),
        false => Err(faults),
    }
}

fn upstream(mut fields: Fields<'_>, scheme: &str) -> Option<Upstream> {
    let app = fields.needed("host", |text| host(text, scheme));
    let url = fields.needed("url", parse::any_origin);
    let path = fields.text("path", PathPrefix::parse);
    let rewrite = fields.text("rewrite", PathPrefix::parse);
    let policy = fields.object("policy").map(UpstreamPolicy::read);
    let methods = fields.texts("methods", method);
    let public = public(&mut fields);
    let headers = fields.object("headers").map(headers);
    let raw = fields.text("paths", |text| match text {
        "plain" => Ok(false),
        "raw" => Ok(true),
        _ => Err("is neither `plain` nor `raw`".to_owned()),
    });
    let websocket_origins = fields.texts("websocket_origins", parse::any_origin);
    let keep_host = fields.flag("keep_host");
    let token = fields.text("access_token", token);
    let limits = limits(&mut fields);
    fields.finish();
    Some(Upstream {
        app: app?,
        path: path.unwrap_or_else(PathPrefix::root),
        url: url?,
        rewrite,
        policy: policy.unwrap_or_default(),
        methods,
        public,
        headers: headers.unwrap_or_default(),
        websocket_origins: websocket_origins.unwrap_or_default(),
        keep_host: keep_host.unwrap_or_default(),
        raw: raw.unwrap_or_default(),
        limits,
        token: token.unwrap_or(UpstreamToken::None),
    })
}

/// What is wrong with an upstream for the sake of others, or of its own fields.
fn beside(upstream: &Upstream, all: &[&Upstream]) -> Option<&'static str> {
    let of_host = all.iter().filter(|other| other.app == upstream.app);
    let same = of_host.clone().filter(|other| other.path == upstream.path);
    if same.count() > 1 {
        return Some("path: is that of another upstream of this host");
    }
    let decides = of_host.count() > 1 || !upstream.path.as_str().is_empty();
    (upstream.raw && (decides || !upstream.public.is_empty())).then_some(
        "paths: can be `raw` only where nothing is decided on paths: for the one upstream of a host, \
         without `path` and `public`",
    )
}

fn host(text: &str, scheme: &str) -> Result<Origin, String> {
    let wrong = || "must be a host, as in `podinfo.example.com`, in lower case".to_owned();
    let url = Url::parse(&format!("{scheme}://{text}")).map_err(|_| wrong())?;
    let origin = Origin::of(&url).filter(|origin| origin.host() == text && is_plain(text));
    let origin = origin.ok_or_else(wrong)?;
    match scheme == "https" || is_loopback(&url) {
        true => Ok(origin),
        false => Err("is not on this machine, and REDIRECT_URI is http".to_owned()),
    }
}

fn method(text: &str) -> Result<Method, String> {
    let found = METHODS.into_iter().find(|method| method.as_str() == text);
    found.ok_or_else(|| "is none of GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS".to_owned())
}

/// Each is a path, or an object with a path and methods.
fn public(fields: &mut Fields<'_>) -> Vec<Public> {
    let mut public = Vec::new();
    for (at, value) in fields.list("public").into_iter().flatten().enumerate() {
        if let Value::String(path) = &value {
            match Public::new(path, None) {
                Ok(one) => public.push(one),
                Err(what) => fields.fault(&format!("public[{at}]"), &what),
            }
            continue;
        }
        let Some(mut entry) = fields.entry("public", at, value) else {
            continue;
        };
        let methods = entry.texts("methods", method);
        public.extend(entry.needed("path", |path| Public::new(path, methods)));
        entry.finish();
    }
    public
}

fn headers(mut fields: Fields<'_>) -> Vec<ClaimHeader> {
    let mut headers = Vec::new();
    for (name, claim) in fields.pairs() {
        match ClaimHeader::parse(&name, &claim) {
            Ok(header) => headers.push(header),
            Err(what) => fields.fault(&name, &what),
        }
    }
    headers
}

fn token(text: &str) -> Result<UpstreamToken, String> {
    match text {
        "none" => Ok(UpstreamToken::None),
        "aks" => Ok(UpstreamToken::Aks),
        _ => scope::api(text)
            .map(UpstreamToken::Of)
            .map_err(|what| format!("is neither `none` nor `aks`, and {what}")),
    }
}

fn limits(fields: &mut Fields<'_>) -> UpstreamLimits {
    let connect = fields.number("connect_timeout_seconds").unwrap_or(CONNECT);
    let response = fields
        .number("response_timeout_seconds")
        .unwrap_or(RESPONSE);
    let body = fields.number("max_body_bytes").unwrap_or(BODY);
    for (name, number) in [
        ("connect_timeout_seconds", connect),
        ("max_body_bytes", body),
    ] {
        if number == 0 {
            fields.fault(name, "must be more than 0");
        }
    }
    UpstreamLimits {
        connect: Duration::from_secs(connect),
        response: (response > 0).then(|| Duration::from_secs(response)),
        body,
    }
}
