//! The user's AKS token: obtained and refreshed silently, and what to do when Entra wants more.

use serde_json::{Map, Value};

use crate::entra::authorize::aks_scope;
use crate::entra::{
    Away, Entra, EntraError, EntraFailure, Grant, TokenAnswer, Verdict, decode_unverified, scopes,
};
use crate::function::Call;
use crate::identity::User;
use crate::log::Event;
use crate::platform::{Platform, UnixTime};
use crate::return_path::ReturnPath;
use crate::session::attempt::Purpose;
use crate::session::{
    AccessToken, Attempt, Interaction, InteractionKind, Live, Outcome, Source, Tokens,
};
use crate::settings::Guid;

/// While a redirect for the token is open or refused, Entra is asked silently once in so many
/// seconds: an administrator may have consented meanwhile, and Entra counts loops (AADSTS50196).
const PATIENCE: u64 = 60;

/// Why there is no AKS token.
#[derive(Debug)]
pub enum AksFailure {
    /// Entra wants the user in a browser.
    Interaction(InteractionKind, Box<EntraError>),
    /// The refresh token is dead.
    SignInAgain(Box<EntraError>),
    /// Entra refuses, and the user cannot mend it.
    Refused(Box<EntraError>),
    /// There is no refresh token to ask with: Entra gave none, or it died.
    NoRefreshToken,
    /// What came is not a token for this user and AKS.
    Unusable(&'static str),
    /// Something is away for the moment.
    Away(Away),
}

impl AksFailure {
    /// For the log: what came of asking.
    fn name(&self) -> &'static str {
        match self {
            Self::Interaction(InteractionKind::Consent, _) => "consent_required",
            Self::Interaction(InteractionKind::StepUp { .. }, _) => "step_up_required",
            Self::SignInAgain(_) => "sign_in_required",
            Self::Refused(_) => "refused",
            Self::NoRefreshToken => "no_refresh_token",
            Self::Unusable(_) => "unusable",
            Self::Away(_) => "away",
        }
    }

    /// For the log: what Entra said.
    fn entra(&self) -> Option<&EntraError> {
        match self {
            Self::Interaction(_, error) | Self::SignInAgain(error) | Self::Refused(error) => {
                Some(error)
            }
            Self::NoRefreshToken | Self::Unusable(_) | Self::Away(_) => None,
        }
    }

    /// For the log: what else there is to say.
    fn detail(&self) -> Option<String> {
        match self {
            Self::Unusable(what) => Some((*what).to_owned()),
            Self::Away(away) => Some(format!("{}: {}", away.what, away.reason)),
            _ => None,
        }
    }
}

impl From<Away> for AksFailure {
    fn from(away: Away) -> Self {
        Self::Away(away)
    }
}

impl From<EntraFailure> for AksFailure {
    fn from(failure: EntraFailure) -> Self {
        match failure {
            EntraFailure::Away(away) => Self::Away(away),
            EntraFailure::Refused(error) => match error.verdict() {
                Verdict::Consent => Self::Interaction(InteractionKind::Consent, error),
                Verdict::StepUp => {
                    let claims = error.claims.clone();
                    Self::Interaction(InteractionKind::StepUp { claims }, error)
                }
                Verdict::SignInAgain => Self::SignInAgain(error),
                Verdict::Transient | Verdict::Refused => Self::Refused(error),
            },
        }
    }
}

/// Obtains an AKS token by the refresh token and puts both, the new refresh token too, into
/// `tokens`, which the caller stores.
///
/// # Errors
/// When there is none to be had; `tokens` is then unchanged.
pub async fn acquire<P: Platform>(
    entra: &Entra<'_, P>,
    server_id: &Guid,
    user: &User,
    tokens: &mut Tokens,
) -> Result<(), AksFailure> {
    let Some(refresh_token) = &tokens.refresh_token else {
        return Err(AksFailure::NoRefreshToken);
    };
    let assertion = entra.client_assertion().await?;
    let grant = Grant::RefreshToken(refresh_token);
    let answer = entra
        .tokens(grant, &aks_scope(server_id), &assertion)
        .await?;
    keep(answer, server_id, user, entra.platform.now(), tokens).map_err(AksFailure::Unusable)?;
    tokens.interaction = None;
    Ok(())
}

