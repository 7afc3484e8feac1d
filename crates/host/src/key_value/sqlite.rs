//! The key-value type `spin`: a table in SQLite with Spin's schema and encoding.

use std::fs::{self, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

use super::result::Result;

const SCHEMA: &str = "CREATE TABLE IF NOT EXISTS spin_key_value (
    store TEXT NOT NULL,
    key   TEXT NOT NULL,
    value BLOB NOT NULL,
    PRIMARY KEY (store, key)
)";
const GET: &str = "SELECT value FROM spin_key_value WHERE store = ?1 AND key = ?2";
const SET: &str = "INSERT INTO spin_key_value (store, key, value) VALUES (?1, ?2, ?3)
    ON CONFLICT (store, key) DO UPDATE SET value = excluded.value";
const DELETE: &str = "DELETE FROM spin_key_value WHERE store = ?1 AND key = ?2";
const EXISTS: &str = "SELECT 1 FROM spin_key_value WHERE store = ?1 AND key = ?2";
const KEYS: &str = "SELECT key FROM spin_key_value WHERE store = ?1";

/// A database's location.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Location {
    Memory,
    File(PathBuf),
}

/// One database. It connects at the first use; calls take turns.
#[derive(Debug)]
pub(crate) struct Sqlite {
    location: Location,
    connection: Mutex<Option<Connection>>,
}

impl Sqlite {
    pub(crate) fn new(location: Location) -> Self {
        Self {
            location,
            connection: Mutex::new(None),
        }
    }

    /// The file's path.
    pub(crate) fn place(&self) -> String {
        match &self.location {
            Location::Memory => "memory".to_owned(),
            Location::File(path) => path.display().to_string(),
        }
    }

    /// Connects if necessary; an unreachable database fails here.
    pub(crate) fn open(&self) -> Result<()> {
        self.with(|_| Ok(()))
    }

    pub(crate) fn get(&self, store: &str, key: &str) -> Result<Option<Vec<u8>>> {
        self.with(|connection| {
            connection
                .prepare_cached(GET)?
                .query_row([store, key], |row| row.get(0))
                .optional()
        })
    }

    /// The values of `keys`, read in this order.
    pub(crate) fn get_many(&self, store: &str, keys: &[String]) -> Result<Vec<Option<Vec<u8>>>> {
        keys.iter().map(|key| self.get(store, key)).collect()
    }

    pub(crate) fn exists(&self, store: &str, key: &str) -> Result<bool> {
        self.with(|connection| connection.prepare_cached(EXISTS)?.exists([store, key]))
    }

    pub(crate) fn keys(&self, store: &str) -> Result<Vec<String>> {
        self.with(|connection| {
            connection
                .prepare_cached(KEYS)?
                .query_map([store], |row| row.get(0))?
                .collect()
        })
    }

    pub(crate) fn set(&self, store: &str, key: &str, value: &[u8]) -> Result<()> {
        self.write(|connection| {
            connection
                .prepare_cached(SET)?
                .execute(params![store, key, value])
                .map(drop)
        })
    }

    pub(crate) fn delete(&self, store: &str, key: &str) -> Result<()> {
        self.write(|connection| {
            connection
                .prepare_cached(DELETE)?
                .execute([store, key])
                .map(drop)
        })
    }

    pub(crate) fn set_many(&self, store: &str, pairs: &[(String, Vec<u8>)]) -> Result<()> {
        self.write(|connection| {
            let transaction = connection.transaction()?;
            for (key, value) in pairs {
                transaction
                    .prepare_cached(SET)?
                    .execute(params![store, key, value])?;
            }
            transaction.commit()
        })
    }

    pub(crate) fn delete_many(&self, store: &str, keys: &[String]) -> Result<()> {
        self.write(|connection| {
            let transaction = connection.transaction()?;
            for key in keys {
                transaction.prepare_cached(DELETE)?.execute([store, key])?;
            }
            transaction.commit()
        })
    }

    /// Adds `delta` to the counter at `key`, which Spin stores as 8 bytes, little-endian.
    pub(crate) fn increment(&self, store: &str, key: &str, delta: i64) -> Result<i64> {
        let counted = self.write(|connection| {
            // A write transaction from the start: another process that counts waits for its turn.
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let value: Option<Vec<u8>> = transaction
                .prepare_cached(GET)?
                .query_row([store, key], |row| row.get(0))
                .optional()?;
            let Some(count) = counter(value).and_then(|count| count.checked_add(delta)) else {
                return Ok(None);
            };
            let bytes = count.to_le_bytes();
            transaction
                .prepare_cached(SET)?
                .execute(params![store, key, bytes.as_slice()])?;
            transaction.commit()?;
            Ok(Some(count))
        })?;
        counted
            .ok_or_else(|| "the key holds a value that is not a counter, or it is full".to_owned())
    }

    /// Like [`Sqlite::with`], off this thread's asynchronous tasks: writing may wait for the disk.
    fn write<T>(&self, f: impl FnOnce(&mut Connection) -> rusqlite::Result<T>) -> Result<T> {
        tokio::task::block_in_place(|| self.with(f))
    }

