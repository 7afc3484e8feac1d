//! Reloaded callbacks.

use super::arrival::go_to;
use super::settings::Settings;
use crate::addresses::DEVICE_CODE;
use crate::aks::NoAksToken;
use crate::gate::Gate;
use crate::platform::Platform;
use crate::problem::Failure;
use crate::respond::Response;
use crate::session::Outcome;
use crate::terms::{ReturnPath, encoding};

/// A callback that is loaded again, or comes from an old tab, in a browser with a session: it goes on to
/// where it led (`led_to`, if that is known), or repeats what Entra refused. It writes nothing.
pub(super) async fn reloaded<P: Platform>(
    settings: &Settings,
    gate: &Gate<'_, P>,
    state: &str,
    led_to: Option<&ReturnPath>,
) -> Result<Option<Response>, Failure> {
    let Some(session) = gate.peek().await? else {
        return Ok(None);
    };
    let hash = encoding::sha256(state);
    if session.record.state_hash == hash {
        return Ok(Some(go_to(session.record.return_path.as_str())));
    }
    let tokens = session.record.grant.tokens(&gate.records).await?;
    let onward = || go_to(led_to.unwrap_or(&ReturnPath::whoami()).as_str());
    match tokens
        .unwrap_or_default()
        .interaction
        .filter(|interaction| interaction.state_hash == hash)
    {
        Some(interaction) if settings.goes_to_kubelogin(&interaction) => {
            Ok(Some(go_to(DEVICE_CODE)))
        }
        Some(interaction) => match interaction.outcome {
            Outcome::Granted => Ok(Some(go_to(interaction.return_path.as_str()))),
            Outcome::Refused(error) => Err(NoAksToken::Refused(Box::new(error)).into()),
            Outcome::Open => Ok(Some(onward())),
        },
        None => Ok(Some(onward())),
    }
}
