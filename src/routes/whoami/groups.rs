//! The names of the user's groups, for the page. Where they cannot be had, the page comes without them.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::respond::Visit;
use crate::entra::{Entra, EntraFailure, NamedGroups, NoNames};
use crate::log::Event;
use crate::platform::{Platform, UnixTime};
use crate::session::write_until;
use crate::store::StoreFailure;
use crate::terms::{Origin, Secret};

const KIND: &str = "group-names";
/// How long an answer is kept, in seconds.
const KEPT: u64 = 300;
/// How long it is kept that Graph is away, in seconds.
const AWAY: u64 = 60;
/// How long the page waits for the sidecar, Entra and Graph together.
const PATIENCE: Duration = Duration::from_secs(3);

/// The names of groups, or why there are none.
pub(super) type Said = Result<NamedGroups, NoNames>;

/// What was said, and when.
#[derive(Deserialize, Serialize)]
struct Kept {
    said: Said,
    at: UnixTime,
}

impl Kept {
    fn holds(&self, now: UnixTime) -> bool {
        let longest = match self.said {
            Err(NoNames::Away) => AWAY,
            Ok(_) | Err(NoNames::NotAllowed) => KEPT,
        };
        self.at <= now && now.since(self.at) < longest
    }
}

impl<P: Platform> Visit<'_, P> {
    /// What Graph says, or said a moment ago; nothing if nobody wants it.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) async fn group_names(
        &self,
        refresh_token: Option<&Secret>,
    ) -> Result<Option<Said>, StoreFailure> {
        let Some(graph) = &self.settings.group_names.graph_url else {
            return Ok(None);
        };
        let id = self
            .records
            .keyring
            .name(KIND, &self.session.record.user.key());
        let now = self.call.platform.now();
        let kept: Option<Kept> = self.records.read_cached(KIND, &id, &[]).await?;
        if let Some(kept) = kept.filter(|kept| kept.holds(now)) {
            return Ok(Some(kept.said));
        }
        let said = self.ask_graph(graph, refresh_token).await;
        let kept = Kept { said, at: now };
        write_until(self.records, now.plus(KEPT), KIND, &id, &kept).await?;
        Ok(Some(kept.said))
    }

    async fn ask_graph(&self, graph: &Origin, refresh_token: Option<&Secret>) -> Said {
        let refresh_token = refresh_token.ok_or(NoNames::NotAllowed)?;
        let (client, sidecar) = (&self.settings.client, &self.settings.sidecar);
        let entra = Entra::within(self.call.platform, client, sidecar, PATIENCE);
        let failure = match entra.named_groups(graph, refresh_token).await {
            Ok(groups) => return Ok(groups),
            Err(failure) => failure,
        };
        let event = self.call.event("group_names").of(&self.session.record.user);
        match &failure {
            EntraFailure::Refused(error) => {
                let (outcome, entra) = ("refused", Some(&**error));
                Event {
                    outcome,
                    entra,
                    ..event
                }
                .log(self.call.platform);
                Err(NoNames::NotAllowed)
            }
            EntraFailure::Away(away) => {
                let (outcome, detail) = ("away", away.detail());
                let detail = Some(detail.as_str());
                Event {
                    outcome,
                    detail,
                    ..event
                }
                .log(self.call.platform);
                Err(NoNames::Away)
            }
        }
    }
}
