//! Whether Entra takes the workload-identity token for this application: a token for the application
//! itself is asked for, as every sign-in proves it (RFC 7523, section 2.2), and thrown away.

use aks_oauth_proxy_component::entra_error::EntraError;
use aks_oauth_proxy_component::settings::Client;
use aks_oauth_proxy_component::terms::Origin;
use form_urlencoded::Serializer;
use host::Surroundings;
use http::{Request, StatusCode, header};
use hyper::body::Bytes;

use super::authority::target;
use super::federated_token::FederatedToken;
use crate::check::Check;
use crate::entra_codes::{Presented, remedy};
use crate::row::Row;

const NAME: Check = Check::ClientAssertion;

/// Asks for a token for `graph`, which every tenant has.
pub(crate) async fn check(
    surroundings: &Surroundings,
    client: &Client,
    graph: &Origin,
    token: &FederatedToken,
) -> Row {
    let target = target(client);
    let path = format!("/{}/oauth2/v2.0/token", client.tenant_id);
    let request = Request::post(target.origin.join(&path))
        .header(header::ACCEPT, "application/json")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(form(client, graph, token));
    let response = match target.send(surroundings, request).await {
        Ok(response) => response,
        Err(trouble) => return trouble.row(NAME),
    };
    if response.status() == StatusCode::OK {
        let seen = format!("Entra takes the token for {}", client.client_id);
        return Row::ok(NAME, seen);
    }
    let Some(error) = EntraError::from_token_endpoint(response.body()) else {
        let status = response.status().as_u16();
        return Row::failed(
            NAME,
            format!("{} answers {status}", client.authority_host),
            "Entra, or a proxy in between, is in trouble: try again in a minute",
        );
    };
    let presented = Presented {
        client,
        claims: &token.claims,
    };
    Row::failed(NAME, seen(&error), remedy(&error, &presented))
}

/// The client credentials grant (RFC 6749, section 4.4).
fn form(client: &Client, graph: &Origin, token: &FederatedToken) -> Bytes {
    let mut form = Serializer::new(String::new());
    form.append_pair("grant_type", "client_credentials")
        .append_pair("client_id", client.client_id.as_str())
        .append_pair("scope", &graph.join("/.default"))
        .append_pair(
            "client_assertion_type",
            "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        )
        .append_pair("client_assertion", &token.token);
    form.finish().into()
}

/// With what Microsoft's support asks for.
fn seen(error: &EntraError) -> String {
    match &error.correlation_id {
        Some(id) => format!("{error}, correlation id {id}"),
        None => error.to_string(),
    }
}
