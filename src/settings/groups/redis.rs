//! How `serve` reaches a Redis, beside its address in `runtime-config.toml`.

use crate::settings::native::{
    REDIS_ENTRA, REDIS_ENTRA_CLIENT_ID, REDIS_ENTRA_SCOPE, REDIS_PASSWORD, REDIS_PASSWORD_FILE,
    REDIS_SENTINEL_PASSWORD, REDIS_SENTINEL_SERVICE, REDIS_SENTINELS, REDIS_USERNAME,
    REDIS_WAIT_REPLICAS,
};
use crate::settings::reader::Reader;
use crate::settings::{native, table};
use crate::terms::{Guid, Origin, Secret};

/// How a Redis is reached.
pub struct RedisAccess {
    /// The user.
    pub username: Option<String>,
    /// Where the password comes from, if not from the address.
    pub password: Option<RedisPassword>,
    /// `host:port` of each Sentinel; none where the address is the primary's.
    pub sentinels: Vec<String>,
    /// What the Sentinels call the primary.
    pub sentinel_service: String,
    /// Their own password.
    pub sentinel_password: Option<Secret>,
    /// So many replicas must have a write before it counts.
    pub wait_replicas: u32,
}

/// Where the password of a Redis comes from.
pub enum RedisPassword {
    /// This one.
    Given(Secret),
    /// A file.
    File(String),
    /// Entra.
    Entra(RedisEntra),
}

/// How a token for Redis is got.
pub struct RedisEntra {
    /// Of whom.
    pub authority: Origin,
    /// In which tenant.
    pub tenant_id: Guid,
    /// By whom.
    pub client_id: Guid,
    /// For what.
    pub scope: String,
    /// The file with the workload-identity token, which proves who asks.
    pub federated_token_file: String,
}

impl RedisAccess {
    /// Reads all settings `REDIS_…`.
    pub fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let faults = reader.faults();
        let password = password(reader);
        let sentinels = reader.read_optional(&REDIS_SENTINELS).unwrap_or_default();
        let sentinel_password = reader.read_optional(&REDIS_SENTINEL_PASSWORD);
        if sentinel_password.is_some() && sentinels.is_empty() {
            reader.fault(
                &REDIS_SENTINEL_PASSWORD,
                "is set, and REDIS_SENTINELS is not",
            );
        }
        let access = Self {
            username: reader.read_optional(&REDIS_USERNAME),
            password,
            sentinels,
            sentinel_service: reader.read(&REDIS_SENTINEL_SERVICE).unwrap_or_default(),
            sentinel_password,
            wait_replicas: reader
                .read(&REDIS_WAIT_REPLICAS)
                .and_then(|replicas| u32::try_from(replicas).ok())
                .unwrap_or_default(),
        };
        (reader.faults() == faults).then_some(access)
    }
}

/// One of three, or none.
fn password(reader: &mut Reader<'_>) -> Option<RedisPassword> {
    let given = reader.read_optional(&REDIS_PASSWORD);
    let file = reader.read_optional(&REDIS_PASSWORD_FILE);
    let entra = reader.read(&REDIS_ENTRA).unwrap_or_default();
    match (given, file, entra) {
        (None, None, false) => None,
        (Some(password), None, false) => Some(RedisPassword::Given(password)),
        (None, Some(file), false) => Some(RedisPassword::File(file)),
        (None, None, true) => RedisEntra::read(reader).map(RedisPassword::Entra),
        (Some(_), Some(_), _) => {
            reader.fault(
                &REDIS_PASSWORD_FILE,
                "is set beside REDIS_PASSWORD: which one counts?",
            );
            None
        }
        (_, _, true) => {
            reader.fault(
                &REDIS_ENTRA,
                "is true, and REDIS_PASSWORD or REDIS_PASSWORD_FILE is set as well: which one counts?",
            );
            None
        }
    }
}

impl RedisEntra {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let own = reader.read_optional(&REDIS_ENTRA_CLIENT_ID);
        let client_id = own.or_else(|| reader.read(&table::CLIENT_ID));
        let tenant_id = reader.read(&table::TENANT_ID);
        let authority = reader.read(&table::AUTHORITY_HOST);
        let scope = reader.read(&REDIS_ENTRA_SCOPE);
        let file = reader.read(&native::AZURE_FEDERATED_TOKEN_FILE);
        Some(Self {
            authority: authority?,
            tenant_id: tenant_id?,
            client_id: client_id?,
            scope: scope?,
            federated_token_file: file?,
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

    use super::{RedisAccess, RedisPassword};
    use crate::settings::Reader;

    fn read(settings: &[(&str, &str)]) -> Result<RedisAccess, String> {
        let source = |name: &str| {
            let found = settings.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        let mut reader = Reader::new(&source);
        let access = RedisAccess::read(&mut reader);
        reader.finish(access).map_err(|error| error.to_string())
    }

    const TENANT: (&str, &str) = ("tenant_id", "11111111-2222-3333-4444-555555555555");
    const CLIENT: (&str, &str) = ("client_id", "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee");
    const TOKEN: (&str, &str) = ("azure_federated_token_file", "/token");

    #[test]
    fn nothing_is_needed() {
        let access = read(&[]).unwrap();
        assert!(access.username.is_none() && access.password.is_none());
        assert!(access.sentinels.is_empty());
        assert_eq!(access.wait_replicas, 0);
    }

    #[test]
    fn a_password_has_one_source() {
        let file = ("redis_password_file", "/password");
        let given = ("redis_password", "hunter2");
        let entra = ("redis_entra", "true");
        for two in [[file, given], [file, entra], [given, entra]] {
            let reason = read(&[&two[..], &[TENANT, CLIENT, TOKEN]].concat());
            let reason = reason.err().unwrap();
            assert!(reason.contains("which one counts"), "{reason}");
            assert!(!reason.contains("hunter2"));
        }
        let password = read(&[given]).unwrap().password;
        assert!(matches!(password, Some(RedisPassword::Given(_))));
        let password = read(&[file]).unwrap().password;
        assert!(matches!(password, Some(RedisPassword::File(file)) if file == "/password"));
    }

    #[test]
    fn a_token_is_got_by_the_proxy_or_by_an_identity_of_its_own() {
        let entra = ("redis_entra", "true");
        let client = |settings: &[(&str, &str)]| match read(settings).unwrap().password {
            Some(RedisPassword::Entra(entra)) => entra.client_id.to_string(),
            _ => panic!("not by Entra"),
        };
        assert_eq!(client(&[entra, TENANT, CLIENT, TOKEN]), CLIENT.1);
        let own = ("redis_entra_client_id", TENANT.1);
        assert_eq!(client(&[entra, TENANT, CLIENT, TOKEN, own]), TENANT.1);
        let reason = read(&[entra, TENANT, CLIENT]).err().unwrap();
        assert!(reason.contains("AZURE_FEDERATED_TOKEN_FILE"), "{reason}");
    }

    #[test]
    fn a_password_of_sentinels_needs_sentinels() {
        let password = ("redis_sentinel_password", "hunter2");
        let reason = read(&[password]).err().unwrap();
        assert!(reason.contains("REDIS_SENTINELS"), "{reason}");
        assert!(read(&[password, ("redis_sentinels", "a:26379")]).is_ok());
    }
}
