//! A rule that does not admit a user.

use crate::problem::{Note, Problem, Tell, WayOn, sentences};
use crate::terms::User;

/// A rule has not admitted a user.
#[derive(Debug)]
pub struct Refusal {
    /// The user.
    pub user: User,
    /// The rule.
    pub rule: Rule,
}

/// A rule of admission, by its setting.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Rule {
    /// `ALLOWED_USERS`.
    Users,
    /// `ALLOWED_ROLES`.
    Roles,
    /// `ALLOWED_GROUPS`.
    Groups,
}

impl Rule {
    /// The name of its setting.
    pub fn setting(self) -> &'static str {
        match self {
            Self::Users => "ALLOWED_USERS",
            Self::Roles => "ALLOWED_ROLES",
            Self::Groups => "ALLOWED_GROUPS",
        }
    }
}

impl Tell for Refusal {
    fn problem(&self) -> Problem {
        let sentence = match self.rule {
            Rule::Users => &sentences::NOT_ADMITTED_BY_USERS,
            Rule::Roles => &sentences::NOT_ADMITTED_BY_ROLES,
            Rule::Groups => &sentences::NOT_ADMITTED_BY_GROUPS,
        };
        Problem::new(403, sentence)
            .with("user", self.user.display_name())
            .with("setting", self.rule.setting())
            .rule(self.rule.setting())
            .way_on(WayOn::AnotherAccount)
    }

    fn note(&self) -> Option<Note<'_>> {
        Some(Note {
            user: Some(&self.user),
            ..Note::detail(self.rule.setting())
        })
    }
}
