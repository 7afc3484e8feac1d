//! The names of groups.

use super::admission::read_graph_url;
use super::client::Client;
use crate::settings::reader::Reader;
use crate::settings::table;
use crate::terms::Origin;

/// Where the names of a user's groups come from.
#[derive(Clone, Debug)]
pub struct GroupNames {
    /// Microsoft Graph; nothing if nobody wants them.
    pub graph_url: Option<Origin>,
}

impl GroupNames {
    /// Reads `SHOW_GROUP_NAMES` and `GRAPH_URL`.
    pub fn read(reader: &mut Reader<'_>, client: Option<&Client>) -> Option<Self> {
        let are_wanted = reader.read(&table::SHOW_GROUP_NAMES)?;
        let graph_url = read_graph_url(reader, client, are_wanted)?;
        Some(Self {
            graph_url: are_wanted.then_some(graph_url),
        })
    }
}
