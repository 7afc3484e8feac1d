//! Scopes of APIs.

use crate::terms::Guid;

/// Scopes of one API, separated by spaces, as Entra takes them: `api://podinfo/.default`.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct ApiScope(String);

impl ApiScope {
    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it may be of the application `id`, whatever name it has there.
    pub fn is_of(&self, id: &Guid) -> bool {
        self.0.to_ascii_lowercase().contains(id.as_str())
    }
}

/// What OpenID Connect has of its own. It is asked for anyway.
const OPENID: [&str; 4] = ["openid", "profile", "email", "offline_access"];

/// Entra takes the scopes of one resource in a request for a token, each as `resource/permission`.
pub(in crate::settings) fn api(text: &str) -> Result<ApiScope, String> {
    let scopes: Vec<&str> = text.split_ascii_whitespace().collect();
    let mut resource = None;
    for scope in &scopes {
        // RFC 6749, section 3.3.
        let is_token = scope
            .bytes()
            .all(|b| b.is_ascii_graphic() && !b"\"\\".contains(&b));
        let parts = scope.rsplit_once('/').filter(|(_, last)| !last.is_empty());
        let Some((of, _)) = parts.filter(|(of, _)| is_token && !of.is_empty()) else {
            return Err(match OPENID.contains(scope) {
                true => format!("has `{scope}`, which is asked for anyway"),
                false => format!(
                    "has `{scope}`, which is no scope of an API; write api://NAME/PERMISSION"
                ),
            });
        };
        if resource.is_some_and(|known| known != of) {
            return Err("has scopes of several APIs, and a token is for one".to_owned());
        }
        resource = Some(of);
    }
    match scopes.is_empty() {
        true => Err("lists nothing".to_owned()),
        false => Ok(ApiScope(scopes.join(" "))),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use super::{ApiScope, api};

    #[test]
    fn scopes_of_one_api_are_taken() {
        for (text, scope) in [
            ("api://podinfo/.default", "api://podinfo/.default"),
            (
                "api://podinfo/a  api://podinfo/b",
                "api://podinfo/a api://podinfo/b",
            ),
            (
                "https://graph.microsoft.com/User.Read",
                "https://graph.microsoft.com/User.Read",
            ),
            (
                "11111111-2222-3333-4444-555555555555/.default",
                "11111111-2222-3333-4444-555555555555/.default",
            ),
        ] {
            assert_eq!(api(text).as_ref().map(ApiScope::as_str), Ok(scope));
        }
    }

    #[test]
    fn anything_else_is_not() {
        for (text, what) in [
            ("", "nothing"),
            ("openid", "anyway"),
            ("api://podinfo/a openid", "anyway"),
            ("User.Read", "no scope of an API"),
            ("api://podinfo/", "no scope of an API"),
            ("api://podinfo/a api://other/b", "several APIs"),
            ("api://podinfo/\u{e9}", "no scope of an API"),
        ] {
            let said = api(text)
                .map(|scope| scope.as_str().to_owned())
                .unwrap_err();
            assert!(said.contains(what), "{text}: {said}");
        }
    }
}
