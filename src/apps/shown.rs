//! The apps of the first page: how each is called, where it is, and which rule does not let the user in.

use http::Method;
use url::Url;

use super::facts::Facts;
use super::policy::{Denied, Policy};
use super::rule::Rule;
use super::site::lead;
use crate::addresses::APPS;
use crate::pages::{App, DeniedBy};
use crate::settings::{AppOrigins, ReturnOrigin, ShownApp, Upstream};
use crate::terms::Origin;
use crate::texts::en;

/// The apps that have an entry in `shown`, and after them each app without one that `origins` name. Hosts below a
/// domain have no names here. Without `facts`, nothing is known of what the user may open, and nothing is denied.
pub(crate) fn shown<'a>(
    origins: &'a AppOrigins,
    shown: &'a [ShownApp],
    facts: Option<&Facts<'_>>,
) -> Vec<App<'a>> {
    let with_entry = shown.iter().map(|app| App {
        name: &app.name,
        host: app.url.authority(),
        address: app.url.to_string(),
        icon: app.icon.as_ref(),
        denied: facts.and_then(|facts| denied(&policy(origins, app), facts)),
    });
    let without = unlisted(origins, shown).into_iter().map(|origin| {
        let upstream = outermost(&origins.upstreams, origin);
        let policy = upstream.map(|upstream| Policy::of_upstream(&upstream.policy));
        App {
            name: origin.host(),
            host: origin.host(),
            address: origin.join(upstream.map_or("", |upstream| upstream.path.as_str())),
            icon: None,
            denied: facts.and_then(|facts| denied(&policy?, facts)),
        }
    });
    with_entry.chain(without).collect()
}

/// The origins of apps that no entry shows, each once.
fn unlisted<'a>(origins: &'a AppOrigins, shown: &[ShownApp]) -> Vec<&'a Origin> {
    let has_entry = |origin: &Origin| {
        let mut entries = shown.iter();
        entries.any(|app| Origin::of(&app.url).as_ref() == Some(origin))
    };
    let mut unlisted = Vec::new();
    for app in &origins.return_origins {
        if let ReturnOrigin::Exact(origin) = app
            && !has_entry(origin)
            && !unlisted.contains(&origin)
        {
            unlisted.push(origin);
        }
    }
    unlisted
}

/// The upstream of this host that has most of it.
fn outermost<'a>(upstreams: &'a [Upstream], host: &Origin) -> Option<&'a Upstream> {
    let of_host = upstreams.iter().filter(|upstream| upstream.app == *host);
    of_host.min_by_key(|upstream| upstream.path.as_str().len())
}

/// The rules for the address of an entry.
fn policy(origins: &AppOrigins, app: &ShownApp) -> Policy {
    let policy = match &app.check {
        Some(check) => Some(Policy::of_upstream(check)),
        None => policy_at(&origins.upstreams, &app.url),
    };
    policy.unwrap_or_default()
}

/// The rules of the upstream to which `url` leads; nothing if there is none, or if everybody may open it.
fn policy_at(upstreams: &[Upstream], url: &Url) -> Option<Policy> {
    let (origin, target) = (Origin::of(url)?, [APPS, url.path()].concat());
    let led = lead(upstreams, &origin, &[Method::GET], &target).ok()?;
    (!led.is_public).then(|| Policy::of_upstream(&led.upstream.policy))
}

fn denied(policy: &Policy, facts: &Facts<'_>) -> Option<DeniedBy> {
    let denied = policy.admit(facts).err()?;
    let admits = match denied {
        Denied::By(Rule::Groups) => en::ADMITS_GROUPS,
        Denied::By(Rule::Emails) => en::ADMITS_EMAILS,
        Denied::By(Rule::EmailDomains) => en::ADMITS_EMAIL_DOMAINS,
        Denied::By(Rule::Roles) => en::ADMITS_ROLES,
        Denied::By(Rule::Users) => en::ADMITS_USERS,
        // Only the query of a check can have such a rule.
        Denied::Unknown => return None,
    };
    Some(DeniedBy {
        rule: denied.rule(),
        admits,
    })
}
