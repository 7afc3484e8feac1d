//! Whether the proxy answers where people look for it. From inside a cluster that need not work, and
//! before the first start it cannot: so it is never more than a warning.

use aks_oauth_proxy_component::terms::Origin;
use host::{CallError, Surroundings};
use http::Request;
use hyper::body::Bytes;
use serde_json::Value;

use crate::call::{Target, Trouble};
use crate::check::Check;
use crate::row::Row;

const NAME: Check = Check::PublicAddress;

/// Asks for `/healthz` there, trusting as kubectl does: `public_ca` alone, if there is one.
pub(crate) async fn check(
    surroundings: &Surroundings,
    public_url: &Origin,
    public_ca: Option<&str>,
) -> Row {
    let target = Target {
        origin: public_url,
        setting: "PUBLIC_URL or REDIRECT_URI",
        component: "callback",
    };
    let request = Request::get(public_url.join("/healthz")).body(Bytes::new());
    let response = match target.try_send(surroundings, request, public_ca).await {
        Ok(response) => response,
        Err(error @ CallError::UnknownAuthority) if public_ca.is_some() => {
            return Row::warning(
                NAME,
                format!("{public_url}: {error}"),
                "PUBLIC_CA, which goes into kubeconfigs, must be the authority that has signed this \
                 certificate: correct it, or does the ingress show a certificate of its own?",
            );
        }
        Err(error) => {
            let Trouble { seen, remedy } = target.trouble(&error).await;
            let remedy = format!("{remedy}. If it answers where people are, all is well");
            return Row::warning(NAME, seen, remedy);
        }
    };
    let document: Value = serde_json::from_slice(response.body()).unwrap_or_default();
    if response.status().is_success() && document.get("status").is_some() {
        return Row::ok(NAME, format!("the proxy answers at {public_url}"));
    }
    Row::warning(
        NAME,
        format!(
            "somebody else answers at {public_url} ({})",
            response.status().as_u16()
        ),
        "does the ingress lead this host to the proxy, and is the proxy up?",
    )
}
