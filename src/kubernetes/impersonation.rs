//! As whom a request goes to the API server, and how a cluster that takes no tokens of Entra is told:
//! the proxy's service account asks, and names the user (Kubernetes, "User impersonation").

use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};

use super::error::KubernetesError;
use crate::identity::User;
use crate::session::Identity;
use crate::settings::{KubernetesAuth, Naming, UserClaim};

/// As whom a request is made.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum As {
    /// The owner of the token that goes on. Whom they name beside it, the API server decides on.
    Owner,
    /// The user, whom the proxy's account names.
    User,
    /// Whom the client names, by the proxy's account, if the cluster lets the user.
    Others,
    /// Nobody: it is refused.
    Nobody,
}

/// The one table of it. `own_token`: the client brought one that is not ours. `names`: it has sent
/// `Impersonate-*`, in the spelling that the API server reads.
pub(super) fn decide(own_token: bool, auth: KubernetesAuth, naming: &Naming, names: bool) -> As {
    match (own_token, auth, names, naming.client_impersonation) {
        (true, ..) | (false, KubernetesAuth::Token, ..) => As::Owner,
        (false, KubernetesAuth::Impersonate, false, _) => As::User,
        (false, KubernetesAuth::Impersonate, true, true) => As::Others,
        (false, KubernetesAuth::Impersonate, true, false) => As::Nobody,
    }
}

/// What the cluster's own names begin with.
const SYSTEM: &str = "system:";
/// In one request so many headers may name somebody: each is asked for.
const MOST_NAMED: usize = 20;
/// The group of everybody whom a cluster knows. It is added, since naming groups leaves it out.
const AUTHENTICATED: &str = "system:authenticated";
/// The longest name of a namespace (RFC 1123, section 2.1, a label) …
const LONGEST_NAMESPACE: usize = 63;
/// … and of a service account (a subdomain).
const LONGEST_NAME: usize = 253;

/// Somebody, as the cluster is told.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Named {
    user: String,
    groups: Vec<String>,
    uid: String,
    extra: Vec<(&'static str, String)>,
}

impl Named {
    /// `user`, of whom Entra has said `identity`. Nobody becomes one of the cluster's own by a claim.
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

    /// The SubjectAccessReviews (`authorization.k8s.io/v1`) that say whether they may name whom the
    /// client names, one for each of its headers, as the API server itself would ask.
    pub(super) fn reviews(&self, named: &HeaderMap) -> Result<Vec<Value>, KubernetesError> {
        if !named.contains_key("impersonate-user") || named.len() > MOST_NAMED {
            return Err(KubernetesError::Impersonation);
        }
        let review = |(name, value): (&HeaderName, &HeaderValue)| {
            let value = value.to_str().map_err(|_| KubernetesError::Impersonation)?;
            Ok(self.review(&attributes(name.as_str(), value)?))
        };
        named.iter().map(review).collect()
    }

    fn review(&self, attributes: &Value) -> Value {
        let extra = self
            .extra
            .iter()
            .map(|(key, value)| ((*key).to_owned(), json!([value])));
        let extra: serde_json::Map<String, Value> = extra.collect();
        json!({
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SubjectAccessReview",
            "spec": {
                "user": self.user,
                "groups": self.groups,
                "uid": self.uid,
                "extra": extra,
                "resourceAttributes": attributes,
            },
        })
    }
}

/// What is asked for to name somebody by one header.
fn attributes(name: &str, value: &str) -> Result<Value, KubernetesError> {
    Ok(match name {
        "impersonate-user" => match service_account(value) {
            Some((namespace, account)) => json!({
                "verb": "impersonate", "resource": "serviceaccounts",
                "namespace": namespace, "name": account,
            }),
            None => json!({ "verb": "impersonate", "resource": "users", "name": value }),
        },
        "impersonate-group" => {
            json!({ "verb": "impersonate", "resource": "groups", "name": value })
        }
        "impersonate-uid" => json!({
            "verb": "impersonate", "group": "authentication.k8s.io", "version": "v1",
            "resource": "uids", "name": value,
        }),
        other => {
            let key = other.strip_prefix("impersonate-extra-").and_then(unescaped);
            json!({
                "verb": "impersonate", "group": "authentication.k8s.io", "version": "v1",
                "resource": "userextras", "name": value,
                "subresource": key.ok_or(KubernetesError::Impersonation)?,
            })
        }
    })
}

