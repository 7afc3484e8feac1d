//! A Redis address in the runtime configuration: the server's place, user and password.

use std::fmt;
use std::path::PathBuf;

use redis::{ConnectionAddr, IntoConnectionInfo, RedisConnectionInfo};

use super::settings::{Password, RedisSettings};
use crate::key_value::result::Result;

/// A parsed address.
pub(super) struct Address {
    pub(super) place: Place,
    /// Whether it uses TLS.
    pub(super) secure: bool,
    /// The database, and the user and password in the address.
    pub(super) redis: RedisConnectionInfo,
}

/// A server's place.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Place {
    /// This host and port. The host is resolved for each connection.
    Host(String, u16),
    /// A Unix socket.
    Socket(PathBuf),
}

impl Address {
    /// Reads `url` (`redis://`, `rediss://`, `unix://`, as in Spin). It must not contradict `settings`.
    pub(super) fn read(url: &str, settings: &RedisSettings) -> Result<Self> {
        let info = url
            .into_connection_info()
            .map_err(|error| format!("redis: {error}"))?;
        let (place, secure) = match info.addr() {
            ConnectionAddr::Tcp(host, port) => (Place::Host(host.clone(), *port), false),
            ConnectionAddr::TcpTls { insecure: true, .. } => {
                return Err(
                    "redis: a certificate is always checked: take `#insecure` away".to_owned(),
                );
            }
            ConnectionAddr::TcpTls { host, port, .. } => (Place::Host(host.clone(), *port), true),
            ConnectionAddr::Unix(path) => (Place::Socket(path.clone()), false),
            _ => return Err("redis: the address is of an unknown kind".to_owned()),
        };
        let redis = info.redis_settings().clone();
        if redis.password().is_some() && !matches!(settings.password, Password::OfAddress) {
            return Err(
                "redis: the address has a password, and REDIS_PASSWORD, REDIS_PASSWORD_FILE or \
                 REDIS_ENTRA gives another one: take it out of the address"
                    .to_owned(),
            );
        }
        if redis.username().is_some() && settings.username.is_some() {
            return Err(
                "redis: the address names a user, and so does REDIS_USERNAME: take one of them away"
                    .to_owned(),
            );
        }
        let redis = match &settings.username {
            Some(username) => redis.set_username(username),
            None => redis,
        };
        Ok(Self {
            place,
            secure,
            redis,
        })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Host(host, port) => write!(f, "{host}:{port}"),
            Self::Socket(path) => path.display().fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use super::{Address, Place};
    use crate::key_value::redis::{Password, RedisSettings};

    fn read(url: &str) -> super::Result<Address> {
        Address::read(url, &RedisSettings::default())
    }

    #[test]
    fn an_address_says_where_and_how() {
        let address = read("rediss://user:pw@cache.example:10000/3").unwrap();
        assert_eq!(
            address.place,
            Place::Host("cache.example".to_owned(), 10000)
        );
        assert!(address.secure);
        assert_eq!(address.redis.db(), 3);
        assert_eq!(address.redis.username(), Some("user"));
        let address = read("redis://[::1]").unwrap();
        assert_eq!(address.place, Place::Host("::1".to_owned(), 6379));
        assert!(!address.secure);
        let address = read("unix:///run/redis.sock").unwrap();
        assert_eq!(address.place, Place::Socket("/run/redis.sock".into()));
    }

    #[test]
    fn what_contradicts_itself_is_refused_and_no_password_is_shown() {
        let settings = |username: Option<&str>, password| RedisSettings {
            username: username.map(str::to_owned),
            password,
            ..RedisSettings::default()
        };
        let given = || Password::Given("swordfish".to_owned());
        for (url, settings, said) in [
            (
                "redis://:hunter2@h",
                settings(None, given()),
                "REDIS_PASSWORD",
            ),
            (
                "redis://u:hunter2@h",
                settings(Some("v"), Password::OfAddress),
                "REDIS_USERNAME",
            ),
            (
                "rediss://h/#insecure",
                RedisSettings::default(),
                "#insecure",
            ),
            ("http://:hunter2@h", RedisSettings::default(), "redis"),
        ] {
            let reason = Address::read(url, &settings).err().unwrap();
            assert!(reason.contains(said), "{reason}");
            assert!(!reason.contains("hunter2") && !reason.contains("swordfish"));
        }
    }

    #[test]
    fn a_user_name_from_the_settings_is_taken() {
        let settings = RedisSettings {
            username: Some("proxy".to_owned()),
            ..RedisSettings::default()
        };
        let address = Address::read("redis://:pw@h", &settings).unwrap();
        assert_eq!(address.redis.username(), Some("proxy"));
        assert_eq!(address.redis.password(), Some("pw"));
    }
}
