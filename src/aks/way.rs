//! What happens when Entra wants the user before it gives an AKS token. Only this module chooses
//! between consent, a stronger sign-in and kubelogin (ADR 15).

use super::failure::AksFailure;
use super::interaction::refusal;
use crate::entra::EntraFailure;
use crate::entra_error::EntraError;
use crate::platform::UnixTime;
use crate::session::attempt::Purpose;
use crate::session::{Interaction, InteractionKind, Outcome, Tokens};
use crate::settings::AksConsent;
use crate::terms::Guid;

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

/// The way on for a session with `tokens`. Entra wants `kind` of it, as it said with `error`. Only
/// a missing consent leads to kubelogin. MFA and Conditional Access never do.
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

/// The way on for a session of which only `tokens` are known. Nothing if it has a token, or if
/// Entra has not said that it wants the user.
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

/// Whether the outcome of `interaction` leads to kubelogin, where that is enabled: consent was
/// asked for, and was not given.
pub fn leads_to_kubelogin(interaction: &Interaction) -> bool {
    interaction.purpose == Purpose::Consent
        && matches!(&interaction.outcome, Outcome::Refused(error) if error.lacks_consent())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Job;
    use crate::terms::ReturnPath;

    fn error(error: &str, codes: &[u32]) -> EntraError {
        let described: String = codes.iter().map(|code| format!("AADSTS{code}: ")).collect();
        EntraError::from_callback(error, &described)
    }

    fn missing() -> EntraError {
        error("consent_required", &[65001])
    }

    fn after(purpose: Purpose, outcome: Outcome) -> Tokens {
        Tokens {
            interaction: Some(Interaction {
                state_hash: String::new(),
                purpose,
                return_path: ReturnPath::whoami(),
                outcome,
            }),
            ..Tokens::default()
        }
    }

    fn with_job() -> Tokens {
        Tokens {
            job: Some(Job {
                id: "1".to_owned(),
                return_path: ReturnPath::whoami(),
                refused: None,
            }),
            ..Tokens::default()
        }
    }

    /// What happens for each value of `AKS_CONSENT`: auto, ask, kubelogin, and without kubelogin.
    fn ways(tokens: &Tokens, kind: &InteractionKind, error: &EntraError) -> [Way; 4] {
        use AksConsent::{Ask, Auto, Kubelogin, Only};
        [Auto, Ask, Kubelogin, Only].map(|consent| way(consent, tokens, kind, error))
    }

    #[test]
    fn a_missing_consent_leads_by_the_setting_and_by_what_was_tried() {
        use Way::{DeviceCode, Entra, Open};
        let (declined, open) = (error("access_denied", &[65004]), Way::Choose { open: true });
        let (ask, refused) = (Way::Choose { open: false }, |e: &EntraError| {
            Way::Refused(e.clone())
        });
        let consent = |outcome| after(Purpose::Consent, outcome);
        let cases = [
            (Tokens::default(), [Entra, ask.clone(), DeviceCode, Entra]),
            (
                consent(Outcome::Granted),
                [Entra, ask.clone(), DeviceCode, Entra],
            ),
            (
                consent(Outcome::Open),
                [open.clone(), open, DeviceCode, Open],
            ),
            (
                consent(Outcome::Refused(missing())),
                [DeviceCode, DeviceCode, DeviceCode, refused(&missing())],
            ),
            (
                consent(Outcome::Refused(declined.clone())),
                [DeviceCode, DeviceCode, DeviceCode, refused(&declined)],
            ),
            (with_job(), [DeviceCode, DeviceCode, DeviceCode, Entra]),
            // An earlier stronger sign-in says nothing about consent.
            (
                after(Purpose::StepUp, Outcome::Refused(declined.clone())),
                [Entra, ask, DeviceCode, refused(&declined)],
            ),
        ];
        for (number, (tokens, expected)) in cases.into_iter().enumerate() {
            let ways = ways(&tokens, &InteractionKind::Consent, &missing());
            assert_eq!(ways, expected, "case {number}");
        }
    }

    #[test]
    fn consent_that_came_back_with_mfa_or_conditional_access_leads_to_no_device_code() {
        for code in [50076, 53003] {
            let stronger = error("access_denied", &[code]);
            let tokens = after(Purpose::Consent, Outcome::Refused(stronger.clone()));
            let [auto, ask, ..] = ways(&tokens, &InteractionKind::Consent, &missing());
            assert_eq!(auto, Way::Refused(stronger.clone()), "{code}");
            assert_eq!(ask, Way::Refused(stronger), "{code}");
        }
    }

    #[test]
    fn an_administrators_consent_is_not_asked_for() {
        for code in [90094, 90095] {
            let error = error("invalid_grant", &[code]);
            let ways = ways(&Tokens::default(), &InteractionKind::Consent, &error);
            let [auto, ask, kubelogin, only] = ways;
            assert_eq!([auto, ask, kubelogin], [const { Way::DeviceCode }; 3]);
            assert_eq!(only, Way::Entra);
        }
    }

    #[test]
    fn a_stronger_sign_in_never_leads_to_a_device_code() {
        let kind = InteractionKind::StepUp { claims: None };
        let stronger = error("interaction_required", &[50076]);
        let tried = [
            Tokens::default(),
            with_job(),
            after(Purpose::Consent, Outcome::Refused(missing())),
            after(Purpose::StepUp, Outcome::Open),
        ];
        for tokens in tried {
            for way in ways(&tokens, &kind, &stronger) {
                let leads_there = matches!(way, Way::DeviceCode | Way::Choose { .. });
                assert!(!leads_there, "{way:?}");
            }
        }
    }
}
