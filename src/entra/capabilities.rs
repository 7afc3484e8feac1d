//! The capabilities of this client, in the `claims` parameter (continuous access evaluation).
//!
//! `cp1` says that it handles claims challenges. Resources may then refuse a token early, and Entra
//! gives tokens that live longer.

use serde_json::{Map, Value, json};

/// The `claims` parameter: our capabilities, and the `challenge` to be answered. A challenge that
/// is no JSON object is ignored.
pub(super) fn claims(challenge: Option<&str>) -> String {
    let parsed = challenge.and_then(|text| serde_json::from_str::<Map<String, Value>>(text).ok());
    let mut claims = parsed.unwrap_or_default();
    let capabilities = json!({ "values": ["cp1"] });
    let access_token = claims.entry("access_token").or_insert_with(|| json!({}));
    match access_token {
        Value::Object(members) => {
            members.insert("xms_cc".to_owned(), capabilities);
        }
        other => *other = json!({ "xms_cc": capabilities }),
    }
    Value::Object(claims).to_string()
}

#[cfg(test)]
mod tests {
    use super::claims;

    const OURS: &str = r#"{"access_token":{"xms_cc":{"values":["cp1"]}}}"#;

    #[test]
    fn stand_beside_a_challenge() {
        assert_eq!(claims(None), OURS);
        let both = claims(Some(
            r#"{"access_token":{"acrs":{"essential":true}},"id_token":{"x":1}}"#,
        ));
        assert_eq!(
            both,
            r#"{"access_token":{"acrs":{"essential":true},"xms_cc":{"values":["cp1"]}},"id_token":{"x":1}}"#
        );
    }

    #[test]
    fn nonsense_is_no_challenge() {
        for challenge in [
            "",
            "{",
            "[]",
            "null",
            r#"{"access_token":null}"#,
            r#"{"access_token":[]}"#,
        ] {
            assert_eq!(claims(Some(challenge)), OURS, "{challenge}");
        }
    }
}
