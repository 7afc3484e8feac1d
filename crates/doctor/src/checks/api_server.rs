//! The API server, as the component reaches it. Without credentials it may answer 401 or 403; what
//! counts is that it is one, over TLS that is trusted.

use aks_oauth_proxy_component::terms::Origin;
use host::Surroundings;
use http::StatusCode;
use serde_json::Value;

use crate::call::Target;
use crate::check::Check;
use crate::row::Row;

const NAME: Check = Check::ApiServer;

/// Asks for `/version`.
pub(crate) async fn check(surroundings: &Surroundings, api_server: &Origin) -> Row {
    let target = Target {
        origin: api_server,
        setting: "KUBERNETES_API_URL",
        component: "kubernetes",
    };
    let response = match target.get(surroundings, "/version", None).await {
        Ok(response) => response,
        Err(trouble) => return trouble.row(NAME),
    };
    let status = response.status();
    let seen = format!("{api_server} answers {}", status.as_u16());
    if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
        return Row::failed(
            NAME,
            seen,
            "the API server, or what stands before it, is in trouble: kubectl get --raw=/readyz?verbose",
        );
    }
    match is_of_an_api_server(response.body()) {
        true => Row::ok(NAME, seen),
        false => Row::failed(
            NAME,
            format!("{seen}, and is no API server"),
            "does somebody else listen there, or a proxy in between? Correct KUBERNETES_API_URL",
        ),
    }
}

/// Whether this is a version, or a `Status` that says why there is none.
fn is_of_an_api_server(body: &[u8]) -> bool {
    let document: Value = serde_json::from_slice(body).unwrap_or_default();
    document.get("gitVersion").is_some()
        || document.get("kind").and_then(Value::as_str) == Some("Status")
}

#[cfg(test)]
mod tests {
    use super::is_of_an_api_server;

    #[test]
    fn an_api_server_says_its_version_or_why_not() {
        let version = r#"{"major":"1","minor":"35","gitVersion":"v1.35.3"}"#;
        let refused = r#"{"kind":"Status","apiVersion":"v1","status":"Failure","code":401}"#;
        for answer in [version, refused] {
            assert!(is_of_an_api_server(answer.as_bytes()), "{answer}");
        }
        for answer in ["", "ok", "<html>", "{}", r#"{"kind":"Other"}"#, "[]"] {
            assert!(!is_of_an_api_server(answer.as_bytes()), "{answer}");
        }
    }
}
