//! To which upstream a request for the host of an app leads, and with which path.
//!
//! The path that is decided on is the path that goes on. What could be read in two ways goes nowhere, unless
//! nothing is decided on paths.

use http::Method;
use http::uri::PathAndQuery;

use crate::addresses::APPS;
use crate::settings::{PathPrefix, Upstream};
use crate::terms::Origin;
use crate::terms::paths::{has_two_readings, leads_out, read_laxly};

/// Where a request leads.
#[derive(Debug)]
pub struct Led<'a> {
    /// The upstream.
    pub upstream: &'a Upstream,
    /// Path and query there.
    pub target: PathAndQuery,
    /// Path and query at the app's host, as the client wrote them.
    pub asked: &'a str,
    /// Whether everybody may ask for it.
    pub is_public: bool,
}

/// Why a request leads nowhere.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum NoWay {
    /// No upstream is there.
    Nowhere,
    /// Its path could be read in two ways.
    Ambiguous,
}

/// Leads `target`, which is below the prefix of apps, to one of `upstreams` at the origin `app`. The request names
/// these `methods`.
///
/// # Errors
/// When it leads nowhere.
pub fn lead<'a>(
    upstreams: &'a [Upstream],
    app: &Origin,
    methods: &[Method],
    target: &'a str,
) -> Result<Led<'a>, NoWay> {
    let here = || upstreams.iter().filter(|upstream| upstream.app == *app);
    let asked = target.strip_prefix(APPS).unwrap_or_default();
    let first = here().next().ok_or(NoWay::Nowhere)?;
    let (path, query) = match asked.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (asked, None),
    };
    check(asked, path, first.raw)?;
    let upstream = longest(here(), |prefix| prefix.rest(path).is_some());
    let read = read_laxly(path);
    let laxly = longest(here(), |prefix| prefix.covers_laxly(&read));
    if upstream.map(|one| &one.path) != laxly.map(|one| &one.path) {
        return Err(NoWay::Ambiguous);
    }
    let upstream = upstream.ok_or(NoWay::Nowhere)?;
    let path_there = rewritten(upstream, path);
    let written = match query {
        Some(query) => [path_there.as_str(), "?", query].concat(),
        None => path_there,
    };
    Ok(Led {
        upstream,
        target: written.parse().map_err(|_| NoWay::Ambiguous)?,
        asked,
        is_public: methods.iter().all(|method| {
            let mut all = upstream.public.iter();
            all.any(|public| public.admits(method, path))
        }),
    })
}

fn check(asked: &str, path: &str, raw: bool) -> Result<(), NoWay> {
    let is_plain = asked.bytes().all(|byte| byte.is_ascii_graphic()) && !asked.contains('#');
    let is_odd = match raw {
        true => leads_out(path),
        // Who decodes before parameters are cut off sees a shorter path.
        false => has_two_readings(path) || path.to_ascii_lowercase().contains("%3b"),
    };
    match is_plain && path.starts_with('/') && !path.contains('\\') && !is_odd {
        true => Ok(()),
        false => Err(NoWay::Ambiguous),
    }
}

fn longest<'a>(
    upstreams: impl Iterator<Item = &'a Upstream>,
    covers: impl Fn(&PathPrefix) -> bool,
) -> Option<&'a Upstream> {
    upstreams
        .filter(|upstream| covers(&upstream.path))
        .max_by_key(|upstream| upstream.path.as_str().len())
}

/// The path at the upstream.
fn rewritten(upstream: &Upstream, path: &str) -> String {
    let Some(base) = &upstream.rewrite else {
        return path.to_owned();
    };
    let rest = upstream.path.rest(path).unwrap_or_default();
    match [base.as_str(), rest].concat() {
        whole if whole.is_empty() => "/".to_owned(),
        whole => whole,
    }
}
