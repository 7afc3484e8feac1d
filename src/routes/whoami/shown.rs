//! What is shown of a user and their AKS token.

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::entra::decode_unverified;
use crate::platform::UnixTime;
use crate::session::AccessToken;
use crate::terms::User;

/// What is shown.
pub(super) struct Shown<'a> {
    pub(super) user: &'a User,
    /// The AKS server application.
    pub(super) server_id: &'a str,
    pub(super) token: &'a AccessToken,
    pub(super) now: UnixTime,
    /// Whether the token itself is shown too.
    pub(super) with_token: bool,
}

/// The answer, in the order in which people read it.
#[derive(Serialize)]
pub(super) struct Whoami {
    user: Value,
    token: Value,
    claims: Map<String, Value>,
}

impl Shown<'_> {
    /// As a JSON document.
    pub(super) fn document(&self) -> Whoami {
        Whoami {
            user: json!({
                "oid": self.user.oid,
                "tid": self.user.tid,
                "name": self.user.name,
                "preferred_username": self.user.preferred_username,
                "email": self.user.email,
            }),
            token: self.token(),
            claims: decode_unverified(self.token.token.reveal()).unwrap_or_default(),
        }
    }

    fn token(&self) -> Value {
        let mut shown = json!({
            "source": self.token.source,
            "audience": self.server_id,
            "scopes": self.token.scopes,
            "issued_at": self.token.issued_at.rfc3339(),
            "expires_at": self.token.expires_at.rfc3339(),
            "expires_in": self.token.left(self.now),
        });
        if self.with_token
            && let Some(members) = shown.as_object_mut()
        {
            let token = Value::from(self.token.token.reveal());
            members.insert("access_token".to_owned(), token);
        }
        shown
    }
}
