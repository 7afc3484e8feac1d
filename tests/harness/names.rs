//! Host names that only tests define, for real programs: Debian's libnss-wrapper between program and libc.

use std::fs;
use std::path::PathBuf;

use tempfile::TempDir;

/// Names that a test points elsewhere.
pub struct Names {
    directory: TempDir,
}

impl Names {
    /// `name` is the host `address`.
    pub fn with(name: &str, address: &str) -> Self {
        let names = Self {
            directory: tempfile::tempdir().unwrap(),
        };
        names.point(name, address);
        names
    }

    /// From now on `name` resolves to `address`.
    pub fn point(&self, name: &str, address: &str) {
        // Replaced atomically: a program may be reading it.
        let new = self.file().with_extension("new");
        fs::write(&new, format!("{address} {name}\n")).unwrap();
        fs::rename(new, self.file()).unwrap();
    }

    /// The settings that make a program use these names.
    pub fn settings(&self) -> [(&'static str, String); 2] {
        [
            ("LD_PRELOAD", library().display().to_string()),
            ("NSS_WRAPPER_HOSTS", self.file().display().to_string()),
        ]
    }

    fn file(&self) -> PathBuf {
        self.directory.path().join("hosts")
    }
}

fn library() -> PathBuf {
    let directories = fs::read_dir("/usr/lib").unwrap().flatten();
    let found = directories
        .map(|directory| directory.path().join("libnss_wrapper.so"))
        .find(|path| path.exists());
    found.expect("Debian's package libnss-wrapper is installed")
}
