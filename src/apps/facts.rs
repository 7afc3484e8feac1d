//! What is known of the user about whom rules are asked.

use crate::terms::{User, is_guest};

/// What rules and identity headers need of a user. All of it comes from a validated ID token, and the
/// groups from Microsoft Graph where the token has no room for them.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// Who it is. The e-mail address in it is there only if Entra says that the owner of its domain has
    /// verified it (`xms_edov`).
    pub user: &'a User,
    /// The user principal name; nothing for a guest ([`crate::entra::Membership::upn`]).
    pub upn: Option<&'a str>,
    /// The object ids of all groups, never of a part of them.
    pub groups: &'a [String],
    /// The app roles of our registration.
    pub roles: &'a [String],
}

impl<'a> Facts<'a> {
    /// The user principal name, if it is one that this tenant has given. The name that Entra makes up for
    /// a guest (`#EXT#`) is none.
    pub(super) fn own_upn(&self) -> Option<&'a str> {
        self.upn.filter(|upn| !is_guest(upn))
    }

    /// The addresses by which rules for e-mail know the user: the verified e-mail address, and the user
    /// principal name, since the tenant has proved to Entra that its domain is its own. What has not
    /// exactly one `@`, with something on both sides, is no address (GHSA-c5c4-8r6x-56w3).
    pub(super) fn addresses(&self) -> impl Iterator<Item = Address<'a>> {
        let email = self.user.email.as_deref().filter(|email| !is_guest(email));
        [email, self.own_upn()]
            .into_iter()
            .flatten()
            .filter_map(Address::parse)
    }
}

/// An address of exactly two parts.
pub(super) struct Address<'a> {
    /// All of it.
    pub(super) text: &'a str,
    /// What stands after the `@`.
    pub(super) domain: &'a str,
}

impl<'a> Address<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let (name, domain) = text.split_once('@')?;
        let is_whole = !name.is_empty() && !domain.is_empty() && !domain.contains('@');
        is_whole.then_some(Self { text, domain })
    }
}
