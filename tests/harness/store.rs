//! Reads the session store from outside.

use std::path::{Path, PathBuf};
use std::{fs, io};

use rusqlite::Connection;

/// The SQLite file.
pub struct Store {
    path: PathBuf,
    connection: Connection,
}

impl Store {
    pub(crate) fn open(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            connection: Connection::open(path).unwrap(),
        }
    }

    /// All keys with their values.
    pub fn records(&self) -> Vec<(String, Vec<u8>)> {
        let mut query = match self
            .connection
            .prepare("SELECT key, value FROM spin_key_value ORDER BY key")
        {
            Ok(query) => query,
            // Nothing has been written yet.
            Err(_) => return Vec::new(),
        };
        let rows = query
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap();
        rows.map(Result::unwrap).collect()
    }

    /// Everything that is in its files.
    pub fn bytes(&self) -> Vec<u8> {
        let files = ["", "-wal", "-shm"].map(|end| format!("{}{end}", self.path.display()));
        let read = |file: &String| match fs::read(file) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            other => other.unwrap(),
        };
        files.iter().flat_map(read).collect()
    }

    /// Replaces a value, like an attacker with write access to the store.
    pub fn write(&self, key: &str, value: &[u8]) {
        let statement = "UPDATE spin_key_value SET value = ?2 WHERE key = ?1";
        assert_eq!(self.connection.execute(statement, (key, value)).unwrap(), 1);
    }

    /// Adds records.
    pub fn fill<'a>(&self, records: impl Iterator<Item = (String, &'a [u8])>) {
        let all = self.connection.unchecked_transaction().unwrap();
        let mut insert = all
            .prepare("INSERT INTO spin_key_value (store, key, value) VALUES ('default', ?1, ?2)")
            .unwrap();
        for (key, value) in records {
            insert.execute((key, value)).unwrap();
        }
        drop(insert);
        all.commit().unwrap();
    }

    /// Every access fails from now on.
    pub fn break_down(&self) {
        self.connection
            .execute("ALTER TABLE spin_key_value RENAME TO away", [])
            .unwrap();
    }

    /// Accesses work again.
    pub fn repair(&self) {
        self.connection
            .execute("ALTER TABLE away RENAME TO spin_key_value", [])
            .unwrap();
    }
}
