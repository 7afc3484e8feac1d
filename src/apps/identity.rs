//! The headers that tell an app who its caller is.

use http::{HeaderMap, HeaderName, HeaderValue, header};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::facts::Facts;
use crate::settings::AppClaim;
use crate::terms::Secret;

/// The user's object id.
pub const USER: HeaderName = HeaderName::from_static("x-auth-request-user");
/// The user's verified e-mail address.
pub const EMAIL: HeaderName = HeaderName::from_static("x-auth-request-email");
/// The object ids of the user's groups, separated by commas.
pub const GROUPS: HeaderName = HeaderName::from_static("x-auth-request-groups");
/// What the user is called.
pub const PREFERRED_USERNAME: HeaderName =
    HeaderName::from_static("x-auth-request-preferred-username");
/// A token for an API, where a setting says so.
pub const ACCESS_TOKEN: HeaderName = HeaderName::from_static("x-auth-request-access-token");

/// The longest value of [`GROUPS`] in bytes, without what tells that some are left out. 250 groups have 9249.
const LONGEST_GROUPS: usize = 12 * 1024;
/// What begins the last entry of [`GROUPS`] if some are left out. No group's name begins so: it is encoded.
const LEFT_OUT: char = '!';

/// What is percent-encoded in a value, besides everything that is not ASCII: no line break gets through, and
/// what is decoded is what Entra said.
const ENCODED: &AsciiSet = &CONTROLS.add(b' ').add(b'%');
/// The same in a list.
const ENCODED_IN_LIST: &AsciiSet = &ENCODED.add(b',').add(b'!');

/// Sets all identity headers in an answer that allows a request, and removes what was there. All of them
/// are always there, empty where there is no claim: a proxy that copies them to the request then removes
/// the client's own (GHSA-vjrc-mh2v-45x6).
pub fn set(headers: &mut HeaderMap, facts: &Facts<'_>) {
    let user = facts.user;
    let values = [
        (USER, encoded(Some(&user.oid))),
        (EMAIL, encoded(user.email.as_deref())),
        (GROUPS, list(facts.groups)),
        (
            PREFERRED_USERNAME,
            encoded(user.preferred_username.as_deref()),
        ),
        (ACCESS_TOKEN, String::new()),
    ];
    for (name, value) in values {
        // Only visible ASCII is left of any value.
        let value = HeaderValue::try_from(value);
        headers.insert(name, value.unwrap_or(HeaderValue::from_static("")));
    }
}

/// Sets `token` in an answer that allows a request; an empty one removes the client's own, as in [`set`].
pub fn set_access_token(headers: &mut HeaderMap, token: Option<&Secret>) {
    let value = token.map(|token| token.reveal().to_owned());
    set_secret(headers, ACCESS_TOKEN, value.unwrap_or_default());
}

/// Sets `Authorization`, with `token` as a bearer (RFC 6750, section 2.1). Without one it is empty: the
/// client's own is not what the app shall know its caller by.
pub fn set_authorization(headers: &mut HeaderMap, token: Option<&Secret>) {
    let value = token.map(|token| format!("Bearer {}", token.reveal()));
    set_secret(headers, header::AUTHORIZATION, value.unwrap_or_default());
}

fn set_secret(headers: &mut HeaderMap, name: HeaderName, value: String) {
    // A token is visible ASCII. What is not goes to nobody.
    let value = HeaderValue::try_from(value);
    let mut value = value.unwrap_or(HeaderValue::from_static(""));
    value.set_sensitive(true);
    headers.insert(name, value);
}

/// What `claim` says of the user, as the value of a header. There is none for a claim that says nothing.
pub fn value(claim: AppClaim, facts: &Facts<'_>) -> Option<HeaderValue> {
    let user = facts.user;
    let value = match claim {
        AppClaim::Oid => encoded(Some(&user.oid)),
        AppClaim::Tid => encoded(Some(&user.tid)),
        AppClaim::Upn => encoded(facts.upn),
        AppClaim::Email => encoded(user.email.as_deref()),
        AppClaim::Name => encoded(user.name.as_deref()),
        AppClaim::PreferredUsername => encoded(user.preferred_username.as_deref()),
        AppClaim::Groups => list(facts.groups),
        AppClaim::Roles => list(facts.roles),
    };
    let value = HeaderValue::try_from(value).ok()?;
    (!value.is_empty()).then_some(value)
}

fn encoded(value: Option<&str>) -> String {
    utf8_percent_encode(value.unwrap_or_default(), ENCODED).to_string()
}

/// As many entries as there is room for, whole. If some are left out, the last one says how many.
fn list(entries: &[String]) -> String {
    let mut list = String::new();
    for (at, entry) in entries.iter().enumerate() {
        let entry = utf8_percent_encode(entry, ENCODED_IN_LIST).to_string();
        let comma = if at == 0 { "" } else { "," };
        if list.len() + comma.len() + entry.len() > LONGEST_GROUPS {
            let left_out = entries.len() - at;
            return format!("{list}{comma}{LEFT_OUT}{left_out}");
        }
        list.push_str(comma);
        list.push_str(&entry);
    }
    list
}
