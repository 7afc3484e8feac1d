//! A program that gets a user's tokens as command lines do: by a device code (RFC 8628), with Microsoft's
//! public application for that.

use serde_json::Value;

use crate::Stack;

/// The application of kubelogin.
pub const PROGRAM: &str = "80faf920-1908-4b52-b5ef-a8e7bedfc67a";

impl Stack {
    /// Entra's tokens for `scope`, once `user` has entered the code.
    pub fn tokens(&self, user: &str, scope: &str) -> Value {
        let form = [("client_id", PROGRAM), ("scope", scope)];
        let begun = self.ask_entra("devicecode", &form);
        let (code, user_code) = (text(&begun, "device_code"), text(&begun, "user_code"));
        self.enter(user_code, user, true);
        let grant = "urn:ietf:params:oauth:grant-type:device_code";
        let form = [
            ("client_id", PROGRAM),
            ("grant_type", grant),
            ("device_code", code),
        ];
        self.ask_entra("token", &form)
    }

    /// Entra's tokens for the refresh token in `tokens`.
    pub fn further_tokens(&self, tokens: &Value, scope: &str) -> Value {
        let form = [
            ("client_id", PROGRAM),
            ("grant_type", "refresh_token"),
            ("refresh_token", text(tokens, "refresh_token")),
            ("scope", scope),
        ];
        self.ask_entra("token", &form)
    }

    /// Entra's answer to a form at one of its endpoints.
    fn ask_entra(&self, endpoint: &str, form: &[(&str, &str)]) -> Value {
        let tenant = text(&self.entra, "tenant_id");
        let answer = self.post_to_entra(&format!("/{tenant}/oauth2/v2.0/{endpoint}"), form);
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    }
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap()
}
