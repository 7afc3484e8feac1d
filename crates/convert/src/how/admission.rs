//! Who may sign in, and who may say from where they come.

use super::lines::{is_guid, list, note};
use crate::row::Line::{self, Note};

/// Object ids of groups.
pub(crate) fn groups(values: &[String]) -> Vec<Line> {
    let (ids, names): (Vec<_>, Vec<_>) = values.iter().partition(|group| is_guid(group));
    let mut lines = list("ALLOWED_GROUPS", ids.into_iter().map(String::as_str));
    for name in names {
        lines.push(Note(format!(
            "`{name}` is not taken: groups are named by object id here"
        )));
    }
    lines
}

/// Everybody of the tenant, or nothing that we have.
pub(crate) fn email_domains(values: &[String]) -> Vec<Line> {
    match values.iter().any(|domain| domain == "*") {
        true => Vec::new(),
        false => note(
            "no counterpart: an address proves nothing in Entra; assign people to the application, or use ALLOWED_GROUPS, ALLOWED_ROLES or ALLOWED_USERS. For one app there is allowed_email_domains in the query of /oauth2/auth",
        ),
    }
}

/// Networks of the ingress.
pub(crate) fn trusted_proxies(values: &[String]) -> Vec<Line> {
    let (all, some): (Vec<_>, Vec<_>) = values.iter().partition(|network| network.ends_with("/0"));
    let mut lines = list("TRUSTED_PROXIES", some.into_iter().map(String::as_str));
    if !all.is_empty() {
        lines.push(Note(
            "a network of everybody is not taken: anyone could then say from where they come"
                .to_owned(),
        ));
    }
    lines
}
