//! After compiling the component, the process executes itself again to free memory.
//!
//! The compiler takes about 90 MB, which the allocator never returns. Without this, a pod would need four
//! times as much memory after its first start as after its second.

use std::env;
use std::os::unix::process::CommandExt;
use std::process::Command;

/// Set in a process that was executed again.
const BEGUN_AGAIN: &str = "AKS_OAUTH_PROXY_BEGUN_AGAIN";

/// The program of this process, even if its file was replaced meanwhile.
const PROGRAM: &str = "/proc/self/exe";

/// Executes this program again in the same process (`execve`), with its arguments and environment.
///
/// Returns if that fails, or if this process was already executed again: on a full disk the cache may stay
/// empty.
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