/// Namespace and name of a service account, if `user` is the name of one: what only looks like it is
/// a user like any other.
fn service_account(user: &str) -> Option<(&str, &str)> {
    let (namespace, name) = user
        .strip_prefix("system:serviceaccount:")?
        .split_once(':')?;
    let is_label = |text: &str| {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        !text.is_empty()
            && text.bytes().all(allowed)
            && !text.starts_with('-')
            && !text.ends_with('-')
    };
    let is_account = is_label(namespace)
        && namespace.len() <= LONGEST_NAMESPACE
        && name.split('.').all(is_label)
        && name.len() <= LONGEST_NAME;
    is_account.then_some((namespace, name))
}

/// The key in a header's name, percent-decoded; one that cannot be is taken as it is. Nothing if it is no
/// text.
fn unescaped(key: &str) -> Option<String> {
    let mut parts = key.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_owned();
    for part in parts {
        let digits = part
            .get(..2)
            .filter(|digits| digits.bytes().all(|d| d.is_ascii_hexdigit()));
        let Some(byte) = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) else {
            return Some(key.to_owned());
        };
        bytes.push(byte);
        bytes.extend(part.bytes().skip(2));
    }
    String::from_utf8(bytes).ok()
}

/// A name from a claim: none of the cluster's own, and none that reads otherwise in a header, whose ends
/// servers trim.
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

    #[test]
    fn who_names_somebody_is_asked_for_by_each_header() {
        let alice = named(Some("alice"), &["g"], &naming("", "", UserClaim::Upn)).unwrap();
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("impersonate-user", "system:serviceaccount:ns:robot"),
            ("impersonate-group", "system:masters"),
            ("impersonate-uid", "1"),
            ("impersonate-extra-scopes", "x"),
        ] {
            headers.append(
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            );
        }
        let reviews = alice.reviews(&headers).unwrap();
        let asked: Vec<_> = reviews
            .iter()
            .map(|review| {
                let attributes = &review["spec"]["resourceAttributes"];
                assert_eq!(
                    (&review["spec"]["user"], &attributes["verb"]),
                    (&json!("alice"), &json!("impersonate"))
                );
                assert_eq!(review["spec"]["groups"], json!(["g", AUTHENTICATED]));
                format!(
                    "{} {} {}",
                    attributes["resource"], attributes["namespace"], attributes["name"]
                )
                .replace('"', "")
            })
            .collect();
        assert_eq!(
            asked,
            [
                "serviceaccounts ns robot",
                "groups null system:masters",
                "uids null 1",
                "userextras null x"
            ]
        );
        let mut many = headers.clone();
        for _ in 0..MOST_NAMED {
            many.append("impersonate-group", HeaderValue::from_static("g"));
        }
        assert_eq!(alice.reviews(&many), Err(KubernetesError::Impersonation));
        headers.remove("impersonate-user");
        assert_eq!(alice.reviews(&headers), Err(KubernetesError::Impersonation));
    }

    /// As the API server reads them (its packages `serviceaccount` and `filters`).
    #[test]
    fn names_are_read_as_the_api_server_reads_them() {
        let asked =
            |name: &str, value: &str, of: &str| attributes(name, value).unwrap()[of].clone();
        for (user, resource) in [
            ("system:serviceaccount:ns:robot", "serviceaccounts"),
            ("system:serviceaccount:n-1:a.b-2", "serviceaccounts"),
            ("system:serviceaccount:ns:a:b", "users"),
            ("system:serviceaccount:ns:", "users"),
            ("system:serviceaccount::robot", "users"),
            ("system:serviceaccount:NS:robot", "users"),
            ("system:serviceaccount:n.s:robot", "users"),
            ("system:serviceaccount:-ns:robot", "users"),
            ("system:serviceaccount:ns:a..b", "users"),
            ("system:serviceaccount:ns", "users"),
            (
                &format!("system:serviceaccount:{}:a", "n".repeat(64)),
                "users",
            ),
            (
                &format!("system:serviceaccount:ns:{}", "n".repeat(254)),
                "users",
            ),
        ] {
            assert_eq!(
                asked("impersonate-user", user, "resource"),
                resource,
                "{user}"
            );
        }
        for (key, read) in [
            ("scopes", "scopes"),
            ("%73copes", "scopes"),
            ("example.org%2froles", "example.org/roles"),
            ("%c3%bc", "\u{fc}"),
            ("a%zz", "a%zz"),
            ("a%2", "a%2"),
            ("a%+1%41", "a%+1%41"),
        ] {
            let name = format!("impersonate-extra-{key}");
            assert_eq!(asked(&name, "x", "subresource"), read, "{key}");
        }
        let no_text = attributes("impersonate-extra-%ff", "x");
        assert_eq!(no_text, Err(KubernetesError::Impersonation));
    }
}
