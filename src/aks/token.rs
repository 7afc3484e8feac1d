//! A session's AKS token. One request at a time refreshes it when it is due.

use super::acquire::acquire;
use super::failure::AksFailure;
use super::log::log;
use crate::admission::Door;
use crate::call::Call;
use crate::outbound::{Away, Dependency};
use crate::platform::{Platform, UnixTime};
use crate::session::lease::{self, Lease, Patience, Turn};
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

/// What a session holds.
pub enum Held {
    /// A token that is still valid, among these.
    Token(Tokens),
    /// No valid token, and why.
    Nothing(Tokens, AksFailure),
    /// The session has ended.
    Ended,
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
        let mut patience = Patience::begin(self.door.records);
        loop {
            let Some(tokens) = holder.grant.tokens(self.door.records).await? else {
                return Ok(Held::Ended);
            };
            let lives = self.lives(&tokens, refused);
            if lives && !self.is_due(&tokens) {
                return Ok(Held::Token(tokens));
            }
            if let Some(failure) = self.known(&tokens) {
                return Ok(held(lives, tokens, failure));
            }
            let tolerance = self.door.clock_tolerance;
            match lease::take(self.door.records, tolerance, holder, &tokens).await? {
                Turn::Mine(lease) => return self.refresh(refused, holder, *lease).await,
                Turn::Ended => return Ok(Held::Ended),
                Turn::Another if lives => return Ok(Held::Token(tokens)),
                Turn::Another => {
                    if let Err(busy) = patience.wait().await {
                        let away = Away::new(Dependency::Entra, busy.to_string());
                        return Ok(Held::Nothing(tokens, AksFailure::Away(away)));
                    }
                }
                Turn::Moved => {}
            }
        }
    }

    /// Asks Entra. What it gives is stored before anybody sees it. If the lease has ended by then it is
    /// good for this request alone: another one asks again.
    async fn refresh(
        &self,
        refused: Option<&Secret>,
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
            Err(failure) => held(self.lives(&tokens, refused), tokens, failure),
        })
    }

    /// The outcome of the last try, while Entra must not be asked again.
    fn known(&self, tokens: &Tokens) -> Option<AksFailure> {
        let setback = tokens.setback.as_ref()?;
        setback
            .holds(self.now())
            .then(|| setback.failure(self.now()))
    }

    fn lives(&self, tokens: &Tokens, refused: Option<&Secret>) -> bool {
        let token = tokens.access_token(&self.settings.server_id, self.now());
        token.is_some_and(|token| {
            !refused.is_some_and(|refused| same(token.token.reveal(), refused.reveal()))
        })
    }

    fn is_due(&self, tokens: &Tokens) -> bool {
        let token = tokens.access_tokens.get(self.settings.server_id.as_str());
        token.is_none_or(|token| token.is_due(self.now(), self.settings.refresh_margin))
    }

    fn now(&self) -> UnixTime {
        self.door.records.platform.now()
    }
}

/// A final failure counts even if a token is valid. After any other failure a valid token serves.
fn held(lives: bool, tokens: Tokens, failure: AksFailure) -> Held {
    match failure {
        AksFailure::SignInAgain(_) | AksFailure::NotAdmitted(_) => Held::Nothing(tokens, failure),
        _ if lives => Held::Token(tokens),
        _ => Held::Nothing(tokens, failure),
    }
}
