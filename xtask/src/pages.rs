//! The pages as files: a unit test of the component writes them.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::process;

/// The test.
const WRITER: &str =
    "pages::tests::written::all_pages_are_written_where_somebody_wants_to_see_them";

/// Writes all pages into `folder`, by this `cargo test` of the component. What was there is gone.
pub(crate) fn write(mut test: Command, folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)
            .with_context(|| format!("could not remove {}", folder.display()))?;
    }
    fs::create_dir_all(folder).with_context(|| format!("could not make {}", folder.display()))?;
    test.args(["--lib", WRITER]).env("PAGES_DIR", folder);
    process::run(&mut test)
}
