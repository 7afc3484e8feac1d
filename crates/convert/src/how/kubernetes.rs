//! The API server, and who people are there.

use url::Url;

use super::lines::{note, one, switch};
use crate::row::Line::{self, Setting};

/// Whether bearers that are JWTs go on.
pub(crate) fn passthrough(values: &[String]) -> Vec<Line> {
    switch("KUBERNETES_TOKEN_PASSTHROUGH", values)
}

/// As whom the API server is asked.
pub(crate) fn no_impersonation(values: &[String]) -> Vec<Line> {
    match one(values) {
        "true" => vec![Setting("KUBERNETES_AUTH", "token".to_owned())],
        _ => Vec::new(),
    }
}

/// By what the cluster knows users.
pub(crate) fn user_claim(values: &[String]) -> Vec<Line> {
    let claim = one(values);
    match claim {
        "upn" | "oid" => vec![Setting("KUBERNETES_USER_CLAIM", claim.to_owned())],
        _ => note(format!(
            "`{claim}` is not taken: users are known by upn, or by oid (KUBERNETES_USER_CLAIM); write the subjects of your role bindings anew"
        )),
    }
}

/// The claim with the groups.
pub(crate) fn groups_claim(values: &[String]) -> Vec<Line> {
    match one(values) {
        "groups" => Vec::new(),
        claim => note(format!(
            "`{claim}` is not taken: groups are those of the claim `groups`, by object id"
        )),
    }
}

/// What stands before user names.
pub(crate) fn user_prefix(values: &[String]) -> Vec<Line> {
    prefix("KUBERNETES_USER_PREFIX", one(values))
}

/// What stands before groups.
pub(crate) fn group_prefix(values: &[String]) -> Vec<Line> {
    prefix("KUBERNETES_GROUP_PREFIX", one(values))
}

/// A hyphen alone means nothing.
fn prefix(name: &'static str, value: &str) -> Vec<Line> {
    match value {
        "" | "-" => Vec::new(),
        _ => vec![Setting(name, value.to_owned())],
    }
}

/// The API server.
pub(crate) fn api_server(values: &[String]) -> Vec<Line> {
    match Url::parse(one(values)) {
        Ok(url) if url.path() == "/" => {
            let origin = url.as_str().trim_end_matches('/');
            vec![Setting("KUBERNETES_API_URL", origin.to_owned())]
        }
        _ => note("not taken: it is no origin; set KUBERNETES_API_URL"),
    }
}
