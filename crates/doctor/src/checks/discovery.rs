//! The tenant's discovery document (OpenID Connect Discovery 1.0, section 4).

use aks_oauth_proxy_component::entra_error::EntraError;
use aks_oauth_proxy_component::settings::Client;
use aks_oauth_proxy_component::terms::Origin;
use host::Surroundings;
use http::StatusCode;
use serde::Deserialize;
use url::Url;

use super::authority::target;
use crate::call::Trouble;
use crate::check::Check;
use crate::row::Row;

const NAME: Check = Check::Discovery;

#[derive(Deserialize)]
struct Document {
    issuer: String,
    token_endpoint: String,
}

/// Whether it is there, the tenant's, and of this cloud.
pub(crate) async fn check(surroundings: &Surroundings, client: &Client) -> Row {
    match examine(surroundings, client).await {
        Ok(document) => Row::ok(NAME, format!("the issuer is {}", document.issuer)),
        Err(trouble) => trouble.row(NAME),
    }
}

async fn examine(surroundings: &Surroundings, client: &Client) -> Result<Document, Trouble> {
    let path = format!(
        "/{}/v2.0/.well-known/openid-configuration",
        client.tenant_id
    );
    let response = target(client).get(surroundings, &path, None).await?;
    if response.status() != StatusCode::OK {
        return Err(refused(client, response.status(), response.body()));
    }
    let Ok(document) = serde_json::from_slice::<Document>(response.body()) else {
        return Err(Trouble {
            seen: format!("{} answers no discovery document", client.authority_host),
            remedy: "does AUTHORITY_HOST lead to somebody else, or to a proxy's own page?"
                .to_owned(),
        });
    };
    if !document
        .issuer
        .ends_with(&format!("/{}/v2.0", client.tenant_id))
    {
        return Err(Trouble {
            seen: format!("the issuer is {}, not this tenant's", document.issuer),
            remedy: format!("correct TENANT_ID ({})", client.tenant_id),
        });
    }
    let endpoint = Url::parse(&document.token_endpoint).ok();
    let cloud = endpoint.as_ref().and_then(Origin::of);
    if let Some(cloud) = cloud.filter(|cloud| *cloud != client.authority_host) {
        return Err(Trouble {
            seen: format!("the tenant's tokens come from {cloud}"),
            remedy: format!("the tenant is in that cloud: set AUTHORITY_HOST={cloud}"),
        });
    }
    Ok(document)
}

fn refused(client: &Client, status: StatusCode, body: &[u8]) -> Trouble {
    let error = EntraError::from_token_endpoint(body);
    let said = error.map_or(String::new(), |error| format!(" ({error})"));
    let remedy = match status.as_u16() {
        400 | 404 => format!(
            "there is no tenant {} in this cloud: correct TENANT_ID, or AUTHORITY_HOST",
            client.tenant_id
        ),
        429 => "Entra is asked too much: try again in some minutes".to_owned(),
        _ => "Entra, or a proxy in between, is in trouble: try again in a minute".to_owned(),
    };
    Trouble {
        seen: format!(
            "{} answers {}{said}",
            client.authority_host,
            status.as_u16()
        ),
        remedy,
    }
}
