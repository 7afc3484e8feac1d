//! Whether Entra can be reached: by its name, through what stands in between, over TLS.

use aks_oauth_proxy_component::settings::Client;
use host::Surroundings;
use http::header;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

use crate::call::Target;
use crate::check::Check;
use crate::row::Row;

const NAME: Check = Check::Authority;

/// The settings' Entra, as the component calls it.
pub(crate) fn target(client: &Client) -> Target<'_> {
    Target {
        origin: &client.authority_host,
        setting: "AUTHORITY_HOST",
        component: "callback",
    }
}

/// Whatever it answers will do. Gives its time, if it says one.
pub(crate) async fn check(
    surroundings: &Surroundings,
    client: &Client,
) -> Result<(Row, Option<OffsetDateTime>), Row> {
    let path = format!(
        "/{}/v2.0/.well-known/openid-configuration",
        client.tenant_id
    );
    let target = target(client);
    let response = target.get(surroundings, &path, None).await;
    let response = response.map_err(|trouble| trouble.row(NAME))?;
    let date = response.headers().get(header::DATE);
    let date = date.and_then(|date| OffsetDateTime::parse(date.to_str().ok()?, &Rfc2822).ok());
    let status = response.status();
    if status.is_server_error() {
        let seen = format!("{} answers {}", client.authority_host, status.as_u16());
        return Err(Row::failed(
            NAME,
            seen,
            "Entra, or a proxy in between, is in trouble: try again in a minute \
             (https://status.azure.com)",
        ));
    }
    Ok((
        Row::ok(NAME, format!("{} answers", client.authority_host)),
        date,
    ))
}
