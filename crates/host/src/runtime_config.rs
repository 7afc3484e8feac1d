//! `runtime-config.toml`: the stores, and the TLS settings of outgoing calls.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;

use crate::client_tls::{self, ClientTls};
use crate::key_value::{Backend, Location, Redis, Sqlite};
use crate::{LoadError, Options, RedisSettings};

/// The label of the store that always exists.
const DEFAULT_LABEL: &str = "default";
const DEFAULT_FILE: &str = "sqlite_key_value.db";

/// The file, with its defaults.
pub(crate) struct RuntimeConfig {
    pub(crate) stores: Stores,
    pub(crate) client_tls: Arc<ClientTls>,
}

/// The stores, by label. Stores of one file or server share its connection.
pub(crate) type Stores = HashMap<String, Backend>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default)]
    key_value_store: BTreeMap<String, Store>,
    #[serde(default)]
    client_tls: Vec<client_tls::Written>,
}

/// Spin's format. Its types `azure_cosmos` and `aws_dynamo` are refused: their `increment`, on which the
/// component relies, is not exact.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
enum Store {
    Redis { url: String },
    Spin { path: Option<PathBuf> },
}

impl RuntimeConfig {
    /// Reads the file in `options`.
    pub(crate) fn read(options: &Options) -> Result<Self, LoadError> {
        let (path, text) = match &options.runtime_config {
            Some(path) => (
                path,
                fs::read_to_string(path).map_err(|error| LoadError::file(path, error))?,
            ),
            None => (&options.state_dir, String::new()),
        };
        // As in Spin, this store exists even if the configuration does not name it.
        let file = std::path::absolute(options.state_dir.join(DEFAULT_FILE))
            .map_err(|error| LoadError::file(&options.state_dir, error))?;
        let directory = path.parent().unwrap_or(Path::new(""));
        parse(&text)
            .and_then(|mut written| {
                let default = || Store::Spin { path: Some(file) };
                written
                    .key_value_store
                    .entry(DEFAULT_LABEL.to_owned())
                    .or_insert_with(default);
                Ok(Self {
                    stores: open(written.key_value_store, directory, &options.redis)?,
                    client_tls: Arc::new(ClientTls::load(&written.client_tls, directory)?),
                })
            })
            .map_err(|reason| LoadError::file(path, reason))
    }
}

/// The error has the line's number but not the line, which may hold a password.
fn parse(text: &str) -> Result<Written, String> {
    toml::from_str(text).map_err(|error: toml::de::Error| {
        let what = without_values(error.message());
        let before = error.span().and_then(|span| text.get(..span.start));
        match before {
            Some(before) => format!("line {}: {what}", before.matches('\n').count() + 1),
            None => what,
        }
    })
}

/// `message` without quoted values: names are between backticks, values between quotation marks. Values of a
/// known set stay.
fn without_values(message: &str) -> String {
    const UNKNOWN: &str = "unknown variant `";
    let is_word = |text: &str| {
        text.chars()
            .all(|each| each.is_ascii_alphanumeric() || each == '_')
    };
    let unknown = message.strip_prefix(UNKNOWN);
    let message = match unknown.and_then(|rest| rest.split_once('`')) {
        Some((value, known)) if !is_word(value) => format!("{UNKNOWN}…`{known}"),
        _ => message.to_owned(),
    };
    let parts = message.trim_end().split('"').enumerate();
    let kept = parts.map(|(index, part)| if index % 2 == 0 { part } else { "\"…\"" });
    kept.collect()
}

fn open(
    written: BTreeMap<String, Store>,
    directory: &Path,
    redis: &RedisSettings,
) -> Result<Stores, String> {
    let is_redis = |store: &Store| matches!(store, Store::Redis { .. });
    if redis.is_set() && !written.values().any(is_redis) {
        return Err("REDIS_… settings are given, and no store has type = \"redis\"".to_owned());
    }
    let mut shared: Vec<(Store, Backend)> = Vec::new();
    let mut stores = Stores::new();
    for (label, store) in written {
        let known = shared.iter().find(|(other, _)| *other == store);
        let backend = match known {
            Some((_, backend)) => backend.clone(),
            None => {
                backend(&store, directory, redis).map_err(|reason| format!("{label}: {reason}"))?
            }
        };
        // Without a path, each label has its own memory.
        if store != (Store::Spin { path: None }) {
            shared.push((store, backend.clone()));
        }
        stores.insert(label, backend);
    }
    Ok(stores)
}

