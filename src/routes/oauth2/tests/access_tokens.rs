//! Access tokens in place of an app cookie: valid and invalid ones, used for forward-auth and the reverse
//! proxy.

use serde_json::{Value, json};

use super::entra::{CLIENT, TENANT, V1, V2};
use super::{GROUP, alice};
use crate::platform::double::World;

pub(crate) const API: &str = "api://podinfo";
const API_ID: &str = "22222222-3333-4444-5555-666666666666";
/// The setting that accepts them.
pub(crate) const ON: (&str, &str) = (
    "bearer_audiences",
    "api://podinfo 22222222-3333-4444-5555-666666666666",
);

pub(crate) fn header() -> Value {
    json!({ "alg": "RS256", "kid": "k1", "typ": "JWT" })
}

/// The claims of alice's v2 token.
pub(crate) fn claims(world: &World) -> Value {
    let now = world.now.get();
    json!({
        "iss": V2, "aud": API, "tid": TENANT, "oid": alice().oid, "azp": CLIENT, "scp": "read",
        "iat": now, "nbf": now, "exp": now + 600, "name": "Alice", "groups": [GROUP],
        "preferred_username": "alice@contoso.example", "roles": ["cluster-user"], "ver": "2.0",
    })
}

/// Changes one claim; `null` removes it.
pub(crate) fn with(mut claims: Value, name: &str, value: Value) -> Value {
    match value {
        Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
        value => claims[name] = value,
    }
    claims
}

/// The claims of valid tokens.
pub(crate) fn valid(world: &World) -> [(&'static str, Value); 3] {
    let v2 = claims(world);
    let v1 = with(with(v2.clone(), "iss", V1.into()), "ver", "1.0".into());
    let v1 = with(with(v1, "azp", Value::Null), "appid", CLIENT.into());
    let by_id = with(v1.clone(), "aud", format!("spn:{API_ID}").into());
    [("v2", v2), ("v1", v1), ("v1, by id", by_id)]
}

/// A claim, an invalid value for it, and a part of the error.
pub(crate) fn broken() -> [(&'static str, Value, &'static str); 13] {
    [
        (
            "tid",
            "99999999-2222-3333-4444-555555555555".into(),
            "`tid`",
        ),
        ("tid", Value::Null, "`tid`"),
        ("oid", Value::Null, "`oid`"),
        ("azp", Value::Null, "`azp`"),
        ("scp", Value::Null, "`scp`"),
        ("scp", "".into(), "`scp`"),
        (
            "iss",
            "https://login.microsoftonline.com/x/v2.0".into(),
            "`iss`",
        ),
        (
            "iss",
            "https://sts.windows.net/99999999-2222-3333-4444-555555555555/".into(),
            "`iss`",
        ),
        ("exp", 1_799_999_940.into(), "expired"),
        ("exp", "soon".into(), "`exp`"),
        ("exp", Value::Null, "`exp`"),
        ("nbf", 1_800_000_061.into(), "not valid yet"),
        ("groups", "not a list".into(), "`groups`"),
    ]
}

/// RFC 6750, section 3: a challenge for an invalid token that contains `what`.
pub(crate) fn assert_challenged(challenge: &str, what: &str) {
    let before = r#"Bearer realm="apps", error="invalid_token", error_description=""#;
    let description = challenge.strip_prefix(before);
    let description = description.and_then(|rest| rest.strip_suffix('"')).unwrap();
    assert!(description.contains(what), "{challenge}");
    // The characters allowed in `error_description` by section 3.
    let is_allowed = |byte: u8| matches!(byte, 0x20..=0x21 | 0x23..=0x5b | 0x5d..=0x7e);
    assert!(description.bytes().all(is_allowed), "{challenge}");
}