    fn with<T>(&self, f: impl FnOnce(&mut Connection) -> rusqlite::Result<T>) -> Result<T> {
        let mut connection = self.lock();
        let connection = match &mut *connection {
            Some(connection) => connection,
            none => none.insert(connect(&self.location)?),
        };
        f(connection).map_err(|error| error.to_string())
    }

    fn lock(&self) -> MutexGuard<'_, Option<Connection>> {
        // After a panic within a transaction, SQLite has rolled it back.
        self.connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// The value of a counter; `None` if it is not one.
fn counter(value: Option<Vec<u8>>) -> Option<i64> {
    match value {
        None => Some(0),
        Some(bytes) => bytes.try_into().ok().map(i64::from_le_bytes),
    }
}

fn connect(location: &Location) -> Result<Connection> {
    let connection = match location {
        Location::Memory => Connection::open_in_memory().map_err(|error| error.to_string())?,
        Location::File(path) => {
            create(path).map_err(|error| format!("{}: {error}", path.display()))?;
            Connection::open(path).map_err(|error| format!("{}: {error}", path.display()))?
        }
    };
    configure(&connection).map_err(|error| error.to_string())?;
    Ok(connection)
}

/// Creates the file, which holds sessions, readable only for its owner.
fn create(path: &Path) -> std::io::Result<()> {
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory)?;
    }
    OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .open(path)
        .map(drop)
}

/// Uses a write-ahead log, which Spin reads too: readers never wait. Each write is on disk when it returns: a
/// power failure must not undo a sign-out.
fn configure(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.execute(SCHEMA, []).map(drop)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use std::os::unix::fs::PermissionsExt;

    use super::{Location, Sqlite};

    /// Writes need the multi-threaded runtime of `serve`.
    fn run<T>(test: impl FnOnce() -> T) -> T {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .build()
            .unwrap();
        runtime.block_on(async { test() })
    }

    #[test]
    fn values_come_back() {
        run(|| {
            let store = Sqlite::new(Location::Memory);
            assert_eq!(store.get("a", "k"), Ok(None));
            store.set("a", "k", b"1").unwrap();
            store.set("a", "k", b"2").unwrap();
            assert_eq!(store.get("a", "k"), Ok(Some(b"2".to_vec())));
            assert_eq!(store.exists("a", "k"), Ok(true));
            assert_eq!(store.get("b", "k"), Ok(None), "labels are apart");
            store.delete("a", "k").unwrap();
            store.delete("a", "k").unwrap();
            assert_eq!(store.exists("a", "k"), Ok(false));
        });
    }

    #[test]
    fn many_are_written_and_deleted_at_once() {
        run(|| {
            let store = Sqlite::new(Location::Memory);
            let pairs = [("x".to_owned(), vec![1]), ("y".to_owned(), vec![2])];
            store.set_many("a", &pairs).unwrap();
            assert_eq!(store.keys("a").unwrap().len(), 2);
            store
                .delete_many("a", &["x".to_owned(), "z".to_owned()])
                .unwrap();
            assert_eq!(store.keys("a"), Ok(vec!["y".to_owned()]));
        });
    }

    #[test]
    fn many_are_read_at_once() {
        run(|| {
            let store = Sqlite::new(Location::Memory);
            store.set("a", "x", b"1").unwrap();
            store.set("a", "y", b"").unwrap();
            store.set("b", "z", b"3").unwrap();
            store.increment("a", "n", 1).unwrap();
            let keys = ["y", "z", "n", "x"].map(str::to_owned);
            let counter = 1_i64.to_le_bytes().to_vec();
            assert_eq!(
                store.get_many("a", &keys),
                Ok(vec![Some(vec![]), None, Some(counter), Some(vec![b'1'])])
            );
            assert_eq!(store.get_many("a", &[]), Ok(vec![]));
        });
    }

    #[test]
    fn counters_are_spins_bytes() {
        run(|| {
            let store = Sqlite::new(Location::Memory);
            assert_eq!(store.increment("a", "n", 1), Ok(1));
            assert_eq!(store.increment("a", "n", 41), Ok(42));
            assert_eq!(store.get("a", "n"), Ok(Some(42_i64.to_le_bytes().to_vec())));
        });
    }

    #[test]
    fn a_value_that_is_no_counter_is_an_error() {
        run(|| {
            let store = Sqlite::new(Location::Memory);
            store.set("a", "n", b"text").unwrap();
            assert!(store.increment("a", "n", 1).is_err());
            store.set("a", "n", &i64::MAX.to_le_bytes()).unwrap();
            assert!(store.increment("a", "n", 1).is_err());
        });
    }

    #[test]
    fn the_file_is_private_and_two_connections_count_together() {
        run(|| {
            let directory = tempfile::tempdir().unwrap();
            let path = directory.path().join("new/kv.db");
            let (one, two) = (
                Sqlite::new(Location::File(path.clone())),
                Sqlite::new(Location::File(path.clone())),
            );
            assert_eq!(one.increment("a", "n", 1), Ok(1));
            assert_eq!(two.increment("a", "n", 1), Ok(2));
            assert_eq!(one.increment("a", "n", 1), Ok(3));
            assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        });
    }

    #[test]
    fn a_database_that_cannot_be_made_is_an_error_each_time() {
        let store = Sqlite::new(Location::File("/dev/null/kv.db".into()));
        assert!(store.open().is_err());
        assert!(store.get("a", "k").is_err());
    }
}
