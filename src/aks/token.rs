//! A session's AKS token. One request at a time refreshes it when it is due.

use super::acquire::acquire;
use super::failure::AksFailure;
use super::held::{Held, Next, Renewed, next, serving};
use super::log::log;
use crate::admission::Door;
use crate::call::Call;
use crate::platform::{Platform, UnixTime};
use crate::session::lease::Lease;
use crate::session::{self, Holder, Tokens};
use crate::settings::AksSettings;
use crate::store::StoreFailure;
use crate::terms::Secret;
use crate::terms::secret::same;

/// What is needed to keep AKS tokens fresh.
pub struct AksToken<'a, P> {
    /// The request.
    pub call: &'a Call<'a, P>,
    /// The server that tokens are for, and how early they are refreshed.
    pub settings: &'a AksSettings,
    /// Whether the user is still admitted. It also has Entra, the store and the clock tolerance.
    pub door: Door<'a, P>,
}

impl<P: Platform> AksToken<'_, P> {
    /// The token of `holder`. When it is due, one request on one replica asks Entra. The others
    /// take the old token while it is valid, and otherwise wait for the new one. A transient
    /// failure leaves the old token in force.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn of(&self, holder: &Holder<'_>) -> Result<Held, StoreFailure> {
        self.other_than(None, holder).await
    }

    /// As [`AksToken::of`], but another token than `refused`. Its resource does not accept it
    /// although it is valid, so it counts as expired.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn instead_of(
        &self,
        refused: &Secret,
        holder: &Holder<'_>,
    ) -> Result<Held, StoreFailure> {
        self.other_than(Some(refused), holder).await
    }

    async fn other_than(
        &self,
        refused: Option<&Secret>,
        holder: &Holder<'_>,
    ) -> Result<Held, StoreFailure> {
        let wanted = Wanted {
            token: self,
            refused,
        };
        Ok(match next(&wanted, &self.door, holder).await? {
            Next::Use(tokens, ()) => Held::Token(*tokens),
            Next::Renew(lease) => self.refresh(&wanted, holder, *lease).await?,
            Next::Nothing(tokens, failure) => Held::Nothing(tokens, failure),
            Next::Ended => Held::Ended,
        })
    }

    /// Asks Entra. What it gives is stored before anybody sees it. If the lease has ended by then it is
    /// good for this request alone: another one asks again.
    async fn refresh(
        &self,
        wanted: &Wanted<'_, P>,
        holder: &Holder<'_>,
        lease: Lease,
    ) -> Result<Held, StoreFailure> {
        let (server_id, user) = (&self.settings.server_id, holder.user);
        let mut tokens = lease.tokens.clone();
        let door = Some(&self.door);
        let outcome = acquire(self.door.entra, server_id, user, door, &mut tokens).await;
        match outcome {
            Err(AksFailure::NotAdmitted(_)) => session::end(self.door.records, holder).await?,
            _ => {
                lease.write(self.door.records, &mut tokens).await?;
            }
        }
        log(self.call, "refresh", holder, outcome.as_ref().err());
        session::sweep_beside(self.call, self.door.records).await;
        Ok(match outcome {
            Ok(()) => Held::Token(tokens),
            Err(failure) => match serving(wanted.living(&tokens), &failure) {
                Some(()) => Held::Token(tokens),
                None => Held::Nothing(Box::new(tokens), failure),
            },
        })
    }

    fn now(&self) -> UnixTime {
        self.door.records.platform.now()
    }
}

/// A token for the AKS server, but not the one that its resource has refused.
struct Wanted<'a, P> {
    token: &'a AksToken<'a, P>,
    refused: Option<&'a Secret>,
}

impl<P: Platform> Renewed for Wanted<'_, P> {
    type Living = ();

    fn living(&self, tokens: &Tokens) -> Option<()> {
        let server_id = &self.token.settings.server_id;
        let token = tokens.access_token(server_id, self.token.now())?;
        let is_refused = |refused: &&Secret| same(token.token.reveal(), refused.reveal());
        self.refused.filter(is_refused).is_none().then_some(())
    }

    fn is_due(&self, tokens: &Tokens, (): &()) -> bool {
        let settings = self.token.settings;
        let token = tokens.access_tokens.get(settings.server_id.as_str());
        token.is_none_or(|token| token.is_due(self.token.now(), settings.refresh_margin))
    }

    fn known(&self, tokens: &Tokens) -> Option<AksFailure> {
        let (setback, now) = (tokens.setback.as_ref()?, self.token.now());
        setback.holds(now).then(|| setback.failure(now))
    }
}
