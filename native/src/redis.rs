//! The settings for Redis.

use std::path::PathBuf;
use std::time::Duration;

use aks_oauth_proxy_component::settings::{RedisAccess, RedisEntra, RedisPassword};
use egress::Proxies;
use host::{Login, Password, RedisSettings, Sentinels};
use redis_token::{Endpoint, keep};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::exit::Failure;

/// How long to wait for the first token before starting without it.
const PATIENCE: Duration = Duration::from_secs(10);

/// The host's settings for Redis. If Entra issues the password, its tokens are renewed as long as this
/// process lives; Entra is reached by `proxies`.
pub(crate) async fn settings(
    access: RedisAccess,
    proxies: &Proxies,
) -> Result<RedisSettings, Failure> {
    let sentinels = (!access.sentinels.is_empty()).then(|| Sentinels {
        addresses: access.sentinels,
        service: access.sentinel_service,
        password: access
            .sentinel_password
            .map(|password| password.reveal().to_owned()),
    });
    let password = match access.password {
        None => Password::OfAddress,
        Some(RedisPassword::Given(password)) => Password::Given(password.reveal().to_owned()),
        Some(RedisPassword::File(file)) => Password::File(file.into()),
        Some(RedisPassword::Entra(entra)) => {
            Password::Changing(keep_fresh(entra, proxies.clone()).await?)
        }
    };
    Ok(RedisSettings {
        username: access.username,
        password,
        sentinels,
        wait_replicas: access.wait_replicas,
    })
}

async fn keep_fresh(
    entra: RedisEntra,
    proxies: Proxies,
) -> Result<watch::Receiver<Option<Login>>, Failure> {
    let endpoint = Endpoint::new(
        entra.authority.as_str(),
        &entra.tenant_id.to_string(),
        &entra.client_id.to_string(),
        &entra.scope,
        proxies,
    );
    let endpoint = endpoint.ok_or_else(|| Failure::internal("AUTHORITY_HOST is no address"))?;
    let (sender, mut logins) = watch::channel(None);
    let file = PathBuf::from(entra.federated_token_file);
    let assertion = move || {
        let file = file.clone();
        async move {
            let token = sidecar::federated_token(&file).await;
            token.map_err(|unavailable| unavailable.to_string())
        }
    };
    tokio::spawn(keep(endpoint, assertion, move |token| {
        let login = Login {
            username: token.object_id(),
            password: token.reveal().to_owned(),
        };
        // The receiver may be gone, as this process soon is.
        let _ = sender.send(Some(login));
    }));
    // The log has the errors.
    let _ = timeout(PATIENCE, logins.wait_for(Option::is_some)).await;
    Ok(logins)
}
