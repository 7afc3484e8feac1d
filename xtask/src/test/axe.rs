//! axe-core, which finds accessibility problems in a page. npm fetches it; it is in no commit.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use flate2::read::GzDecoder;
use sha2::{Digest, Sha256};
use tar::Archive;

use super::runner::Tests;
use crate::process;

/// The package, and so the name of its archive.
const PACKAGE: &str = "axe-core";
const VERSION: &str = "4.14.1";
/// The script in the package.
const SCRIPT: &str = "package/axe.min.js";
/// SHA-256 of the script.
const DIGEST: &str = "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c";

impl Tests<'_> {
    /// The script of axe-core in `target/axe`; `None` without npm, or if npm cannot fetch it.
    ///
    /// # Errors
    /// When npm delivers another script.
    pub(super) fn axe(&self) -> Result<Option<PathBuf>> {
        let directory = self.workspace.target().join("axe");
        let file = directory.join("axe.min.js");
        if fs::read(&file).is_ok_and(|script| is_axe(&script)) {
            return Ok(Some(file));
        }
        let Some(npm) = process::which("npm") else {
            println!("the pages are not looked at by axe-core: there is no npm here");
            return Ok(None);
        };
        println!("fetching {PACKAGE} {VERSION} into target/axe");
        fs::create_dir_all(&directory)?;
        let mut npm = self.workspace.command(npm);
        npm.arg("pack").arg(format!("{PACKAGE}@{VERSION}"));
        npm.args(["--silent", "--ignore-scripts", "--pack-destination"]);
        if let Err(error) = process::run(npm.arg(&directory)) {
            println!("the pages are not looked at by axe-core: {error:#}");
            return Ok(None);
        }
        let archive = directory.join(format!("{PACKAGE}-{VERSION}.tgz"));
        let script = script(&fs::read(&archive)?)?;
        ensure!(is_axe(&script), "{SCRIPT} has another digest than {DIGEST}");
        fs::remove_file(&archive)?;
        fs::write(&file, script)?;
        Ok(Some(file))
    }
}

/// The script in the archive.
fn script(archive: &[u8]) -> Result<Vec<u8>> {
    let mut archive = Archive::new(GzDecoder::new(archive));
    for entry in archive.entries()? {
        let mut entry = entry?;
        if entry.path()?.as_ref() == Path::new(SCRIPT) {
            let mut script = Vec::new();
            entry.read_to_end(&mut script)?;
            return Ok(script);
        }
    }
    None.with_context(|| format!("there is no {SCRIPT} in it"))
}

fn is_axe(script: &[u8]) -> bool {
    format!("{:x}", Sha256::digest(script)) == DIGEST
}
