//! Makes connections: finds the server, authenticates, selects the database.

use std::fs;
use std::time::Duration;

use redis::RedisConnectionInfo;
use tokio::time::timeout;

use super::address::{Address, Place};
use super::connection::Connection;
use super::renewals::Renewals;
use super::sentinel;
use super::settings::{Password, RedisSettings};
use super::stream::stream;
use crate::key_value::result::Result;

/// How long making a connection may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Makes connections to a server.
pub(super) struct Dialer {
    address: Address,
    settings: RedisSettings,
}

impl Dialer {
    /// For the server at `url`. It sends nothing yet.
    pub(super) fn new(url: &str, settings: &RedisSettings) -> Result<Self> {
        Ok(Self {
            address: Address::read(url, settings)?,
            settings: settings.clone(),
        })
    }

    /// The place in the address; with Sentinels, connections go elsewhere.
    pub(super) fn place(&self) -> String {
        match &self.settings.sentinels {
            None => self.address.place.to_string(),
            Some(sentinels) => format!("the primary that {} name", sentinels.addresses.join(", ")),
        }
    }

    /// A new connection. Host, password and Sentinels are read each time: a change of one of them is often
    /// why the last connection was lost.
    pub(super) async fn dial(&self) -> Result<Connection> {
        timeout(PATIENCE, self.connect())
            .await
            .unwrap_or_else(|_| Err(format!("no connection within {PATIENCE:?}")))
    }

    async fn connect(&self) -> Result<Connection> {
        let Some(sentinels) = &self.settings.sentinels else {
            return self.connect_to(&self.address.place).await;
        };
        let place = sentinel::primary(sentinels, self.address.secure).await?;
        let connection = self.connect_to(&place).await?;
        sentinel::is_primary(&connection, &place).await?;
        Ok(connection)
    }

    async fn connect_to(&self, place: &Place) -> Result<Connection> {
        let stream = stream(place, self.address.secure).await?;
        let (login, renewals) = self.login()?;
        Connection::new(stream, &login, renewals).await
    }

    /// The current password, and its renewals.
    fn login(&self) -> Result<(RedisConnectionInfo, Option<Renewals>)> {
        let info = self.address.redis.clone();
        match &self.settings.password {
            Password::OfAddress => Ok((info, None)),
            Password::Given(password) => Ok((info.set_password(password), None)),
            Password::File(file) => {
                let text = fs::read_to_string(file).map_err(|error| {
                    format!("REDIS_PASSWORD_FILE ({}): {error}", file.display())
                })?;
                Ok((info.set_password(text.trim()), None))
            }
            Password::Changing(changes) => {
                let mut renewals = Renewals::new(changes.clone(), info.username());
                let login = renewals.now().ok_or(NO_TOKEN)?;
                let info = info.set_password(&login.password);
                let info = match &login.username {
                    Some(username) => info.set_username(username),
                    None => info,
                };
                Ok((info, Some(renewals)))
            }
        }
    }
}

const NO_TOKEN: &str = "there is no token for Redis yet (see the event redis_token)";
