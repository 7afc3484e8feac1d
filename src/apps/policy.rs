//! What the query of `/oauth2/auth`, or an upstream, asks of the user (docs/http-apps.md, "Rules").

use std::fmt;

use super::described::CHECK;
use super::facts::Facts;
use super::rule::Rule;
use crate::problem::{Note, Problem, Tell, sentences};
use crate::request::{Parameters, Request};
use crate::settings::{ForwardAuthProfile, UpstreamPolicy};

/// Rules that have to admit a user: each of them, or one of them, by any of its entries. Without rules
/// everybody who is signed in is admitted.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    rules: Vec<(Rule, Vec<String>)>,
    /// Whether one of them is enough.
    any: bool,
}

impl Policy {
    /// Reads the rules of a check. Envoy appends the path and query of the app's request to the address that
    /// it asks, so with that profile everything after it is the client's, and no rule is read of it
    /// (GHSA-7rh7-c77v-6434).
    ///
    /// # Errors
    /// As `Policy::of`; and with Envoy when there is a query of its own, which the client's would run into.
    pub fn of_check(check: &Request, profile: Option<ForwardAuthProfile>) -> Result<Self, Denied> {
        if profile != Some(ForwardAuthProfile::Envoy) {
            return Self::of(&check.query());
        }
        match check.path() == CHECK && check.target != CHECK {
            true => Err(Denied::Unknown),
            false => Ok(Self::default()),
        }
    }

    /// Reads the rules of a query. Entries are separated by commas, and a parameter may come again, as
    /// oauth2-proxy has it. What is no rule is not looked at.
    ///
    /// # Errors
    /// When a parameter looks like a rule and is none. oauth2-proxy leaves it out, and a slip of the pen
    /// admits everybody.
    pub(super) fn of(query: &Parameters) -> Result<Self, Denied> {
        let mut rules: Vec<(Rule, Vec<String>)> = Vec::new();
        for (name, value) in query.pairs() {
            let rule = Rule::ALL.into_iter().find(|rule| rule.parameter() == name);
            let Some(rule) = rule else {
                if looks_like_a_rule(name) {
                    return Err(Denied::Unknown);
                }
                continue;
            };
            let entries = value.split(',').map(str::trim);
            let entries = entries.filter(|entry| !entry.is_empty()).map(str::to_owned);
            match rules.iter_mut().find(|(known, _)| *known == rule) {
                Some((_, listed)) => listed.extend(entries),
                None => rules.push((rule, entries.collect())),
            }
        }
        Ok(Self { rules, any: false })
    }

    /// The rules of an upstream.
    pub fn of_upstream(policy: &UpstreamPolicy) -> Self {
        let listed = [
            (Rule::Groups, &policy.groups),
            (Rule::Emails, &policy.emails),
            (Rule::EmailDomains, &policy.email_domains),
            (Rule::Roles, &policy.roles),
            (Rule::Users, &policy.users),
        ];
        let rules = listed
            .into_iter()
            .filter_map(|(rule, entries)| Some((rule, entries.clone()?)));
        Self {
            rules: rules.collect(),
            any: policy.any,
        }
    }

    /// Whether the rules admit the user. A rule that lists nothing admits nobody: what a template has
    /// left empty is no permission.
    ///
    /// # Errors
    /// With a rule that does not: the first one.
    pub fn admit(&self, facts: &Facts<'_>) -> Result<(), Denied> {
        let admits = |(rule, listed): &&(Rule, Vec<String>)| {
            listed.iter().any(|entry| rule.admits_by(entry, facts))
        };
        if self.any && self.rules.iter().any(|rule| admits(&rule)) {
            return Ok(());
        }
        match self.rules.iter().find(|rule| !admits(rule)) {
            Some((rule, _)) => Err(Denied::By(*rule)),
            None => Ok(()),
        }
    }
}

/// Whether a person who wrote this meant a rule: `allowed-groups`, `Allowed_Emails`, and
/// `amp;allowed_groups`, which came of HTML.
fn looks_like_a_rule(name: &str) -> bool {
    name.to_ascii_lowercase().contains("allow")
}

/// The user may not use this app.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Denied {
    /// This rule does not admit the user.
    By(Rule),
    /// There is a rule that nobody knows.
    Unknown,
}

impl Denied {
    /// The name of the rule, for the log and the answer.
    pub fn rule(self) -> &'static str {
        match self {
            Self::By(rule) => rule.parameter(),
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.rule())
    }
}

impl Tell for Denied {
    fn problem(&self) -> Problem {
        let sentence = match self {
            Self::By(_) => &sentences::APP_DENIED,
            Self::Unknown => &sentences::APP_RULE_UNKNOWN,
        };
        Problem::new(403, sentence)
            .with("rule", self)
            .rule(self.rule())
    }

    fn note(&self) -> Option<Note<'_>> {
        Some(Note::detail(self.rule()))
    }
}