/// Puts the tokens of `answer`, which were asked for AKS, into `tokens`.
///
/// # Errors
/// When the access token is not `user`'s, or not for AKS.
pub fn keep(
    answer: TokenAnswer,
    server_id: &Guid,
    user: &User,
    now: UnixTime,
    tokens: &mut Tokens,
) -> Result<(), &'static str> {
    let claims = decode_unverified(answer.access_token.reveal()).ok_or("it is no JWT")?;
    check(&claims, server_id, user)?;
    let token = AccessToken {
        token: answer.access_token,
        source: Source::Entra,
        scopes: scopes(&answer.scope),
        issued_at: now,
        expires_at: now.plus(answer.expires_in),
    };
    tokens.access_tokens.insert(server_id.to_string(), token);
    if answer.refresh_token.is_some() {
        tokens.refresh_token = answer.refresh_token;
    }
    tokens.generation += 1;
    Ok(())
}

/// Notes that the browser is sent to Entra for what the AKS token needs, and gives the attempt.
pub fn begin_interaction<P: Platform>(
    platform: &P,
    kind: InteractionKind,
    return_path: ReturnPath,
    tokens: &mut Tokens,
) -> Attempt {
    let purpose = match kind {
        InteractionKind::Consent => Purpose::Consent,
        InteractionKind::StepUp { .. } => Purpose::StepUp,
    };
    let attempt = Attempt::begin(platform, purpose, return_path.clone());
    tokens.interaction = Some(Interaction {
        kind,
        state_hash: attempt.state_hash(),
        return_path,
        outcome: Outcome::Open,
        not_before: platform.now().plus(PATIENCE),
    });
    attempt
}

/// Notes what came of an interaction: the one place where kubelogin will take over what Entra has
/// refused (design, section 4).
pub fn end_interaction<P: Platform>(
    platform: &P,
    attempt: &Attempt,
    outcome: Outcome,
    tokens: &mut Tokens,
) {
    let claims = match tokens
        .interaction
        .take()
        .map(|interaction| interaction.kind)
    {
        Some(InteractionKind::StepUp { claims }) => claims,
        _ => None,
    };
    let kind = match attempt.purpose {
        Purpose::StepUp => InteractionKind::StepUp { claims },
        Purpose::SignIn | Purpose::Consent => InteractionKind::Consent,
    };
    tokens.interaction = Some(Interaction {
        kind,
        state_hash: attempt.state_hash(),
        return_path: attempt.return_path.clone(),
        outcome,
        not_before: platform.now().plus(PATIENCE),
    });
}

/// Notes that Entra was asked silently once more, in vain.
pub fn wait<P: Platform>(platform: &P, interaction: &mut Interaction) {
    interaction.not_before = platform.now().plus(PATIENCE);
}

/// Logs what came of asking for the token of `session`, as `event`.
pub fn log<P: Platform>(
    call: &Call<'_, P>,
    event: &'static str,
    session: &Live,
    outcome: &Result<(), AksFailure>,
) {
    let failure = outcome.as_ref().err();
    let detail = failure.and_then(AksFailure::detail);
    Event {
        outcome: failure.map_or("ok", AksFailure::name),
        session: Some(session.handle.fingerprint()),
        entra: failure.and_then(AksFailure::entra),
        detail: detail.as_deref(),
        ..call.event(event).of(&session.record.user)
    }
    .log(call.platform);
}

/// The token came from Entra itself over TLS; what is checked is that it was not mixed up.
fn check(claims: &Map<String, Value>, server_id: &Guid, user: &User) -> Result<(), &'static str> {
    let claim = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default();
    // Entra writes the audience of v1 tokens as the GUID, or as the App ID URI `spn:GUID`.
    let audience = claim("aud");
    if audience.strip_prefix("spn:").unwrap_or(audience) != server_id.as_str() {
        return Err("its audience is not the AKS server application");
    }
    if claim("tid") != user.tid || claim("oid") != user.oid {
        return Err("it is another user's");
    }
    Ok(())
}
