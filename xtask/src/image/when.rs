//! The time of everything in an image: the time of its sources, not of its assembly.

use std::env;

use anyhow::{Context, Result};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::process;
use crate::workspace::Workspace;

/// Seconds since 1970: `SOURCE_DATE_EPOCH` (reproducible-builds.org), else the time of the commit.
pub(super) fn seconds(workspace: &Workspace) -> Result<u64> {
    let said = match env::var("SOURCE_DATE_EPOCH") {
        Ok(given) => given,
        Err(_) => git(workspace, &["log", "-1", "--format=%ct"])
            .context("there is no commit whose time images could have: set SOURCE_DATE_EPOCH")?,
    };
    let seconds = said.trim().parse();
    seconds.with_context(|| format!("SOURCE_DATE_EPOCH is seconds since 1970, and not `{said}`"))
}

/// The same as people and documents write it (RFC 3339).
pub(super) fn written(seconds: u64) -> Result<String> {
    let time = OffsetDateTime::from_unix_timestamp(i64::try_from(seconds)?)?;
    Ok(time.format(&Rfc3339)?)
}

/// The commit; `None` if the sources differ from it, or without one.
pub(super) fn revision(workspace: &Workspace) -> Option<String> {
    let changed = git(
        workspace,
        &["status", "--porcelain", "--untracked-files=no"],
    )?;
    let commit = git(workspace, &["rev-parse", "HEAD"])?;
    changed.is_empty().then_some(commit)
}

fn git(workspace: &Workspace, arguments: &[&str]) -> Option<String> {
    process::output(workspace.command("git").args(arguments))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_time_is_written_as_documents_have_it() {
        assert_eq!(written(0).unwrap(), "1970-01-01T00:00:00Z");
        assert_eq!(written(1_700_000_000).unwrap(), "2023-11-14T22:13:20Z");
        assert!(written(u64::MAX).is_err());
    }
}
