//! `runtime-config.toml`, and the files that it names.

use host::{LoadError, Surroundings};

use crate::check::Check;
use crate::row::Row;

const NAME: Check = Check::RuntimeConfig;

/// Whether it could be read; nothing has been opened.
pub(crate) fn check(read: Result<&Surroundings, &LoadError>) -> Row {
    match read {
        Ok(surroundings) => {
            let store = surroundings.store("default");
            let place = store.map_or("nothing".to_owned(), |store| store.place());
            Row::ok(NAME, format!("sessions are in {place}"))
        }
        Err(error) => Row::failed(
            NAME,
            error.to_string(),
            "correct the file (--runtime-config; in the chart the values store and runtimeConfig), or \
             what it names",
        ),
    }
}
