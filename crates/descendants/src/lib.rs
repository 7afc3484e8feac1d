//! Ends every process that this one has started, and whoever they have started in turn.

use std::fs;
use std::path::PathBuf;

use rustix::process::{Pid, Signal, WaitOptions};

/// From here on, whoever loses their parent in this tree becomes a child of this process.
pub fn adopt_orphans() {
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
}

/// Ends every descendant: a child's children become ours when it ends.
pub fn end_all() {
    loop {
        let children = children();
        if children.is_empty() {
            return;
        }
        for child in &children {
            let _ = rustix::process::kill_process(*child, Signal::KILL);
        }
        // Whom they leave becomes ours, and is found the next time. Not whichever ends first is waited
        // for: where another thread has waited for these already, that could be one of whom they leave.
        for child in children {
            let _ = rustix::process::waitpid(Some(child), WaitOptions::empty());
        }
    }
}

/// The children of this process, by `/proc`, where there is one.
fn children() -> Vec<Pid> {
    let Ok(processes) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    let own = std::process::id();
    processes
        .filter_map(|process| parent(process.ok()?.path()).filter(|(_, parent)| *parent == own))
        .filter_map(|(pid, _)| Pid::from_raw(pid))
        .collect()
}

/// A process and its parent, of proc_pid_stat(5): fields 1 and 4. The name, field 2, may hold anything.
fn parent(process: PathBuf) -> Option<(i32, u32)> {
    let pid = process.file_name()?.to_str()?.parse().ok()?;
    let stat = fs::read_to_string(process.join("stat")).ok()?;
    let (_, fields) = stat.rsplit_once(") ")?;
    Some((pid, fields.split(' ').nth(1)?.parse().ok()?))
}
