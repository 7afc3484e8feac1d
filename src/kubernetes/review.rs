//! Whether a user may name somebody else. This asks what the API server itself would ask before it
//! lets them (its packages `filters` and `serviceaccount`).

use std::collections::BTreeSet;

use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};

use super::error::KubernetesError;
use super::impersonation::Named;

/// How many headers of one request may name somebody. Each of them is asked for.
const MOST_NAMED: usize = 20;
/// The longest name of a namespace, which is a label (RFC 1123, section 2.1).
const LONGEST_NAMESPACE: usize = 63;
/// The longest name of a service account, which is a subdomain.
const LONGEST_NAME: usize = 253;

impl Named {
    /// The SubjectAccessReviews (`authorization.k8s.io/v1`) that say whether the user may name whom
    /// the client names. There is one for each of its headers, as the API server itself would ask.
    pub(super) fn reviews(&self, named: &HeaderMap) -> Result<Vec<Value>, KubernetesError> {
        if named.len() > MOST_NAMED || !is_one_caller(named) {
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

/// Whether the headers name one caller, in one way: one user, at most one uid, nothing empty, nothing
/// that a server may trim, and nothing twice. The API server takes an empty user for none, and would
/// then act as the proxy's own account.
fn is_one_caller(named: &HeaderMap) -> bool {
    let count = |name| named.get_all(name).iter().count();
    let is_plain = |value: &HeaderValue| {
        let value = value.to_str().unwrap_or_default();
        !value.is_empty() && value.trim() == value
    };
    let mut seen = BTreeSet::new();
    let is_new = |(name, value): (&HeaderName, &HeaderValue)| {
        seen.insert((name.as_str().to_owned(), value.as_bytes().to_owned()))
    };
    count("impersonate-user") == 1
        && count("impersonate-uid") <= 1
        && named.values().all(is_plain)
        && named.iter().all(is_new)
}

/// The permission that is needed to name somebody by one header.
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

/// Namespace and name of a service account, if `user` is the name of one. A name that only looks
/// like one is an ordinary user.
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

/// The key in a header's name, percent-decoded. A key that cannot be decoded is taken as it is.
/// Nothing if the decoded key is no text.
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may")]

    use super::*;

    #[test]
    fn who_names_somebody_is_asked_for_by_each_header() {
        let alice = Named {
            user: "alice".to_owned(),
            groups: vec!["g".to_owned()],
            uid: "o".to_owned(),
            extra: Vec::new(),
        };
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
                assert_eq!(review["spec"]["groups"], json!(["g"]));
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
        for number in 0..MOST_NAMED {
            let group = HeaderValue::try_from(format!("g{number}"));
            many.append("impersonate-group", group.unwrap());
        }
        assert_eq!(alice.reviews(&many), Err(KubernetesError::Impersonation));
        headers.remove("impersonate-user");
        assert_eq!(alice.reviews(&headers), Err(KubernetesError::Impersonation));
    }

    #[test]
    fn nobody_is_named_by_nothing_or_twice() {
        let alice = Named {
            user: "alice".to_owned(),
            groups: Vec::new(),
            uid: "o".to_owned(),
            extra: Vec::new(),
        };
        let named = |pairs: &[(&'static str, &'static str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.append(*name, HeaderValue::from_static(value));
            }
            alice.reviews(&headers).is_ok()
        };
        let bob = ("impersonate-user", "bob");
        assert!(named(&[bob]));
        assert!(named(&[
            bob,
            ("impersonate-group", "a"),
            ("impersonate-group", "b")
        ]));
        for wrong in [
            ("impersonate-user", "carol"),
            ("impersonate-user", "bob"),
            ("impersonate-group", ""),
            ("impersonate-group", " "),
            ("impersonate-group", " a"),
            ("impersonate-uid", ""),
            ("impersonate-extra-scopes", ""),
        ] {
            assert!(!named(&[bob, wrong]), "{wrong:?}");
        }
        let group = ("impersonate-group", "a");
        assert!(!named(&[bob, group, group]));
        let uid = ("impersonate-uid", "1");
        assert!(named(&[bob, uid]) && !named(&[bob, uid, ("impersonate-uid", "2")]));
        for empty in ["", " ", "\t"] {
            assert!(!named(&[("impersonate-user", empty)]), "{empty:?}");
        }
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
