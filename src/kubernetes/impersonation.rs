//! As whom a request goes to the API server. For a cluster that takes no tokens of Entra, the
//! proxy's service account asks and names the user (Kubernetes, "User impersonation").

use http::{HeaderMap, HeaderName, HeaderValue};

use super::error::KubernetesError;
use crate::session::Identity;
use crate::settings::{KubernetesAuth, Naming, UserClaim};
use crate::terms::User;

/// As whom a request is made.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum As {
    /// The owner of the token that is passed on. The API server decides on whom they name beside
    /// it.
    Owner,
    /// The user, whom the proxy's account names.
    User,
    /// Whom the client names. The proxy's account names them, if the cluster lets the user do so.
    Others,
    /// Nobody: the request is refused.
    Nobody,
}

/// The only table of this. `own_token`: the client brought a token that is not ours. `names`: it
/// has sent `Impersonate-*`, in the spelling that the API server reads.
pub(super) fn decide(own_token: bool, auth: KubernetesAuth, naming: &Naming, names: bool) -> As {
    match (own_token, auth, names, naming.client_impersonation) {
        (true, ..) | (false, KubernetesAuth::Token, ..) => As::Owner,
        (false, KubernetesAuth::Impersonate, false, _) => As::User,
        (false, KubernetesAuth::Impersonate, true, true) => As::Others,
        (false, KubernetesAuth::Impersonate, true, false) => As::Nobody,
    }
}

/// The prefix of the cluster's own names.
const SYSTEM: &str = "system:";
/// The group of everybody whom a cluster knows. It is added, since naming groups leaves it out.
const AUTHENTICATED: &str = "system:authenticated";

/// A user, as the cluster is told.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Named {
    pub(super) user: String,
    pub(super) groups: Vec<String>,
    pub(super) uid: String,
    pub(super) extra: Vec<(&'static str, String)>,
}

impl Named {
    /// Names `user`, of whom Entra has said `identity`. No claim makes anybody one of the cluster's
    /// own.
    pub(super) fn of(
        user: &User,
        identity: &Identity,
        naming: &Naming,
    ) -> Result<Self, KubernetesError> {
        let upn = identity.upn.as_ref();
        let name = match naming.claim {
            UserClaim::Upn => upn.unwrap_or(&user.oid),
            UserClaim::Oid => &user.oid,
        };
        let prefixed = |prefix: &str, name: &String| allowed(format!("{prefix}{name}"));
        let groups = identity.groups.iter();
        let mut groups = groups
            .map(|group| prefixed(&naming.group_prefix, group))
            .collect::<Result<Vec<_>, _>>()?;
        groups.push(AUTHENTICATED.to_owned());
        Ok(Self {
            user: prefixed(&naming.user_prefix, name)?,
            groups,
            uid: user.oid.clone(),
            extra: vec![("oid", user.oid.clone()), ("tid", user.tid.clone())],
        })
    }

    /// The headers that name them.
    pub(super) fn headers(&self) -> Result<HeaderMap, KubernetesError> {
        let mut headers = HeaderMap::new();
        let mut append = |name: HeaderName, value: &str| {
            let value = HeaderValue::from_str(value);
            headers.append(name, value.map_err(|_| not_a_name(&self.user))?);
            Ok(())
        };
        append(HeaderName::from_static("impersonate-user"), &self.user)?;
        for group in &self.groups {
            append(HeaderName::from_static("impersonate-group"), group)?;
        }
        append(HeaderName::from_static("impersonate-uid"), &self.uid)?;
        for (key, value) in &self.extra {
            let name = HeaderName::try_from(format!("impersonate-extra-{key}"));
            append(name.map_err(|_| not_a_name(key))?, value)?;
        }
        Ok(headers)
    }
}

/// Checks a name from a claim. It must be none of the cluster's own. It must read the same in a
/// header, whose ends servers trim.
fn allowed(name: String) -> Result<String, KubernetesError> {
    if name.trim().to_ascii_lowercase().starts_with(SYSTEM) {
        return Err(KubernetesError::SystemIdentity(name));
    }
    if name.is_empty() || name.trim() != name || name.chars().any(char::is_control) {
        return Err(not_a_name(&name));
    }
    Ok(name)
}

