//! The program that is called like `spin up`.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::process;

/// The origin in Spin's line when it listens.
pub(crate) fn serving(line: &str) -> Option<String> {
    let origin = line.strip_prefix("Serving ")?;
    origin
        .starts_with("http://")
        .then(|| origin.trim_end().to_owned())
}

/// The Spin CLI, or a program with the same arguments: `PROGRAM up --from MANIFEST --runtime-config-file FILE
/// --state-dir DIRECTORY --listen ADDRESS`, with the settings as `SPIN_VARIABLE_X`.
#[derive(Debug, Clone)]
pub(crate) struct Program(PathBuf);

impl Program {
    /// Finds it: a path, or a name on the `PATH`.
    pub(crate) fn find(given: &Path) -> Result<Self> {
        let is_name = given.components().count() == 1 && !given.is_absolute();
        let on_path = given.to_str().filter(|_| is_name).and_then(process::which);
        let found = on_path.or_else(|| fs::canonicalize(given).ok());
        let found = found.with_context(|| {
            format!(
                "--spin needs the Spin CLI (https://spinframework.dev, 3.6 or 4.0), and there is no \
                 `{}`, neither as a path nor on the PATH; without --spin our own host serves",
                given.display()
            )
        })?;
        Ok(Self(found))
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &OsStr {
        self.0.as_os_str()
    }

    /// Its version, if it prints one.
    pub(crate) fn version(&self) -> String {
        let said = process::output(Command::new(&self.0).arg("--version"));
        said.unwrap_or_else(|| self.0.display().to_string())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_name_is_looked_for_and_a_path_is_taken() {
        let shell = Program::find(Path::new("sh")).unwrap();
        assert_eq!(Path::new(shell.path()).file_name(), Some("sh".as_ref()));
        let path = process::which("sh").unwrap();
        assert!(Program::find(&path).is_ok());
    }

    #[test]
    fn spins_line_is_understood() {
        let line = "Serving http://127.0.0.1:3000";
        assert_eq!(serving(line).as_deref(), Some("http://127.0.0.1:3000"));
        for other in ["Serving", "Serving ftp://x", "Available Routes:", ""] {
            assert_eq!(serving(other), None, "{other}");
        }
    }

    #[test]
    fn what_is_not_there_is_named_with_what_is_needed() {
        for absent in ["no-such-program-here", "/nowhere/spin"] {
            let error = Program::find(Path::new(absent)).unwrap_err().to_string();
            assert!(
                error.contains(absent) && error.contains("Spin CLI"),
                "{error}"
            );
        }
    }
}
