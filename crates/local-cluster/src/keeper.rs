//! The outer process: it starts the inner one, and holds its stdin open for as long as there shall be
//! a cluster. When this process is killed, that closes too, and the inner one ends everything.

use std::env;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio};
use std::sync::mpsc::{self, Sender};
use std::thread;

use anyhow::{Context, Result, anyhow};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

enum Event {
    /// A signal came, or the parent is gone.
    Stop,
    /// The inner process has ended.
    Ended(ExitStatus),
}

/// Runs the same command line with `--inner` until that ends; gives its exit code.
pub(crate) fn run() -> Result<ExitCode> {
    let (events, received) = mpsc::channel();
    watch_signals(events.clone())?;
    watch_parent(events.clone())?;
    let mut inner = start()?;
    let mut stdin = inner.stdin.take();
    thread::spawn(move || wait(inner, &events));
    loop {
        match received.recv().context("nobody is left to say anything")? {
            Event::Stop => drop(stdin.take()),
            Event::Ended(status) => {
                let code = status.code().and_then(|code| u8::try_from(code).ok());
                return code
                    .map(ExitCode::from)
                    .ok_or_else(|| anyhow!("the cluster ended with {status}"));
            }
        }
    }
}

fn start() -> Result<Child> {
    Command::new(env::current_exe().context("this program's own path is unknown")?)
        .args(env::args_os().skip(1))
        .arg("--inner")
        .stdin(Stdio::piped())
        // A Ctrl-C in the terminal reaches the outer process alone.
        .process_group(0)
        .spawn()
        .context("could not start the inner process")
}

fn wait(mut inner: Child, events: &Sender<Event>) {
    if let Ok(status) = inner.wait() {
        let _ = events.send(Event::Ended(status));
    }
}

fn watch_signals(events: Sender<Event>) -> Result<()> {
    let mut signals =
        Signals::new([SIGINT, SIGTERM]).context("cannot install the signal handlers")?;
    thread::spawn(move || {
        for _ in signals.forever() {
            if events.send(Event::Stop).is_err() {
                return;
            }
        }
    });
    Ok(())
}

/// A signal at the parent's death (prctl) would come when the thread ends that has started this; a
/// file descriptor of the parent tells of its process.
#[cfg(target_os = "linux")]
fn watch_parent(events: Sender<Event>) -> Result<()> {
    use rustix::event::{PollFd, PollFlags, poll};
    use rustix::process::{PidfdFlags, getppid, pidfd_open};

    let parent = getppid().context("there is no parent")?;
    let parent = pidfd_open(parent, PidfdFlags::empty()).context("the parent cannot be watched")?;
    thread::spawn(move || {
        let mut descriptors = [PollFd::new(&parent, PollFlags::IN)];
        while poll(&mut descriptors, None).is_err() {}
        let _ = events.send(Event::Stop);
    });
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn watch_parent(_: Sender<Event>) -> Result<()> {
    Ok(())
}
