//! Who lives in the tenant.

/// A user.
#[derive(Clone, Copy, Debug)]
pub(crate) struct User {
    /// How tests and `--auto-sign-in` call them.
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    pub(crate) upn: &'static str,
    pub(crate) oid: &'static str,
    pub(crate) consent: Consent,
}

/// What it takes until the application may have AKS tokens for a user.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Consent {
    /// Nothing: it was given.
    Given,
    /// The user gives it on a page.
    ByUser,
    /// An administrator has to give it.
    ByAdministrator,
}

/// Everybody.
pub(crate) const USERS: &[User] = &[
    User {
        id: "alice",
        name: "Alice Example",
        upn: "alice@contoso.example",
        oid: "a11ce000-0000-4000-8000-000000000001",
        consent: Consent::Given,
    },
    User {
        id: "bob",
        name: "Bob Example",
        upn: "bob@contoso.example",
        oid: "b0b00000-0000-4000-8000-000000000002",
        consent: Consent::ByUser,
    },
    User {
        id: "carol",
        name: "Carol Example",
        upn: "carol@contoso.example",
        oid: "ca401000-0000-4000-8000-000000000003",
        consent: Consent::ByAdministrator,
    },
];

/// The user with this id or user principal name.
pub(crate) fn find(name: &str) -> Option<&'static User> {
    USERS
        .iter()
        .find(|user| user.id == name || user.upn.eq_ignore_ascii_case(name))
}
