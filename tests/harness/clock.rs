//! A wall clock that only tests move, for real programs: Debian's libfaketime between program and libc.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A clock that runs like the real one, with an offset in seconds.
pub struct Clock {
    file: PathBuf,
}

impl Clock {
    /// A clock without offset. Its state is in `directory`.
    pub fn new(directory: &Path, name: &str) -> Self {
        let clock = Self {
            file: directory.join(name),
        };
        clock.set(0);
        clock
    }

    /// Sets the offset from the real time, in seconds.
    pub fn set(&self, seconds: i64) {
        // Replaced atomically: a program may be reading it.
        let new = self.file.with_extension("new");
        fs::write(&new, format!("{seconds:+}\n")).unwrap();
        fs::rename(new, &self.file).unwrap();
    }

    /// Makes `command` use this clock. Its monotonic clock, for deadlines, stays the real one.
    pub(crate) fn rule(&self, command: &mut Command) {
        command
            .env("LD_PRELOAD", library())
            .env("FAKETIME_TIMESTAMP_FILE", &self.file)
            .env("FAKETIME_NO_CACHE", "1")
            .env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
            .env("FAKETIME_DONT_RESET", "1");
    }
}

fn library() -> PathBuf {
    let found = fs::read_dir("/usr/lib")
        .unwrap()
        .map(|directory| {
            directory
                .unwrap()
                .path()
                .join("faketime/libfaketimeMT.so.1")
        })
        .find(|path| path.exists());
    found.expect("Debian's package libfaketime is installed")
}