fn backend(store: &Store, directory: &Path, redis: &RedisSettings) -> Result<Backend, String> {
    Ok(match store {
        Store::Redis { url } => Backend::Redis(Arc::new(Redis::new(url, redis)?)),
        Store::Spin { path } => {
            let location = match path {
                Some(path) => Location::File(directory.join(path)),
                None => Location::Memory,
            };
            Backend::Sqlite(Arc::new(Sqlite::new(location)))
        }
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may")]

    use std::path::Path;
    use std::sync::Arc;

    use super::{Backend, Stores, parse};
    use crate::RedisSettings;

    fn open(text: &str, directory: &str, redis: &RedisSettings) -> Result<Stores, String> {
        super::open(
            parse(text).unwrap().key_value_store,
            Path::new(directory),
            redis,
        )
    }

    #[test]
    fn paths_are_relative_to_the_file_and_one_file_is_one_connection() {
        let text = "[key_value_store.a]\ntype = \"spin\"\npath = \"x/kv.db\"\n\
                    [key_value_store.b]\ntype = \"spin\"\npath = \"x/kv.db\"\n\
                    [key_value_store.c]\ntype = \"spin\"\n\
                    [key_value_store.d]\ntype = \"spin\"\n";
        let stores = open(text, "/dir", &RedisSettings::default()).unwrap();
        let sqlite = |label| match &stores[label] {
            Backend::Sqlite(sqlite) => sqlite,
            Backend::Redis(_) => unreachable!(),
        };
        assert!(format!("{:?}", sqlite("a")).contains("/dir/x/kv.db"));
        assert!(Arc::ptr_eq(sqlite("a"), sqlite("b")));
        assert!(!Arc::ptr_eq(sqlite("c"), sqlite("d")));
    }

    #[test]
    fn redis_needs_an_address_that_is_one() {
        let text = |url| format!("[key_value_store.default]\ntype = \"redis\"\nurl = \"{url}\"\n");
        for url in [
            "redis://:pw@redis:6379/3",
            "rediss://redis:6380",
            "redis://h",
        ] {
            assert!(open(&text(url), "", &RedisSettings::default()).is_ok());
        }
        for url in ["", "http://h", "redis"] {
            let reason = open(&text(url), "", &RedisSettings::default())
                .err()
                .unwrap();
            assert!(reason.contains("default"), "{reason}");
        }
    }

    #[test]
    fn settings_of_redis_need_a_redis() {
        let settings = RedisSettings {
            username: Some("proxy".to_owned()),
            ..RedisSettings::default()
        };
        let sqlite = "[key_value_store.default]\ntype = \"spin\"\n";
        let reason = open(sqlite, "", &settings).err().unwrap();
        assert!(reason.contains("no store has type"), "{reason}");
        let both = format!("{sqlite}[key_value_store.b]\ntype = \"redis\"\nurl = \"redis://h\"\n");
        assert!(open(&both, "", &settings).is_ok());
    }

    #[test]
    fn an_error_repeats_no_password() {
        for text in [
            "[key_value_store]\ndefault = \"redis://:hunter2@redis\"\n",
            "[key_value_store.default]\ntype = \"redis\"\nurl = \"redis://:hunter2@redis\"\nfile = 1\n",
            "[key_value_store.default]\ntype = \"redis\"\nurl = \"redis://:hunter2@redis\n",
            "[key_value_store.default]\ntype = \"redis\"\nurl = redis://:hunter2@redis\n",
            "[key_value_store.default]\ntype = \"redis://:hunter2@redis\"\n",
        ] {
            let reason = parse(text).err().unwrap();
            assert!(reason.contains("line"), "{reason}");
            assert!(!reason.contains("hunter2"), "{reason}");
        }
    }

    #[test]
    fn what_is_not_known_is_an_error_with_its_line() {
        for text in [
            "\n[outbound_http]\nconnection_pooling = true\n",
            "[key_value_store.default]\ntype = \"redis\"\n",
            "[key_value_store.default]\ntype = \"azure_cosmos\"\naccount = \"a\"\n",
            "[key_value_store.default]\ntype = \"spin\"\nfile = \"x\"\n",
            "[key_value_store.default]\npath = \"x\"\n",
        ] {
            let reason = parse(text).err().unwrap();
            assert!(reason.contains("line"), "{reason}");
        }
    }
}
