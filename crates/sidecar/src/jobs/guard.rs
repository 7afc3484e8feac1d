//! The guard is a process between the sidecar and kubelogin. At its end no process of the tree and no file is
//! left. The sidecar holds the guard's stdin open. When that closes, because the sidecar wants it or has
//! died, the guard ends everything.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Read};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};
use std::thread;

use rustix::process::{Pid, Signal};

/// The exit code if the program could not be started, as in shells.
pub const NOT_STARTED: i32 = 127;

/// Runs `program` with `arguments` in the private `directory`, and removes that afterwards. Exits with the
/// program's exit code.
pub fn run(directory: &Path, program: &Path, arguments: &[OsString]) -> ExitCode {
    descendants::adopt_orphans();
    let code = match start(directory, program, arguments) {
        Ok(child) => wait(child),
        Err(error) => {
            eprintln!("Error: cannot start {}: {error}", program.display());
            NOT_STARTED
        }
    };
    descendants::end_all();
    // The sidecar checks the removal too, and reports a failure.
    let _ = fs::remove_dir_all(directory);
    ExitCode::from(u8::try_from(code).unwrap_or(u8::MAX))
}

fn start(directory: &Path, program: &Path, arguments: &[OsString]) -> io::Result<Child> {
    Command::new(program)
        .args(arguments)
        .current_dir(directory)
        .stdin(Stdio::null())
        // A process group of its own, so that it can be killed without this process.
        .process_group(0)
        .spawn()
}

fn wait(mut child: Child) -> i32 {
    let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    thread::spawn(move || {
        let _ = io::stdin().read_to_end(&mut Vec::new());
        if let Some(group) = group {
            // It may have ended already.
            let _ = rustix::process::kill_process_group(group, Signal::KILL);
        }
    });
    match child.wait() {
        Ok(status) => status
            .code()
            .or(status.signal().map(|signal| 128 + signal))
            .unwrap_or(1),
        Err(_) => 1,
    }
}
