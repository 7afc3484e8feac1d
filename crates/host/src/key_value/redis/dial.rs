//! Makes connections: finds the server, proves itself there, chooses the database.

use std::time::Duration;
use std::{fs, io};

use listener::prepare;
use redis::{Pipeline, RedisConnectionInfo, pipe};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;

use super::address::{Address, Place};
use super::connection::Connection;
use super::settings::{Login, Password, RedisSettings};
use super::{sentinel, tls};
use crate::key_value::result::Result;

/// How long the making of a connection may take, with all that belongs to it.
const PATIENCE: Duration = Duration::from_secs(5);

/// A way to a server, in the clear or over TLS.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// Knows how a server is reached.
pub(super) struct Dialer {
    address: Address,
    settings: RedisSettings,
}

impl Dialer {
    /// For the server at `url`. Nothing is sent to it yet.
    pub(super) fn new(url: &str, settings: &RedisSettings) -> Result<Self> {
        Ok(Self {
            address: Address::read(url, settings)?,
            settings: settings.clone(),
        })
    }

    /// The place in the address: with Sentinels it is not where the connections go.
    pub(super) fn place(&self) -> String {
        match &self.settings.sentinels {
            None => self.address.place.to_string(),
            Some(sentinels) => format!("the primary that {} name", sentinels.addresses.join(", ")),
        }
    }

    /// A new connection. Its host is resolved, its password read and its Sentinels asked each time, since
    /// any of them may have changed: that is often why the last connection was lost.
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

    /// With the password as it is now, and those that come after it.
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
                let mut renewals = Renewals {
                    changes: changes.clone(),
                    username: info.username().map(str::to_owned),
                };
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

/// Passwords that replace the one with which a connection was made.
pub(super) struct Renewals {
    changes: watch::Receiver<Option<Login>>,
    username: Option<String>,
}

impl Renewals {
    /// The login as it is now, if there is one yet. What comes later is new.
    fn now(&mut self) -> Option<Login> {
        let mut login = self.changes.borrow_and_update().clone()?;
        login.username = self.username.clone().or(login.username);
        Some(login)
    }

    /// The command that proves us anew, once there is another password; never, if none comes any more.
    pub(super) async fn next(&mut self) -> Pipeline {
        loop {
            if self.changes.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
            if let Some(login) = self.now() {
                let mut command = pipe();
                command.cmd("AUTH").arg(login.username).arg(login.password);
                return command;
            }
        }
    }
}

/// A way to `place`, on which a dead peer is noticed.
pub(super) async fn stream(place: &Place, secure: bool) -> Result<Box<dyn Stream>> {
    let unreachable = |error: io::Error| format!("{place}: {error}");
    let (host, port) = match place {
        Place::Socket(path) => {
            let stream = UnixStream::connect(path).await;
            return Ok(Box::new(stream.map_err(unreachable)?));
        }
        Place::Host(host, port) => (host.as_str(), *port),
    };
    let stream = TcpStream::connect((host, port)).await;
    let stream = stream.map_err(unreachable)?;
    prepare(&stream);
    if !secure {
        return Ok(Box::new(stream));
    }
    let name = ServerName::try_from(host.to_owned()).map_err(|error| error.to_string())?;
    let stream = TlsConnector::from(tls::config()?).connect(name, stream);
    Ok(Box::new(stream.await.map_err(unreachable)?))
}
