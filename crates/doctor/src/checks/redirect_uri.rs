//! Whether Entra knows the redirect URI. It is asked for a sign-in without a page (`prompt=none`; OpenID
//! Connect Core 1.0, section 3.1.2.1): it sends a stranger back to a URI that it knows, and shows a page
//! for one that it does not know.

use aks_oauth_proxy_component::settings::{Client, Site};
use form_urlencoded::Serializer;
use host::Surroundings;
use http::{Response, header};
use hyper::body::Bytes;

use super::authority::target;
use crate::check::Check;
use crate::row::Row;

const NAME: Check = Check::RedirectUri;

/// What Entra's page says of a URI that is not registered.
const UNKNOWN: &[&str] = &["AADSTS50011", "AADSTS900971", "AADSTS500113"];

/// Asks Entra.
pub(crate) async fn check(surroundings: &Surroundings, client: &Client, site: &Site) -> Row {
    let path = format!(
        "/{}/oauth2/v2.0/authorize?{}",
        client.tenant_id,
        query(client, site)
    );
    match target(client).get(surroundings, &path, None).await {
        Ok(response) => judge(&response, client, site),
        Err(trouble) => trouble.row(NAME),
    }
}

fn query(client: &Client, site: &Site) -> String {
    Serializer::new(String::new())
        .append_pair("client_id", client.client_id.as_str())
        .append_pair("response_type", "code")
        .append_pair("response_mode", "query")
        .append_pair("redirect_uri", site.redirect_uri.as_str())
        .append_pair("scope", "openid")
        .append_pair("state", "doctor")
        .append_pair("prompt", "none")
        .finish()
}

fn judge(response: &Response<Bytes>, client: &Client, site: &Site) -> Row {
    let uri = &site.redirect_uri;
    let location = response.headers().get(header::LOCATION);
    let location = location.and_then(|location| location.to_str().ok());
    if location.is_some_and(|location| location.starts_with(uri.as_str())) {
        return Row::ok(NAME, format!("Entra knows {uri}"));
    }
    let page = String::from_utf8_lossy(response.body());
    if UNKNOWN.iter().any(|code| page.contains(code)) {
        return Row::failed(
            NAME,
            format!("{uri} is not registered"),
            format!(
                "register it with {}, platform \"Web\", byte for byte; or correct REDIRECT_URI",
                client.client_id
            ),
        );
    }
    let status = response.status().as_u16();
    Row::warning(
        NAME,
        format!("Entra answers {status}, and does not say whether it knows {uri}"),
        format!(
            "look in the registration {}, platform \"Web\": it must be there byte for byte",
            client.client_id
        ),
    )
}
