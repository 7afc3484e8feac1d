//! What a grant's tokens record holds.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::attempt::Purpose;
use crate::entra_error::EntraError;
use crate::outbound::Dependency;
use crate::platform::UnixTime;
use crate::terms::{Guid, ReturnPath, Secret};

/// The tokens of one grant.
#[derive(Clone, Default, Deserialize, Serialize)]
pub struct Tokens {
    /// Obtains access tokens silently. It is absent once Entra has refused it for good.
    pub refresh_token: Option<Secret>,
    /// The access tokens, by the application id of their resource.
    pub access_tokens: BTreeMap<String, AccessToken>,
    /// Counts the writes of new tokens.
    pub generation: u64,
    /// The number of the next lease of this generation.
    #[serde(default)]
    pub next_try: u64,
    /// The outcome of the last try to get an AKS token, if it gave none.
    pub setback: Option<Setback>,
    /// The redirect to Entra that an AKS token needed, if any.
    pub interaction: Option<Interaction>,
    /// The last run of kubelogin for this grant.
    #[serde(default)]
    pub job: Option<Job>,
    /// What the ID token of the last sign-in said of the user, if a cluster has to be told.
    #[serde(default)]
    pub identity: Option<Identity>,
    /// When the user was last led to Entra for what an AKS token of an app needs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aks_led_at: Option<UnixTime>,
    /// What was obtained for other scopes than that of AKS, by scope.
    #[serde(default)]
    pub scoped: BTreeMap<String, Scoped>,
}

/// What was obtained for one scope.
#[derive(Clone, Default, Deserialize, Serialize)]
pub struct Scoped {
    /// The tokens, once there were any.
    pub tokens: Option<ScopedTokens>,
    /// The outcome of the last try, if it gave none.
    pub setback: Option<Setback>,
    /// When the user was last led to Entra for what they need.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub led_at: Option<UnixTime>,
}

/// The tokens for one scope.
#[derive(Clone, Deserialize, Serialize)]
pub struct ScopedTokens {
    /// For the API whose scope it is; nothing if only OpenID Connect was asked for.
    pub access_token: Option<Secret>,
    /// The ID token that came with it, if somebody needs it.
    pub id_token: Option<Secret>,
    /// When they were received.
    pub issued_at: UnixTime,
    /// When Entra wants them to be refreshed; nothing if it does not say.
    pub refresh_at: Option<UnixTime>,
    /// When the first of them ends.
    pub expires_at: UnixTime,
}

/// The scopes of one grant: as many as there can be upstreams, one for all apps, and OpenID Connect alone.
const MOST_SCOPES: usize = 18;

/// What a cluster is told of a user whose token it does not take.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Identity {
    /// The user principal name, if the user has one in this tenant.
    pub upn: Option<String>,
    /// The object ids of the user's groups.
    pub groups: Vec<String>,
}

impl Tokens {
    /// The token for `audience`, if it has not ended.
    pub fn access_token(&self, audience: &Guid, now: UnixTime) -> Option<&AccessToken> {
        let token = self.access_tokens.get(audience.as_str());
        token.filter(|token| token.left(now) > 0)
    }

    /// Keeps what came of a try for `scope`. What was kept for scopes that nobody asks for any more goes, the
    /// oldest first, so that the record stays small.
    pub fn keep_scoped(&mut self, scope: &str, scoped: Scoped) {
        self.scoped.insert(scope.to_owned(), scoped);
        while self.scoped.len() > MOST_SCOPES {
            let issued = |scoped: &Scoped| scoped.tokens.as_ref().map(|tokens| tokens.issued_at);
            let others = self.scoped.iter().filter(|(other, _)| *other != scope);
            let oldest = others.min_by_key(|(_, scoped)| issued(scoped));
            let Some(oldest) = oldest.map(|(other, _)| other.clone()) else {
                return;
            };
            self.scoped.remove(&oldest);
        }
    }

