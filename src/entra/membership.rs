//! What an ID token says of a user beyond their identity: groups, app roles, names that others
//! gave.

use serde_json::Value;

use super::InvalidToken;
use crate::terms::is_guest;

/// What the rules of admission need.
#[derive(Clone)]
pub struct Membership {
    /// Object ids of groups, if the registration has Entra put them into tokens.
    pub groups: Groups,
    /// App roles of our registration.
    pub roles: Vec<String>,
    /// The user principal name; nothing for a guest. A guest's name in this tenant is made up
    /// (`#EXT#`), and their name at home is another tenant's word.
    pub upn: Option<String>,
}

/// The groups of a token.
#[derive(Clone)]
pub enum Groups {
    /// These.
    Listed(Vec<String>),
    /// There are too many for a token. Microsoft Graph has them.
    InGraph,
}

impl Membership {
    pub(super) fn read(claims: &Value) -> Result<Self, InvalidToken> {
        let groups = if claims.pointer("/_claim_names/groups").is_some() {
            Groups::InGraph
        } else {
            Groups::Listed(strings(claims, "groups")?)
        };
        Ok(Self {
            groups,
            roles: strings(claims, "roles")?,
            upn: upn(claims),
        })
    }
}

/// The claim `upn`, if the registration asks for it; otherwise what a v2 token has instead of it.
fn upn(claims: &Value) -> Option<String> {
    if claims.get("idp").is_some() {
        return None;
    }
    let claim = |name: &str| claims.get(name).and_then(Value::as_str);
    claim("upn")
        .or_else(|| claim("preferred_username"))
        .filter(|name| !is_guest(name))
        .map(str::to_owned)
}

/// The claim `email`, if `xms_edov` says that the owner of its domain has verified it. Any home
/// tenant can claim any other address. Entra writes `xms_edov` in several ways.
pub(super) fn verified_email(claims: &Value) -> Option<String> {
    let verified = match claims.get("xms_edov")? {
        Value::Bool(verified) => *verified,
        Value::Number(number) => number.as_u64() == Some(1),
        Value::String(text) => text == "1" || text.eq_ignore_ascii_case("true"),
        _ => false,
    };
    let email = claims.get("email").and_then(Value::as_str)?;
    (verified && email.matches('@').count() == 1).then(|| email.to_owned())
}

/// A claim that is a list of strings. A missing claim is an empty list.
fn strings(claims: &Value, name: &'static str) -> Result<Vec<String>, InvalidToken> {
    match claims.get(name) {
        None => Ok(Vec::new()),
        Some(claim) => serde_json::from_value(claim.clone()).map_err(|_| InvalidToken::Claim(name)),
    }
}