fn not_a_name(name: &str) -> KubernetesError {
    KubernetesError::SystemIdentity(name.escape_debug().to_string())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may")]

    use super::*;

    fn naming(user_prefix: &str, group_prefix: &str, claim: UserClaim) -> Naming {
        Naming {
            claim,
            user_prefix: user_prefix.to_owned(),
            group_prefix: group_prefix.to_owned(),
            client_impersonation: true,
        }
    }

    fn named(
        upn: Option<&str>,
        groups: &[&str],
        naming: &Naming,
    ) -> Result<Named, KubernetesError> {
        let user = User {
            tid: "t".to_owned(),
            oid: "o".to_owned(),
            name: None,
            preferred_username: Some("system:masters".to_owned()),
            email: None,
            login_hint: None,
        };
        let identity = Identity {
            upn: upn.map(str::to_owned),
            groups: groups.iter().map(ToString::to_string).collect(),
        };
        Named::of(&user, &identity, naming)
    }

    fn lines(headers: &HeaderMap) -> Vec<String> {
        let line = |(name, value): (&HeaderName, &HeaderValue)| {
            format!("{name}: {}", value.to_str().unwrap())
        };
        headers.iter().map(line).collect()
    }

    #[test]
    fn as_whom_a_request_is_made() {
        use KubernetesAuth::{Impersonate, Token};
        // own token, mode, the client names somebody, and may: as whom.
        let table = [
            (false, Token, false, false, As::Owner),
            (false, Token, false, true, As::Owner),
            (false, Token, true, false, As::Owner),
            (false, Token, true, true, As::Owner),
            (false, Impersonate, false, false, As::User),
            (false, Impersonate, false, true, As::User),
            (false, Impersonate, true, false, As::Nobody),
            (false, Impersonate, true, true, As::Others),
            (true, Token, false, false, As::Owner),
            (true, Token, true, true, As::Owner),
            (true, Impersonate, false, false, As::Owner),
            (true, Impersonate, true, false, As::Owner),
            (true, Impersonate, true, true, As::Owner),
        ];
        for (own_token, auth, names, may, expected) in table {
            let mut naming = naming("", "", UserClaim::Upn);
            naming.client_impersonation = may;
            let decided = decide(own_token, auth, &naming, names);
            assert_eq!(decided, expected, "{own_token} {auth:?} {names} {may}");
        }
    }

    #[test]
    fn a_user_is_named_with_groups_and_who_is_known_to_all() {
        let plain = naming("", "", UserClaim::Upn);
        let headers = named(Some("alice@x"), &["g1", "g2"], &plain)
            .unwrap()
            .headers()
            .unwrap();
        let expected = [
            "impersonate-user: alice@x",
            "impersonate-group: g1",
            "impersonate-group: g2",
            "impersonate-group: system:authenticated",
            "impersonate-uid: o",
            "impersonate-extra-oid: o",
            "impersonate-extra-tid: t",
        ];
        assert_eq!(lines(&headers), expected);
        let prefixed = naming("u:", "g:", UserClaim::Oid);
        let headers = named(Some("alice@x"), &["g1"], &prefixed)
            .unwrap()
            .headers()
            .unwrap();
        assert_eq!(
            lines(&headers)[..2],
            ["impersonate-user: u:o", "impersonate-group: g:g1"]
        );
        let guest = named(None, &[], &plain).unwrap().headers().unwrap();
        assert_eq!(lines(&guest)[0], "impersonate-user: o");
    }

    #[test]
    fn nobody_becomes_one_of_the_clusters_own_by_a_claim() {
        let plain = naming("", "", UserClaim::Upn);
        for name in [
            "system:masters",
            "system:node:a",
            " system:masters",
            "System:masters",
            "\tsystem:x",
            "",
            " a",
            "a ",
            "a\nb",
            "a\r\nImpersonate-Group: system:masters",
        ] {
            let refused = |outcome: Result<Named, _>| {
                matches!(outcome, Err(KubernetesError::SystemIdentity(_)))
            };
            assert!(refused(named(Some(name), &[], &plain)), "{name:?}");
            assert!(
                refused(named(Some("alice"), &["g", name], &plain)),
                "{name:?}"
            );
        }
        let harmless = naming("u:", "g:", UserClaim::Upn);
        assert!(named(Some("system:masters"), &["system:masters"], &harmless).is_ok());
    }
}
