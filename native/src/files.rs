//! The limit of open files: each connection is one.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Open files besides clients' connections: stores, sidecar, Entra, logs.
const OTHERS: u64 = 64;

/// Raises the limit to the system's maximum (the usual 1024 is for programs with `select`), and warns if it
/// is too low for `connections`.
pub(crate) fn allow(connections: u32) {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: maximum,
        maximum,
    };
    // If raising is forbidden, the warning shows it.
    let _ = setrlimit(Resource::Nofile, raised);
    let needed = u64::from(connections) + OTHERS;
    if let Some(files) = getrlimit(Resource::Nofile)
        .current
        .filter(|files| *files < needed)
    {
        eprintln!(
            "warning: this process may open {files} files, too few for {connections} connections \
             (--max-connections): raise `ulimit -n`, or lower the number"
        );
    }
}
