//! `runtime-config.toml`: where the stores are.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;

use crate::key_value::{Location, Sqlite};
use crate::{LoadError, Options};

/// The label that always exists.
const DEFAULT_LABEL: &str = "default";
const DEFAULT_FILE: &str = "sqlite_key_value.db";

/// The stores, by label. Stores of one file share its connection.
pub(crate) type Stores = HashMap<String, Arc<Sqlite>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default)]
    key_value_store: BTreeMap<String, Store>,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
enum Store {
    Spin { path: Option<PathBuf> },
}

/// The stores that `options` ask for.
pub(crate) fn stores(options: &Options) -> Result<Stores, LoadError> {
    let mut locations = match &options.runtime_config {
        None => BTreeMap::new(),
        Some(path) => {
            let text = fs::read_to_string(path).map_err(|error| LoadError::file(path, error))?;
            let directory = path.parent().unwrap_or(Path::new(""));
            parse(&text, directory).map_err(|reason| LoadError::file(path, reason))?
        }
    };
    // As in Spin, it exists even where the configuration does not name it.
    let default = || Location::File(options.state_dir.join(DEFAULT_FILE));
    locations
        .entry(DEFAULT_LABEL.to_owned())
        .or_insert_with(default);
    let mut files: HashMap<PathBuf, Arc<Sqlite>> = HashMap::new();
    let store = |location: Location| match &location {
        Location::Memory => Arc::new(Sqlite::new(location)),
        Location::File(path) => files
            .entry(path.clone())
            .or_insert_with(|| Arc::new(Sqlite::new(location)))
            .clone(),
    };
    let (labels, locations): (Vec<_>, Vec<_>) = locations.into_iter().unzip();
    Ok(labels
        .into_iter()
        .zip(locations.into_iter().map(store))
        .collect())
}

fn parse(text: &str, directory: &Path) -> Result<BTreeMap<String, Location>, String> {
    let written: Written = toml::from_str(text).map_err(|error| error.to_string())?;
    let location = |Store::Spin { path }| {
        path.map_or(Location::Memory, |path| {
            Location::File(directory.join(path))
        })
    };
    Ok(written
        .key_value_store
        .into_iter()
        .map(|(label, store)| (label, location(store)))
        .collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may")]

    use std::path::{Path, PathBuf};

    use super::{Location, parse};

    #[test]
    fn paths_are_relative_to_the_file() {
        let text = "[key_value_store.default]\ntype = \"spin\"\npath = \"x/kv.db\"\n\
                    [key_value_store.other]\ntype = \"spin\"\n";
        let stores = parse(text, Path::new("/dir")).unwrap();
        assert_eq!(
            stores["default"],
            Location::File(PathBuf::from("/dir/x/kv.db"))
        );
        assert_eq!(stores["other"], Location::Memory);
    }

    #[test]
    fn what_is_not_known_is_an_error_with_its_line() {
        for text in [
            "\n[outbound_http]\nconnection_pooling = true\n",
            "[key_value_store.default]\ntype = \"redis\"\nurl = \"redis://h\"\n",
            "[key_value_store.default]\ntype = \"spin\"\nfile = \"x\"\n",
            "[key_value_store.default]\npath = \"x\"\n",
        ] {
            let reason = parse(text, Path::new("")).unwrap_err();
            assert!(reason.contains("line"), "{reason}");
        }
    }
}
