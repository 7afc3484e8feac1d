//! Who lives in the tenant.

/// A user.
#[derive(Clone, Copy, Debug)]
pub(crate) struct User {
    /// How tests and `--auto-sign-in` call them.
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    /// In this tenant.
    pub(crate) upn: &'static str,
    pub(crate) oid: &'static str,
    pub(crate) consent: Consent,
    pub(crate) email: Email,
    /// The app roles that are assigned to them.
    pub(crate) roles: &'static [&'static str],
    /// For a guest: by what name they sign in at home, and the home tenant's issuer.
    pub(crate) home: Option<Home>,
}

/// The claim `email`, and what Entra knows of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Email {
    pub(crate) address: &'static str,
    /// `xms_edov`: the domain's owner has verified it.
    pub(crate) verified: bool,
}

/// Where a guest comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Home {
    pub(crate) username: &'static str,
    pub(crate) issuer: &'static str,
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
        email: verified("alice@contoso.example"),
        roles: &["cluster-user"],
        home: None,
    },
    User {
        id: "bob",
        name: "Bob Example",
        upn: "bob@contoso.example",
        oid: "b0b00000-0000-4000-8000-000000000002",
        consent: Consent::ByUser,
        email: verified("bob@contoso.example"),
        roles: &[],
        home: None,
    },
    User {
        id: "carol",
        name: "Carol Example",
        upn: "carol@contoso.example",
        oid: "ca401000-0000-4000-8000-000000000003",
        consent: Consent::ByAdministrator,
        email: verified("carol@contoso.example"),
        roles: &[],
        home: None,
    },
    // His home tenant's administrator has written alice's address into his account.
    User {
        id: "dave",
        name: "Dave Fabrikam",
        upn: "dave_fabrikam.example#EXT#@contoso.example",
        oid: "da7e0000-0000-4000-8000-000000000004",
        consent: Consent::Given,
        email: Email {
            address: "alice@contoso.example",
            verified: false,
        },
        roles: &[],
        home: Some(Home {
            username: "dave@fabrikam.example",
            issuer: "https://sts.windows.net/fab41ca0-0000-4000-8000-000000000002/",
        }),
    },
    User {
        id: "erin",
        name: "Erin Example",
        upn: "erin@contoso.example",
        oid: "e4140000-0000-4000-8000-000000000005",
        consent: Consent::Given,
        email: verified("erin@contoso.example"),
        roles: &[],
        home: None,
    },
];

/// The most groups that a token names.
pub(crate) const MOST_GROUPS: usize = 200;

/// The user with this id or user principal name.
pub(crate) fn find(name: &str) -> Option<&'static User> {
    USERS
        .iter()
        .find(|user| user.id == name || user.upn.eq_ignore_ascii_case(name))
}

/// How the users are called, for messages.
pub(crate) fn names() -> String {
    let names: Vec<&str> = USERS.iter().map(|user| user.id).collect();
    names.join(", ")
}

/// The groups in which `user` is, unless a test has said otherwise: group 1 is everybody, group 2 is
/// alice alone, and erin is in 250.
pub(crate) fn groups(user: &User) -> Vec<String> {
    let (first, others) = match user.id {
        "alice" => (2, 1),
        "erin" => (101, 249),
        _ => (0, 0),
    };
    let others = (first..).take(others);
    std::iter::once(1).chain(others).map(group).collect()
}

/// The object id of a group.
fn group(number: u32) -> String {
    format!("6700d000-0000-4000-8000-{number:012}")
}

const fn verified(address: &'static str) -> Email {
    Email {
        address,
        verified: true,
    }
}
