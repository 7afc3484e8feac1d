//! The tenant's signing keys (RFC 7517, section 5), with which ID tokens are verified.

use aks_oauth_proxy_component::settings::Client;
use host::Surroundings;
use http::StatusCode;
use serde::Deserialize;
use serde_json::Value;

use super::authority::target;
use crate::check::Check;
use crate::row::Row;

const NAME: Check = Check::Keys;

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<Value>,
}

/// Whether there is one that signs.
pub(crate) async fn check(surroundings: &Surroundings, client: &Client) -> Row {
    let path = format!("/{}/discovery/v2.0/keys", client.tenant_id);
    let response = match target(client).get(surroundings, &path, None).await {
        Ok(response) => response,
        Err(trouble) => return trouble.row(NAME),
    };
    let status = response.status();
    if status != StatusCode::OK {
        let seen = format!("{} answers {}", client.authority_host, status.as_u16());
        return Row::failed(
            NAME,
            seen,
            "is TENANT_ID right? If it is, Entra is in trouble: try again in a minute. Known keys serve \
             for a day",
        );
    }
    let set = serde_json::from_slice::<KeySet>(response.body());
    match set.map_or(0, |set| set.keys.iter().filter(|key| signs(key)).count()) {
        0 => Row::failed(
            NAME,
            format!("{} has no key that signs", client.authority_host),
            "does AUTHORITY_HOST lead to somebody else, or does a proxy in between change answers?",
        ),
        count => Row::ok(NAME, format!("{count} that sign")),
    }
}

/// As the component chooses them: RSA, for signatures.
fn signs(key: &Value) -> bool {
    let text = |name: &str| key.get(name).and_then(Value::as_str);
    text("kid").is_some()
        && text("kty") == Some("RSA")
        && text("use").is_none_or(|usage| usage == "sig")
}
