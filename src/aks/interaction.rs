//! Redirects to Entra for what the AKS token needs: consent, or a stronger sign-in.

use super::failure::AksFailure;
use crate::entra::EntraFailure;
use crate::entra_error::{EntraError, Verdict};
use crate::platform::{Platform, UnixTime};
use crate::session::attempt::Purpose;
use crate::session::{Attempt, Interaction, InteractionKind, Outcome, Reason, Tokens};
use crate::terms::{Guid, ReturnPath};

/// What Entra last wanted of the user; consent if it has said nothing.
pub fn wanted(tokens: &Tokens) -> InteractionKind {
    match refusal(tokens).map(|error| EntraFailure::Refused(Box::new(error)).into()) {
        Some(AksFailure::Interaction(kind, _)) => kind,
        _ => InteractionKind::Consent,
    }
}

/// Entra's refusal, if it wants a stronger sign-in. Only that sign-in then gives an AKS token.
pub fn wanted_step_up(tokens: &Tokens) -> Option<Box<EntraError>> {
    matches!(wanted(tokens), InteractionKind::StepUp { .. })
        .then(|| refusal(tokens).map(Box::new))
        .flatten()
}

/// Notes that the resource itself wants a stronger sign-in, as its `claims` say. The token that it
/// refused is dropped.
pub fn challenged(tokens: &mut Tokens, server_id: &Guid, claims: &str, now: UnixTime) {
    tokens.access_tokens.remove(server_id.as_str());
    let error = Box::new(EntraError::challenge(claims));
    AksFailure::from(EntraFailure::Refused(error)).note(now, tokens);
}

pub(super) fn refusal(tokens: &Tokens) -> Option<EntraError> {
    match &tokens.setback.as_ref()?.reason {
        Reason::Refused(error) => Some(error.clone()),
        Reason::Away(_) | Reason::Unusable(_) => None,
    }
}

/// The attempt that sends the browser to Entra for `kind`, and what to note of it.
pub fn begin_interaction<P: Platform>(
    platform: &P,
    kind: &InteractionKind,
    return_path: ReturnPath,
) -> (Attempt, Interaction) {
    let purpose = match kind {
        InteractionKind::Consent => Purpose::Consent,
        InteractionKind::StepUp { .. } => Purpose::StepUp,
    };
    let attempt = Attempt::begin(platform, purpose, return_path);
    let interaction = interaction(&attempt, Outcome::Open);
    (attempt, interaction)
}

/// Notes the outcome of an interaction.
pub fn end_interaction(attempt: &Attempt, outcome: Outcome, now: UnixTime, tokens: &mut Tokens) {
    if let Outcome::Refused(error) = &outcome {
        // Entra may now want more than before. A declined request is no new demand.
        let is_wish = matches!(error.verdict(), Verdict::Consent | Verdict::StepUp);
        let before = refusal(tokens).filter(|_| !is_wish);
        let error = Box::new(before.unwrap_or_else(|| error.clone()));
        AksFailure::from(EntraFailure::Refused(error)).note(now, tokens);
    }
    tokens.interaction = Some(interaction(attempt, outcome));
}

fn interaction(attempt: &Attempt, outcome: Outcome) -> Interaction {
    Interaction {
        state_hash: attempt.state_hash(),
        purpose: attempt.purpose,
        return_path: attempt.return_path.clone(),
        outcome,
    }
}
