//! Real programs for the tests, pinned in `tools/` and built into `tools/bin`.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::process;
use crate::workspace::Workspace;

/// Microsoft's kubelogin; nothing where there is no Go to build it.
pub(crate) fn kubelogin(workspace: &Workspace) -> Result<Option<PathBuf>> {
    if !process::succeeds(Command::new("go").arg("version")) {
        return Ok(None);
    }
    let binary = workspace.path("tools/bin/kubelogin");
    let mut go = Command::new("go");
    go.current_dir(workspace.path("tools/kubelogin"));
    go.args(["build", "-trimpath", "-ldflags", "-s -w", "-o"])
        .arg(&binary);
    process::run(go.arg("github.com/Azure/kubelogin"))?;
    Ok(Some(binary))
}
