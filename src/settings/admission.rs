//! Who may sign in.

use super::groups::Client;
use super::parse::list;
use super::reader::Reader;
use super::table;
use crate::terms::{Guid, Origin, is_guest};

/// The rules of admission. One that is not given admits everybody; of those that are given, each must.
#[derive(Clone, Debug)]
pub struct AdmissionSettings {
    /// Only these accounts.
    pub users: Option<Vec<AllowedUser>>,
    /// Only who has one of these app roles.
    pub roles: Option<Vec<String>>,
    /// Only who is in one of these groups.
    pub groups: Option<Vec<Guid>>,
    /// Who knows the groups of those who are in many.
    pub graph_url: Origin,
}

/// An entry of `ALLOWED_USERS`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum AllowedUser {
    /// An object id.
    Oid(Guid),
    /// A user principal name, in lower case.
    Upn(String),
}

impl AdmissionSettings {
    /// Reads `ALLOWED_USERS`, `ALLOWED_ROLES`, `ALLOWED_GROUPS` and `GRAPH_URL`.
    pub fn read(reader: &mut Reader<'_>, client: Option<&Client>) -> Option<Self> {
        let users = reader.read_optional(&table::ALLOWED_USERS);
        let roles = reader.read_optional(&table::ALLOWED_ROLES);
        let groups = reader.read_optional(&table::ALLOWED_GROUPS);
        let graph_url = reader.read(&table::GRAPH_URL)?;
        let public_graph = graph_url.as_str() == "https://graph.microsoft.com";
        let elsewhere = client.is_some_and(|client| is_national(&client.authority_host));
        if groups.is_some() && public_graph && elsewhere {
            reader.fault(
                &table::GRAPH_URL,
                "is that of another cloud than AUTHORITY_HOST",
            );
        }
        Some(Self {
            users,
            roles,
            groups,
            graph_url,
        })
    }

    /// Whether there is any rule.
    pub fn any(&self) -> bool {
        self.users.is_some() || self.roles.is_some() || self.groups.is_some()
    }
}

fn is_national(authority: &Origin) -> bool {
    [".us", ".cn"]
        .iter()
        .any(|end| authority.as_str().ends_with(end))
        || authority.as_str().ends_with("usgovcloudapi.net")
}

pub(super) fn guids(text: &str) -> Result<Vec<Guid>, String> {
    let guid = |entry: &str| {
        Guid::parse(entry).ok_or_else(|| format!("has `{entry}`, which is not an object id"))
    };
    list(text, guid)
}

pub(super) fn words(text: &str) -> Result<Vec<String>, String> {
    list(text, |entry| Ok(entry.to_owned()))
}

pub(super) fn users(text: &str) -> Result<Vec<AllowedUser>, String> {
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
