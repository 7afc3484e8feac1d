//! Values of the rules of admission.

use super::parse::list;
use crate::terms::{Guid, is_guest};

/// An entry of `ALLOWED_USERS`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum AllowedUser {
    /// An object id.
    Oid(Guid),
    /// A user principal name, in lower case.
    Upn(String),
}

pub(in crate::settings) fn guids(text: &str) -> Result<Vec<Guid>, String> {
    let guid = |entry: &str| {
        Guid::parse(entry).ok_or_else(|| format!("has `{entry}`, which is not an object id"))
    };
    list(text, guid)
}

pub(in crate::settings) fn words(text: &str) -> Result<Vec<String>, String> {
    list(text, |entry| Ok(entry.to_owned()))
}

pub(in crate::settings) fn users(text: &str) -> Result<Vec<AllowedUser>, String> {
    list(text, user)
}

fn user(entry: &str) -> Result<AllowedUser, String> {
    if let Some(oid) = Guid::parse(entry) {
        return Ok(AllowedUser::Oid(oid));
    }
    if is_guest(entry) {
        return Err(format!(
            "has `{entry}`, the made-up name of a guest; write their object id"
        ));
    }
    match entry.split_once('@') {
        Some((name, domain))
            if entry.is_ascii()
                && !name.is_empty()
                && !domain.is_empty()
                && !domain.contains('@') =>
        {
            Ok(AllowedUser::Upn(entry.to_ascii_lowercase()))
        }
        _ => Err(format!(
            "has `{entry}`, which is neither an object id nor a user principal name"
        )),
    }
}
