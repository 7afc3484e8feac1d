//! Claims challenges: a resource wants a stronger sign-in than the token's (OpenID Connect Core,
//! section 5.5; Microsoft's "claims challenges, claims requests and client capabilities").

use base64ct::{Base64, Encoding};
use http::{HeaderMap, header};
use serde_json::{Map, Value};

/// The claims that an answer asks for, as JSON.
pub(super) fn claims(headers: &HeaderMap) -> Option<String> {
    let challenges = headers.get_all(header::WWW_AUTHENTICATE).iter();
    challenges
        .filter_map(|challenge| challenge.to_str().ok())
        .filter(|challenge| parameter(challenge, "error") == Some("insufficient_claims"))
        .find_map(|challenge| decode(parameter(challenge, "claims")?))
}

/// The value of a parameter (RFC 9110, section 11.2). Entra's resources write it in quotes.
fn parameter<'a>(challenge: &'a str, name: &str) -> Option<&'a str> {
    let begin = challenge
        .match_indices(name)
        .map(|(index, _)| index)
        .find(|index| {
            let before = challenge.get(..*index).unwrap_or_default();
            before.is_empty() || before.ends_with([' ', ','])
        })?;
    let value = challenge.get(begin + name.len()..)?.strip_prefix("=\"")?;
    value.split('"').next()
}

fn decode(text: &str) -> Option<String> {
    let padded = format!("{text}{}", "=".repeat((4 - text.len() % 4) % 4));
    let json = Base64::decode_vec(&padded.replace('-', "+").replace('_', "/")).ok()?;
    serde_json::from_slice::<Map<String, Value>>(&json).ok()?;
    String::from_utf8(json).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use http::{HeaderMap, HeaderValue, header};

    use super::claims;

    const ASKED: &str = r#"{"access_token":{"acrs":{"essential":true,"value":"c1"}}}"#;
    /// The same in base64.
    const ENCODED: &str =
        "eyJhY2Nlc3NfdG9rZW4iOnsiYWNycyI6eyJlc3NlbnRpYWwiOnRydWUsInZhbHVlIjoiYzEifX19";

    fn read(challenges: &[&str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for challenge in challenges {
            let value = HeaderValue::from_str(challenge).unwrap();
            headers.append(header::WWW_AUTHENTICATE, value);
        }
        claims(&headers)
    }

    #[test]
    fn a_challenge_is_found_in_whatever_order() {
        let one = format!(
            r#"Bearer realm="", authorization_uri="https://x", error="insufficient_claims", claims="{ENCODED}""#
        );
        let two = format!(r#"Bearer claims="{ENCODED}",error="insufficient_claims""#);
        assert_eq!(read(&[&one]).as_deref(), Some(ASKED));
        assert_eq!(read(&["Basic realm=\"x\"", &two]).as_deref(), Some(ASKED));
    }

    #[test]
    fn what_is_no_challenge_asks_for_nothing() {
        for challenge in [
            "Bearer",
            r#"Bearer error="invalid_token""#,
            r#"Bearer error="insufficient_claims""#,
            r#"Bearer error="insufficient_claims", claims="!!""#,
            r#"Bearer error="insufficient_claims", claims="W10=""#,
            r#"Bearer error="insufficient_claims", xclaims="e30=""#,
        ] {
            assert_eq!(read(&[challenge]), None, "{challenge}");
        }
    }
}
