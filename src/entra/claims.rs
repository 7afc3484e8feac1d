//! Reads an access token for display. It is opaque to us, and nothing is decided by it alone.

use serde_json::{Map, Value};

use crate::terms::encoding::from_base64url;

/// The claims of `token`. Nobody has checked its signature: it came from the token endpoint.
pub fn decode_unverified(token: &str) -> Option<Map<String, Value>> {
    let mut parts = token.split('.');
    let payload = from_base64url(parts.nth(1)?)?;
    serde_json::from_slice(&payload).ok()
}

/// The scopes of a token answer, without their resource: `6dae…/user.read` is `user.read`.
pub fn scopes(granted: &str) -> Vec<String> {
    granted
        .split_ascii_whitespace()
        .map(|scope| scope.rsplit('/').next().unwrap_or(scope).to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::scopes;

    #[test]
    fn scopes_lose_their_resource() {
        assert_eq!(
            scopes("6dae/user.read 6dae/.default openid"),
            ["user.read", ".default", "openid"]
        );
    }
}
