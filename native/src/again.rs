//! A process that has compiled the component begins again, and has little memory then.
//!
//! The compiler takes about 90 MB, which the allocator keeps for as long as the process lives: a pod would be
//! four times as large after its first start as after its second.

use std::env;
use std::os::unix::process::CommandExt;
use std::process::Command;

/// Set in a process that has begun again.
const BEGUN_AGAIN: &str = "AKS_OAUTH_PROXY_BEGUN_AGAIN";

/// The program of this process, also if another one has been put in its place meanwhile.
const PROGRAM: &str = "/proc/self/exe";

/// Begins this program anew in the same process (`execve`), with its arguments and its environment.
///
/// It returns if that fails, and in a process that has begun again before: what is compiled may be kept
/// nowhere, on a disk that is full.
pub(crate) fn once() {
    if env::var_os(BEGUN_AGAIN).is_some() {
        return;
    }
    let mut command = Command::new(PROGRAM);
    let mut arguments = env::args_os();
    if let Some(name) = arguments.next() {
        command.arg0(name);
    }
    let error = command.args(arguments).env(BEGUN_AGAIN, "1").exec();
    eprintln!("warning: memory of the compiler is kept: cannot begin again: {error}");
}
