//! The rules, each with what passes and what does not.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may")]

mod described;
mod described_values;
mod identity;
mod navigation;
mod policy;
mod return_corpus;
mod return_origin;
mod site;

use super::Facts;
use crate::terms::User;

/// A user, as `entra-sim` has her.
pub(super) struct Person {
    pub(super) user: User,
    pub(super) upn: Option<String>,
    pub(super) groups: Vec<String>,
    pub(super) roles: Vec<String>,
}

impl Person {
    pub(super) fn facts(&self) -> Facts<'_> {
        Facts {
            user: &self.user,
            upn: self.upn.as_deref(),
            groups: &self.groups,
            roles: &self.roles,
        }
    }
}

pub(super) fn alice() -> Person {
    Person {
        user: User {
            tid: "11111111-2222-3333-4444-555555555555".to_owned(),
            oid: "a11ce000-0000-4000-8000-000000000001".to_owned(),
            name: Some("Alice Example".to_owned()),
            preferred_username: Some("alice@contoso.example".to_owned()),
            email: Some("alice@contoso.example".to_owned()),
            login_hint: None,
        },
        upn: Some("alice@contoso.example".to_owned()),
        groups: vec![
            "6700d000-0000-4000-8000-000000000001".to_owned(),
            "6700d000-0000-4000-8000-000000000002".to_owned(),
        ],
        roles: vec!["cluster-user".to_owned()],
    }
}

/// A guest: his home tenant has written alice's address into his account, which Entra does not verify.
pub(super) fn dave() -> Person {
    let mut dave = alice();
    dave.user.oid = "da7e0000-0000-4000-8000-000000000004".to_owned();
    dave.user.preferred_username = Some("dave@fabrikam.example".to_owned());
    dave.user.email = None;
    dave.upn = None;
    dave.groups.truncate(1);
    dave.roles.clear();
    dave
}
