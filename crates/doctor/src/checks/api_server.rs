//! The API server, as the component reaches it. Without credentials it may answer 401 or 403; what
//! counts is that it answers, over TLS that is trusted.

use aks_oauth_proxy_component::terms::Origin;
use host::Surroundings;

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
    match status.is_server_error() {
        false => Row::ok(NAME, seen),
        true => Row::failed(
            NAME,
            seen,
            "the API server, or what stands before it, is in trouble: kubectl get --raw=/readyz?verbose",
        ),
    }
}
