//! Asks the sidecar for tokens whose files a component cannot read.

use http::{Request, StatusCode, header};
use serde::Deserialize;

use crate::outbound::{Away, Dependency, Outbound, Repeat};
use crate::platform::Platform;
use crate::settings::SidecarSettings;
use crate::terms::Secret;

/// The sidecar's answer.
#[derive(Deserialize)]
struct Answer {
    token: Secret,
}

/// The token at `path` of the sidecar's interface: a JWT.
///
/// # Errors
/// When the sidecar is away, or has no token.
pub(crate) async fn token<P: Platform>(
    outbound: &Outbound<'_, P>,
    sidecar: &SidecarSettings,
    path: &str,
) -> Result<Secret, Away> {
    let request = async || {
        Request::get(sidecar.url.join(path))
            .header(header::ACCEPT, "application/json")
            .header(
                header::AUTHORIZATION,
                format!("Bearer {}", sidecar.token.reveal()),
            )
            .body(Vec::new())
            .map_err(|error| away(error.to_string()))
    };
    let response = outbound
        .ask(Dependency::Sidecar, Repeat::Always, request)
        .await?;
    if response.status() != StatusCode::OK {
        return Err(away(format!("answered {}", response.status())));
    }
    let answer: Answer = serde_json::from_slice(response.body())
        .map_err(|_| away("answered something else than a token"))?;
    if answer.token.reveal().split('.').count() != 3 {
        return Err(away("answered with a token that is no JWT"));
    }
    Ok(answer.token)
}

fn away(reason: impl Into<String>) -> Away {
    Away::new(Dependency::Sidecar, reason)
}
