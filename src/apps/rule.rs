//! One rule about users: what it lists, and with what it compares that.

use super::facts::Facts;
use crate::terms::Guid;

/// A rule about users. It admits by any of the entries that it lists.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Rule {
    /// Object ids of groups.
    Groups,
    /// E-mail addresses.
    Emails,
    /// Domains of e-mail addresses.
    EmailDomains,
    /// App roles.
    Roles,
    /// Object ids of users, or user principal names.
    Users,
}

impl Rule {
    /// All rules, in the order in which they are asked.
    pub const ALL: [Self; 5] = [
        Self::Groups,
        Self::Emails,
        Self::EmailDomains,
        Self::Roles,
        Self::Users,
    ];

    /// The name of its parameter in the query of `/oauth2/auth`.
    pub fn parameter(self) -> &'static str {
        match self {
            Self::Groups => "allowed_groups",
            Self::Emails => "allowed_emails",
            Self::EmailDomains => "allowed_email_domains",
            Self::Roles => "allowed_roles",
            Self::Users => "allowed_users",
        }
    }

    /// Whether `entry` admits the user.
    pub(super) fn admits_by(self, entry: &str, facts: &Facts<'_>) -> bool {
        match self {
            Self::Groups => facts.groups.iter().any(|group| is_same_group(group, entry)),
            Self::Emails => facts
                .addresses()
                .any(|address| address.text.eq_ignore_ascii_case(entry)),
            Self::EmailDomains => facts
                .addresses()
                .any(|address| is_in_domain(address.domain, entry)),
            Self::Roles => facts.roles.iter().any(|role| role == entry),
            Self::Users => is_user(facts, entry),
        }
    }
}

/// Groups are object ids. What is no object id is compared byte for byte, as oauth2-proxy does.
fn is_same_group(group: &str, entry: &str) -> bool {
    match (Guid::parse(group), Guid::parse(entry)) {
        (Some(group), Some(entry)) => group == entry,
        _ => group == entry,
    }
}

fn is_user(facts: &Facts<'_>, entry: &str) -> bool {
    if Guid::parse(entry).is_some() {
        return facts.user.oid.eq_ignore_ascii_case(entry);
    }
    facts
        .own_upn()
        .is_some_and(|upn| upn.eq_ignore_ascii_case(entry))
}

/// `example.com` is that domain alone. `.example.com` and `*.example.com` are that domain and all below
/// it, with the label as the boundary (GHSA-4mf2-f3wh-gvf2).
fn is_in_domain(domain: &str, entry: &str) -> bool {
    let domain = domain.to_ascii_lowercase();
    let entry = entry.to_ascii_lowercase();
    let parent = entry.strip_prefix("*.").or_else(|| entry.strip_prefix('.'));
    let Some(parent) = parent else {
        return domain == entry;
    };
    let is_below = domain
        .strip_suffix(parent)
        .and_then(|labels| labels.strip_suffix('.'))
        .is_some_and(|labels| !labels.is_empty());
    !parent.is_empty() && (domain == parent || is_below)
}
