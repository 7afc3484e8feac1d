//! How many files this process may have open: each connection is one.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// What is open besides the connections of clients: stores, sidecar, Entra, logs.
const OTHERS: u64 = 64;

/// Allows as many as the system does (the usual 1024 are for programs that use `select`), and warns if
/// they are too few for so many `connections`.
pub(crate) fn allow(connections: u32) {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: maximum,
        maximum,
    };
    // Where this is forbidden, the warning says so.
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
