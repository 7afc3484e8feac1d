//! The groups of a user: from the ID token, or from Microsoft Graph if the token has no room for
//! them.

use serde::{Deserialize, Serialize};

use super::door::Door;
use super::rules::any_is_in;
use crate::entra::{Groups, IdToken};
use crate::outbound::{Away, Dependency};
use crate::platform::{Platform, UnixTime};
use crate::session::write_until;
use crate::terms::{Secret, User};

const KIND: &str = "groups";
/// How long Graph's answer is kept, in seconds. It serves the five tabs in which a user signs in.
const KEPT: u64 = 300;

/// What Graph said.
#[derive(Deserialize, Serialize)]
struct Said {
    groups: Vec<String>,
    at: UnixTime,
}

impl<P: Platform> Door<'_, P> {
    /// Whether `ALLOWED_GROUPS` refuses this user.
    pub(super) async fn refused_by_groups(
        &self,
        id_token: &IdToken,
        refresh_token: Option<&Secret>,
    ) -> Result<bool, Away> {
        let Some(allowed) = &self.settings.groups else {
            return Ok(false);
        };
        let groups = self.groups(id_token, refresh_token).await?;
        Ok(!any_is_in(&groups, allowed))
    }

    /// All groups of the user whom `id_token` names.
    ///
    /// # Errors
    /// When Graph has them and cannot be asked.
    pub async fn groups(
        &self,
        id_token: &IdToken,
        refresh_token: Option<&Secret>,
    ) -> Result<Vec<String>, Away> {
        match &id_token.membership.groups {
            Groups::Listed(groups) => Ok(groups.clone()),
            Groups::InGraph => self.in_graph(&id_token.user, refresh_token).await,
        }
    }

    /// What Graph says, or said a moment ago. If Graph is away, the groups are unknown.
    async fn in_graph(
        &self,
        user: &User,
        refresh_token: Option<&Secret>,
    ) -> Result<Vec<String>, Away> {
        let id = self.records.keyring.name(KIND, &user.key());
        let now = self.records.platform.now();
        let said: Option<Said> = self.records.read_cached(KIND, &id, &[]).await?;
        if let Some(said) = said.filter(|said| said.at <= now && now.since(said.at) < KEPT) {
            return Ok(said.groups);
        }
        let refresh_token = refresh_token.ok_or_else(|| {
            Away::new(
                Dependency::Graph,
                "not asked: Entra has given no refresh token",
            )
        })?;
        let graph = &self.settings.graph_url;
        let groups = self.entra.groups(graph, refresh_token).await?;
        let said = Said { groups, at: now };
        write_until(self.records, now.plus(KEPT), KIND, &id, &said).await?;
        Ok(said.groups)
    }
}
