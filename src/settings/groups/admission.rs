//! Who may sign in.

use super::client::Client;
use crate::settings::reader::Reader;
use crate::settings::table;
use crate::settings::values::admission::AllowedUser;
use crate::terms::{Guid, Origin};

/// The rules of admission. A rule that is not given admits everybody. Every given rule must admit.
#[derive(Clone, Debug)]
pub struct AdmissionSettings {
    /// Only these accounts.
    pub users: Option<Vec<AllowedUser>>,
    /// Only accounts with one of these app roles.
    pub roles: Option<Vec<String>>,
    /// Only members of one of these groups.
    pub groups: Option<Vec<Guid>>,
    /// Microsoft Graph, which knows the groups of users who are in many.
    pub graph_url: Origin,
}

impl AdmissionSettings {
    /// Reads `ALLOWED_USERS`, `ALLOWED_ROLES`, `ALLOWED_GROUPS` and `GRAPH_URL`.
    pub fn read(reader: &mut Reader<'_>, client: Option<&Client>) -> Option<Self> {
        let users = reader.read_optional(&table::ALLOWED_USERS);
        let roles = reader.read_optional(&table::ALLOWED_ROLES);
        let groups = reader.read_optional(&table::ALLOWED_GROUPS);
        let graph_url = read_graph_url(reader, client, groups.is_some())?;
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

/// Reads `GRAPH_URL`. If it `is_needed`, it must be of the cloud of `client`.
pub(super) fn read_graph_url(
    reader: &mut Reader<'_>,
    client: Option<&Client>,
    is_needed: bool,
) -> Option<Origin> {
    let graph_url = reader.read(&table::GRAPH_URL)?;
    let public_graph = graph_url.as_str() == "https://graph.microsoft.com";
    let elsewhere = client.is_some_and(|client| is_national(&client.authority_host));
    if is_needed && public_graph && elsewhere {
        reader.fault(
            &table::GRAPH_URL,
            "is that of another cloud than AUTHORITY_HOST",
        );
    }
    Some(graph_url)
}

fn is_national(authority: &Origin) -> bool {
    [".us", ".cn"]
        .iter()
        .any(|end| authority.as_str().ends_with(end))
        || authority.as_str().ends_with("usgovcloudapi.net")
}
