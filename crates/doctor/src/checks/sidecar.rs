//! The sidecar at `SIDECAR_URL`, asked as the component asks it.

use aks_oauth_proxy_component::settings::SidecarSettings;
use host::Surroundings;
use serde::Deserialize;
use serde_json::Value;

use crate::call::{Target, Trouble};
use crate::check::Check;
use crate::row::Row;

const NAME: Check = Check::Sidecar;

/// How the types of our problem documents begin (RFC 9457).
const PROBLEM: &str = "urn:aks-oauth-proxy:problem:";

#[derive(Deserialize)]
struct Token {
    token: String,
}

/// Whether it answers, and its answer: the workload-identity token, or why there is none, which is no
/// fault of the sidecar.
pub(crate) async fn check(
    surroundings: &Surroundings,
    sidecar: &SidecarSettings,
) -> (Row, Option<Result<String, Trouble>>) {
    let target = Target {
        origin: &sidecar.url,
        setting: "SIDECAR_URL",
        component: "callback",
    };
    let bearer = Some(sidecar.token.reveal());
    let response = match target
        .get(surroundings, "/v1/federated-token", bearer)
        .await
    {
        Ok(response) => response,
        Err(trouble) => return failed(trouble),
    };
    let well = || {
        Row::ok(
            NAME,
            format!("{} answers, and takes SIDECAR_TOKEN", sidecar.url),
        )
    };
    let without_token = |trouble| (well(), Some(Err(trouble)));
    let document: Value = serde_json::from_slice(response.body()).unwrap_or_default();
    let member = |name: &str| {
        document
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let is_ours = member("type").starts_with(PROBLEM);
    match response.status().as_u16() {
        200 => match serde_json::from_slice::<Token>(response.body()) {
            Ok(Token { token }) => (well(), Some(Ok(token))),
            Err(_) => failed(stranger(sidecar)),
        },
        401 => failed(Trouble {
            seen: format!("{} answers 401", sidecar.url),
            remedy: "component and sidecar must be given the same SIDECAR_TOKEN; a changed Secret needs \
                     new pods"
                .to_owned(),
        }),
        421 => failed(Trouble {
            seen: format!("{} answers 421: it is another host's", sidecar.url),
            remedy: "without TLS the sidecar answers to loopback alone: correct SIDECAR_URL".to_owned(),
        }),
        503 if is_ours => without_token(Trouble {
            seen: member("detail").to_owned(),
            remedy: "mend it where the sidecar runs; its log says the same".to_owned(),
        }),
        404 if is_ours => without_token(Trouble {
            seen: format!("{} has no workload-identity token", sidecar.url),
            remedy: "does SIDECAR_URL name the sidecar that runs kubelogin alone? Else give the \
                     sidecar AZURE_FEDERATED_TOKEN_FILE"
                .to_owned(),
        }),
        _ => failed(stranger(sidecar)),
    }
}

fn failed(trouble: Trouble) -> (Row, Option<Result<String, Trouble>>) {
    (trouble.row(NAME), None)
}

fn stranger(sidecar: &SidecarSettings) -> Trouble {
    Trouble {
        seen: format!("{} answers what no sidecar does", sidecar.url),
        remedy: "does somebody else listen there? Correct SIDECAR_URL".to_owned(),
    }
}
