//! Supervises the started programs: shows their output, notices their end, and ends all of them.

use std::error::Error;
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvError, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};
use std::{fmt, thread};

use anyhow::{Context, Result, anyhow, bail};
use rustix::process::{Pid, Signal, kill_process_group};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::process;

/// How long a program may take to end.
const GRACE: Duration = Duration::from_secs(10);

/// Why everything stops.
#[derive(Debug)]
pub(super) enum End {
    /// A signal came.
    Asked,
    /// A program ended unasked.
    Exited {
        /// Its name.
        program: &'static str,
        /// How it ended.
        status: ExitStatus,
    },
}

impl fmt::Display for End {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Asked => out.write_str("stopped by a signal"),
            Self::Exited { program, status } => write!(out, "{program} ended by itself ({status})"),
        }
    }
}

impl Error for End {}

/// The programs that were started, each in a process group of its own.
pub(super) struct Supervisor {
    events: Receiver<Event>,
    sender: Sender<Event>,
    running: Vec<Program>,
}

struct Program {
    name: &'static str,
    group: Pid,
}

enum Event {
    Signal,
    Line {
        program: &'static str,
        text: String,
    },
    Exited {
        program: &'static str,
        status: ExitStatus,
    },
}

impl Supervisor {
    /// From here on, SIGINT, SIGTERM and SIGHUP end [`Supervisor::wait`] instead of this process.
    pub(super) fn new() -> Result<Self> {
        let (sender, events) = mpsc::channel();
        let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP])
            .context("cannot install the signal handlers")?;
        let on_signal = sender.clone();
        thread::spawn(move || {
            for _ in signals.forever() {
                if on_signal.send(Event::Signal).is_err() {
                    return;
                }
            }
        });
        Ok(Self {
            events,
            sender,
            running: Vec::new(),
        })
    }

    /// Starts `command` under a name and waits until it prints a line that `ready` accepts; earlier lines are
    /// shown.
    ///
    /// Fails with an [`End`] if a program ends or a signal comes first.
    pub(super) fn start<T>(
        &mut self,
        name: &'static str,
        command: &Command,
        ready: impl FnMut(&str) -> Option<T>,
    ) -> Result<T> {
        self.launch(name, process::with_parent(command)?)?;
        self.ready(name, ready)
    }

    /// Starts `command` under a name, without waiting.
    pub(super) fn begin(&mut self, name: &'static str, command: &Command) -> Result<()> {
        self.launch(name, process::with_parent(command)?)
    }

    fn ready<T>(
        &mut self,
        name: &'static str,
        mut ready: impl FnMut(&str) -> Option<T>,
    ) -> Result<T> {
        loop {
            match self.next() {
                Ok((program, line)) => match ready(&line) {
                    Some(value) if program == name => return Ok(value),
                    _ => show(&line),
                },
                Err(end) => bail!(end),
            }
        }
    }

    /// Shows the programs' output until a signal comes or one of them ends.
    pub(super) fn wait(&mut self) -> End {
        loop {
            match self.next() {
                Ok((_, line)) => show(&line),
                Err(end) => return end,
            }
        }
    }

    /// Tells every program to end and waits. Kills those that take too long, or all at a second signal.
    pub(super) fn stop(&mut self) {
        for program in &self.running {
            program.signal(Signal::TERM);
        }
        let deadline = Instant::now() + GRACE;
        while !self.running.is_empty() {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.events.recv_timeout(left) {
                Ok(Event::Line { text, .. }) => show(&text),
                Ok(Event::Exited { program, .. }) => self.forget(program),
                Ok(Event::Signal) | Err(RecvTimeoutError::Timeout) => return self.kill(),
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn next(&mut self) -> Result<(&'static str, String), End> {
        match self.events.recv() {
            Ok(Event::Line { program, text }) => Ok((program, text)),
            Ok(Event::Exited { program, status }) => {
                self.forget(program);
                Err(End::Exited { program, status })
            }
            // We hold a sender ourselves, so the channel cannot end before this does.
            Ok(Event::Signal) | Err(RecvError) => Err(End::Asked),
        }
    }

    fn launch(&mut self, name: &'static str, mut command: Command) -> Result<()> {
        let mut child = command
            .process_group(0) // a Ctrl-C in the terminal reaches us alone
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("could not start {name}"))?;
        let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        let group = group.context("the system gave a process no usable number")?;
        self.running.push(Program { name, group });
        let stdout = child
            .stdout
            .take()
            .ok_or_else(|| anyhow!("{name} has no output"))?;
        let events = self.sender.clone();
        thread::spawn(move || watch(Program { name, group }, child, stdout, &events));
        Ok(())
    }

    fn forget(&mut self, name: &'static str) {
        self.running.retain(|program| program.name != name);
    }

    fn kill(&mut self) {
        for program in self.running.drain(..) {
            println!("{} does not stop: killing it", program.name);
            program.signal(Signal::KILL);
        }
    }
}

/// Leaves nothing behind, however this ends.
impl Drop for Supervisor {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Program {
    fn signal(&self, signal: Signal) {
        // An error means that it has ended already.
        let _ = kill_process_group(self.group, signal);
    }
}

/// Passes on a program's output, and finally its exit status.
fn watch(program: Program, mut child: Child, stdout: ChildStdout, events: &Sender<Event>) {
    let status = thread::scope(|scope| {
        scope.spawn(|| pass_on(program.name, stdout, events));
        let status = child.wait();
        // Its own children, which may hold its output open.
        program.signal(Signal::KILL);
        status
    });
    if let Ok(status) = status {
        let program = program.name;
        let _ = events.send(Event::Exited { program, status });
    }
}

fn pass_on(program: &'static str, stdout: ChildStdout, events: &Sender<Event>) {
    for line in BufReader::new(stdout).split(b'\n').map_while(Result::ok) {
        let text = String::from_utf8_lossy(&line).into_owned();
        if events.send(Event::Line { program, text }).is_err() {
            return;
        }
    }
}

/// A closed terminal must not end this before the programs are stopped.
fn show(line: &str) {
    let _ = writeln!(io::stdout(), "{line}");
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    /// The wrapper needs the xtask binary, which a unit test is not.
    fn start<T>(
        supervisor: &mut Supervisor,
        script: &str,
        ready: impl FnMut(&str) -> Option<T>,
    ) -> Result<T> {
        supervisor.launch("child", shell(script))?;
        supervisor.ready("child", ready)
    }

    #[test]
    fn a_program_is_ready_when_it_says_so() {
        let mut supervisor = Supervisor::new().unwrap();
        let script = "echo first; echo port=7; exec sleep 60";
        let port = |line: &str| line.strip_prefix("port=").map(str::to_owned);
        assert_eq!(start(&mut supervisor, script, port).unwrap(), "7");
        supervisor.stop();
        assert!(supervisor.running.is_empty());
    }

    #[test]
    fn a_program_that_ends_first_is_an_error_with_its_status() {
        let mut supervisor = Supervisor::new().unwrap();
        let error = start(&mut supervisor, "echo no; exit 64", |_| None::<()>).unwrap_err();
        let End::Exited { status, .. } = error.downcast().unwrap() else {
            unreachable!("no signal came");
        };
        assert_eq!(status.code(), Some(64));
    }

    #[test]
    fn a_program_that_ends_later_ends_the_wait_even_if_another_holds_its_output() {
        let mut supervisor = Supervisor::new().unwrap();
        start(&mut supervisor, "echo up; sleep 60 & exit 3", |_| Some(())).unwrap();
        let End::Exited { program, status } = supervisor.wait() else {
            unreachable!("no signal came");
        };
        assert_eq!((program, status.code()), ("child", Some(3)));
    }
}
