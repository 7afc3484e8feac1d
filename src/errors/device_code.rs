//! What a client is told where a device code is needed, or gives no token.

use super::problem::Problem;
use crate::entra_error;
use crate::kubelogin::{DeviceCodeError, Reason, RunFailure};
use crate::session::TokenRefused;

/// Both ways to a token: consent, and a device code.
pub(super) fn choice(open: bool) -> Problem {
    let detail = if open {
        "You are signed in, but there is no token for AKS yet: you were sent to Microsoft Entra for it \
         and have not come back. If an administrator has to allow it, come back when that is done, or \
         continue with a device code, which needs nobody's permission."
    } else {
        "You are signed in, but this application is not allowed yet to use AKS on your behalf. Ask \
         Microsoft Entra for that permission, or continue with a device code, which needs none."
    };
    Problem::new(400, "consent-or-device-code", "A permission is missing")
        .detail(detail)
        .ask_again()
        .device_code()
        .sign_out()
}

/// Why a device code gives no token.
pub(super) fn problem(error: &DeviceCodeError) -> Problem {
    match error {
        DeviceCodeError::Disabled => {
            Problem::new(403, "kubelogin-disabled", "No device codes here")
                .detail("This proxy does not run kubelogin (KUBELOGIN_ENABLED).")
                .ask_again()
        }
        DeviceCodeError::Needed => Problem::new(
            400,
            "device-code-required",
            "A device code is needed",
        )
        .detail(
            "This application is not allowed to use AKS on your behalf. POST to the address in \
                 `device_code` for a device code, or open the one in `login` in a browser.",
        )
        .ask_again()
        .device_code(),
        DeviceCodeError::NotThere => missing(),
        DeviceCodeError::Busy(seconds) => Problem::new(
            429,
            "too-many-device-codes",
            "Too many device codes",
        )
        .detail(
            "As many people as this proxy takes are entering device codes. Try again in a minute.",
        )
        .retry_after(*seconds)
        .device_code(),
        DeviceCodeError::NotAsked => Problem::new(400, "no-device-code", "No device code")
            .detail("No device code was asked for in this session, or it was cancelled.")
            .ask_again()
            .device_code(),
        DeviceCodeError::Lost => Problem::new(400, "device-code-lost", "This device code is gone")
            .detail("It ended, or the service that waited for it was restarted. Get a new one.")
            .device_code(),
        DeviceCodeError::Run(failure) => run(failure),
        DeviceCodeError::Token(TokenRefused::AnotherUser) => Problem::new(
            400,
            "another-users-device-code",
            "Another account entered the code",
        )
        .detail(
            "The code was entered with another account than the one that is signed in \
                     here. Nothing was kept. Get a new code, and enter it with your own account.",
        )
        .device_code(),
        DeviceCodeError::Token(TokenRefused::Unusable(what)) => Problem::new(
            400,
            "unusable-aks-token",
            "The AKS token could not be verified",
        )
        .detail(format!(
            "The token that kubelogin brought was not accepted: {what}. Nothing was kept."
        ))
        .device_code(),
    }
}

fn run(failure: &RunFailure) -> Problem {
    let explanation = failure
        .codes
        .iter()
        .find_map(|code| entra_error::explanation(*code));
    let explained = |text: &str| match explanation {
        Some(explanation) => format!("{text} {explanation}"),
        None => text.to_owned(),
    };
    match failure.reason {
        Reason::Expired => Problem::new(400, "device-code-expired", "The device code has expired")
            .detail("Nobody entered it in time. Get a new one.")
            .device_code(),
        Reason::Declined => {
            Problem::new(400, "device-code-declined", "The device code was declined")
                .detail(explained(
                    "It was declined at Microsoft Entra, or a Conditional Access policy of your \
                 organisation does not allow device codes.",
                ))
                .device_code()
        }
        Reason::Refused => Problem::new(
            400,
            "device-code-refused",
            "Microsoft Entra gives no device code",
        )
        .detail(explained("Microsoft Entra gave no device code."))
        .device_code(),
        Reason::Unreachable => Problem::new(503, "entra-unavailable", "Temporarily unavailable")
            .detail("kubelogin cannot reach Microsoft Entra. Try again shortly.")
            .retry_after(super::RETRY_AFTER)
            .device_code(),
        Reason::Missing => missing(),
        Reason::Nonsense | Reason::Failed => {
            Problem::new(502, "kubelogin-failed", "kubelogin has failed")
                .detail(explained("It ended without a token. The log says more."))
                .device_code()
        }
    }
}

fn missing() -> Problem {
    Problem::new(500, "kubelogin-missing", "kubelogin is not there").detail(
        "The program that gets device codes cannot be run. The platform team has to look at \
         KUBELOGIN_BINARY and KUBELOGIN_ENABLED of the sidecar.",
    )
}