    /// Takes over what a new sign-in on the same grant brought. What was kept for other scopes is asked for
    /// again: the user may have consented to more. It stays known who was led to Entra for them.
    pub fn renew(&mut self, new: &Self) {
        self.scoped.retain(|_, scoped| scoped.led_at.is_some());
        for scoped in self.scoped.values_mut() {
            (scoped.tokens, scoped.setback) = (None, None);
        }
        self.refresh_token = new.refresh_token.clone().or(self.refresh_token.take());
        self.access_tokens.extend(new.access_tokens.clone());
        self.setback.clone_from(&new.setback);
        self.interaction.clone_from(&new.interaction);
        self.identity.clone_from(&new.identity);
        self.generation += 1;
    }
}

/// A try that gave no token. It is kept for all replicas, so that nobody asks again too soon.
#[derive(Clone, Deserialize, Serialize)]
pub struct Setback {
    /// Entra is not asked again before this moment.
    pub not_before: UnixTime,
    /// Why.
    pub reason: Reason,
}

/// Why a try gave no token.
#[derive(Clone, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Entra, or what is needed to ask it, was away.
    Away(Dependency),
    /// Entra refused.
    Refused(EntraError),
    /// The answer was not a token for this user and AKS.
    Unusable(String),
}

/// A token for one resource, as Entra gave it.
#[derive(Clone, Deserialize, Serialize)]
pub struct AccessToken {
    /// The token itself. It is sent only to its resource.
    pub token: Secret,
    /// Who obtained it.
    pub source: Source,
    /// What it allows, in Entra's words.
    pub scopes: Vec<String>,
    /// When it was received.
    pub issued_at: UnixTime,
    /// When Entra wants it to be refreshed, which is before its end; nothing if Entra does not say.
    pub refresh_at: Option<UnixTime>,
    /// When it ends.
    pub expires_at: UnixTime,
}

impl AccessToken {
    /// How many seconds it is still valid.
    pub fn left(&self, now: UnixTime) -> u64 {
        self.expires_at.since(now)
    }

    /// Whether it is time for a new one: in the last `margin` seconds, or once Entra wants it.
    pub fn is_due(&self, now: UnixTime, margin: u64) -> bool {
        self.left(now) <= margin || self.refresh_at.is_some_and(|moment| now >= moment)
    }
}

/// Who obtained a token.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// This proxy, from Entra.
    Entra,
    /// kubelogin, by a device code that the user entered.
    Kubelogin,
}

/// A run of kubelogin.
#[derive(Clone, Deserialize, Serialize)]
pub struct Job {
    /// The sidecar's id for it.
    pub id: String,
    /// Where the user was going.
    pub return_path: ReturnPath,
    /// Why the token that it brought was not kept. Every tab says so, until there is a new run.
    #[serde(default)]
    pub refused: Option<TokenRefused>,
}

/// Why a token was not kept.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenRefused {
    /// It is another user's.
    AnotherUser,
    /// It is not valid, or not for AKS. The text says what is wrong.
    Unusable(String),
}

/// A redirect to Entra for the AKS token. No second one follows automatically.
#[derive(Clone, Deserialize, Serialize)]
pub struct Interaction {
    /// SHA-256 of the attempt's state.
    pub state_hash: String,
    /// What it asks for.
    pub purpose: Purpose,
    /// Where it leads.
    pub return_path: ReturnPath,
    /// Its outcome.
    pub outcome: Outcome,
}

/// What Entra wants of the user before it gives an AKS token.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum InteractionKind {
    /// The user's (or an administrator's) consent.
    Consent,
    /// A stronger sign-in: MFA or another Conditional Access condition.
    StepUp {
        /// Entra's claims challenge, sent back to it in `claims`.
        claims: Option<String>,
    },
}

impl InteractionKind {
    /// The claims challenge that goes back to Entra.
    pub fn claims(&self) -> Option<&str> {
        match self {
            Self::Consent => None,
            Self::StepUp { claims } => claims.as_deref(),
        }
    }
}

/// The outcome of an [`Interaction`].
#[derive(Clone, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The user was sent to Entra and has not come back.
    Open,
    /// Entra gave the token.
    Granted,
    /// Entra, or the user there, refused.
    Refused(EntraError),
}
