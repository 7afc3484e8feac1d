//! The rules, without IO.

use super::refusal::{Refusal, Rule};
use crate::session::Claims;
use crate::settings::{AdmissionSettings, AllowedUser};
use crate::terms::{Guid, User};

/// The rule that refuses the user of `claims`, of whom everything is known.
///
/// # Errors
/// With that rule.
pub fn admit_known(settings: &AdmissionSettings, claims: &Claims) -> Result<(), Box<Refusal>> {
    let Claims {
        user,
        upn,
        groups,
        roles,
        ..
    } = claims;
    let refused = refused_by_token(settings, user, upn.as_deref(), roles).or_else(|| {
        let allowed = settings.groups.as_ref()?;
        (!any_is_in(groups, allowed)).then_some(Rule::Groups)
    });
    match refused {
        None => Ok(()),
        Some(rule) => Err(Box::new(Refusal {
            user: user.clone(),
            rule,
        })),
    }
}

/// The rule that refuses the user, of those that need only the token.
pub(super) fn refused_by_token(
    settings: &AdmissionSettings,
    user: &User,
    upn: Option<&str>,
    roles: &[String],
) -> Option<Rule> {
    let is_user = |allowed: &AllowedUser| match allowed {
        AllowedUser::Oid(oid) => user.oid.eq_ignore_ascii_case(oid.as_str()),
        AllowedUser::Upn(name) => upn.is_some_and(|upn| upn.eq_ignore_ascii_case(name)),
    };
    let users = settings.users.as_ref();
    if users.is_some_and(|users| !users.iter().any(is_user)) {
        return Some(Rule::Users);
    }
    let allowed = settings.roles.as_ref();
    let has_role = |role: &String| roles.contains(role);
    allowed
        .is_some_and(|allowed| !allowed.iter().any(has_role))
        .then_some(Rule::Roles)
}

/// Whether one of the groups is allowed.
pub(super) fn any_is_in(groups: &[String], allowed: &[Guid]) -> bool {
    let is_allowed = |group: &String| {
        let same = |id: &str| id.eq_ignore_ascii_case(group);
        allowed.iter().any(|allowed| same(allowed.as_str()))
    };
    groups.iter().any(is_allowed)
}
