//! What happens where Entra wants the user before it gives an AKS token: the one place where consent,
//! a stronger sign-in and kubelogin are chosen between (design, section 4).

use super::failure::AksFailure;
use super::interaction::refusal;
use crate::entra::{EntraError, EntraFailure};
use crate::platform::UnixTime;
use crate::session::attempt::Purpose;
use crate::session::{Interaction, InteractionKind, Outcome, Tokens};
use crate::settings::{AksConsent, Guid};

/// What happens next.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Way {
    /// The browser goes to Entra, once.
    Entra,
    /// It has gone there and not come back.
    Open,
    /// The user chooses between asking for consent and a device code.
    Choose {
        /// Whether consent was asked for, and Entra has not answered.
        open: bool,
    },
    /// kubelogin takes over.
    DeviceCode,
    /// Entra has refused, and there is no other way.
    Refused(EntraError),
}

/// The way on for a session with `tokens`, of which Entra wants `kind`, as it said with `error`.
/// Only a missing consent leads to kubelogin; MFA and Conditional Access never do.
pub fn way(
    consent: AksConsent,
    tokens: &Tokens,
    kind: &InteractionKind,
    error: &EntraError,
) -> Way {
    let by_kubelogin = matches!(kind, InteractionKind::Consent) && consent != AksConsent::Only;
    let before = tokens
        .interaction
        .as_ref()
        .filter(|interaction| !by_kubelogin || interaction.purpose == Purpose::Consent);
    if by_kubelogin
        && (consent == AksConsent::Kubelogin
            || tokens.job.is_some()
            || error.wants_an_administrator()
            || before.is_some_and(leads_to_kubelogin))
    {
        return Way::DeviceCode;
    }
    match before.map(|interaction| &interaction.outcome) {
        Some(Outcome::Open) if by_kubelogin => Way::Choose { open: true },
        Some(Outcome::Open) => Way::Open,
        Some(Outcome::Refused(refusal)) => Way::Refused(refusal.clone()),
        Some(Outcome::Granted) | None if by_kubelogin && consent == AksConsent::Ask => {
            Way::Choose { open: false }
        }
        Some(Outcome::Granted) | None => Way::Entra,
    }
}

/// The way on for a session of which nothing but `tokens` is known; nothing if it has a token, or Entra
/// has not said that it wants the user.
pub fn way_of(
    consent: AksConsent,
    tokens: &Tokens,
    server_id: &Guid,
    now: UnixTime,
) -> Option<Way> {
    if tokens.access_token(server_id, now).is_some() {
        return None;
    }
    match EntraFailure::Refused(Box::new(refusal(tokens)?)).into() {
        AksFailure::Interaction(kind, error) => Some(way(consent, tokens, &kind, &error)),
        _ => None,
    }
}

/// Whether what came of `interaction` leads to kubelogin, where that is enabled: consent was asked
/// for, and is not given.
pub fn leads_to_kubelogin(interaction: &Interaction) -> bool {
    interaction.purpose == Purpose::Consent
        && matches!(&interaction.outcome, Outcome::Refused(error) if error.lacks_consent())
}
