//! The key-value type `redis`: as Spin's, a value is a string at its key, without any prefix, and a
//! counter is Redis' own. The label does not count.

use std::time::Duration;

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{AsyncCommands, Client, RedisError};
use tokio::sync::OnceCell;

use super::result::Result;

/// How long a command, or the making of a connection, may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// One Redis server. All instances share its connection, which mends itself.
pub(crate) struct Redis {
    client: Client,
    connection: OnceCell<ConnectionManager>,
}

impl Redis {
    /// The server at `url` (`redis://` or `rediss://`, which trusts the system's authorities, or those
    /// of `SSL_CERT_FILE`). Nothing is sent to it yet.
    pub(crate) fn new(url: &str) -> Result<Self> {
        Ok(Self {
            client: Client::open(url).map_err(text)?,
            connection: OnceCell::new(),
        })
    }

    /// Host and port.
    pub(crate) fn address(&self) -> String {
        self.client.get_connection_info().addr().to_string()
    }

    /// Connects, if nobody has yet, and asks whether the server is there.
    pub(crate) async fn open(&self) -> Result<()> {
        let mut connection = self.connection().await?;
        connection.ping().await.map_err(text)
    }

    pub(crate) async fn get(&self, key: &str) -> Result<Option<Vec<u8>>> {
        self.connection().await?.get(key).await.map_err(text)
    }

    pub(crate) async fn set(&self, key: &str, value: &[u8]) -> Result<()> {
        self.connection().await?.set(key, value).await.map_err(text)
    }

    pub(crate) async fn delete(&self, key: &str) -> Result<()> {
        self.connection().await?.del(key).await.map_err(text)
    }

    pub(crate) async fn exists(&self, key: &str) -> Result<bool> {
        self.connection().await?.exists(key).await.map_err(text)
    }

    pub(crate) async fn keys(&self) -> Result<Vec<String>> {
        self.connection().await?.keys("*").await.map_err(text)
    }

    pub(crate) async fn set_many(&self, pairs: &[(String, Vec<u8>)]) -> Result<()> {
        if pairs.is_empty() {
            return Ok(());
        }
        self.connection().await?.mset(pairs).await.map_err(text)
    }

    pub(crate) async fn delete_many(&self, keys: &[String]) -> Result<()> {
        if keys.is_empty() {
            return Ok(());
        }
        self.connection().await?.del(keys).await.map_err(text)
    }

    pub(crate) async fn increment(&self, key: &str, delta: i64) -> Result<i64> {
        self.connection()
            .await?
            .incr(key, delta)
            .await
            .map_err(text)
    }

    async fn connection(&self) -> Result<ConnectionManager> {
        let connect = async || {
            let config = ConnectionManagerConfig::new()
                .set_connection_timeout(Some(PATIENCE))
                .set_response_timeout(Some(PATIENCE))
                .set_number_of_retries(1);
            ConnectionManager::new_with_config(self.client.clone(), config).await
        };
        let connection = self.connection.get_or_try_init(connect).await;
        connection.cloned().map_err(text)
    }
}

fn text(error: RedisError) -> String {
    format!("redis: {error}")
}
