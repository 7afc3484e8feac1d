//! Programs that a test starts, and that always end with it.

use std::env;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

/// The repository.
pub fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// One of the native binaries: `cargo xtask test` sets their directory.
pub fn binary(name: &str) -> PathBuf {
    let default = workspace().join("target/native");
    env::var_os("E2E_BIN_DIR")
        .map_or(default, PathBuf::from)
        .join(name)
}

/// A running program, or several as one: they share their output, and end together.
pub struct Process {
    child: Child,
    output: Arc<Output>,
    /// The process behind this one.
    behind: Option<Box<Self>>,
    /// Whether its children do not end with it.
    is_launcher: bool,
    /// A command that ends it with its children, and removes its records.
    removal: Option<Command>,
}

/// The output so far, and a signal for more.
#[derive(Default)]
struct Output {
    said: Mutex<Said>,
    grown: Condvar,
}

#[derive(Default)]
struct Said {
    lines: Vec<String>,
    /// How many of the two streams have ended.
    ended: usize,
}

/// How long to wait for an expected line. The slowest is a container of the image, which compiles the
/// component first.
const PATIENCE: Duration = Duration::from_secs(120);

impl Process {
    /// Starts `command`, and waits for the JSON line with its address.
    pub fn start(command: &mut Command) -> (Self, Value) {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| {
                panic!("{command:?}: {error}; build it with: cargo xtask build")
            });
        let output = Arc::new(Output::default());
        collect(child.stderr.take().unwrap(), output.clone());
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let mut first = String::new();
        lines.read_line(&mut first).unwrap();
        let listening = serde_json::from_str(&first).unwrap_or_else(|_| {
            child.wait().unwrap();
            panic!(
                "{command:?} did not start: {first}{:?}",
                output.said.lock().unwrap().lines
            )
        });
        collect(lines, output.clone());
        let process = Self {
            child,
            output,
            behind: None,
            is_launcher: false,
            removal: None,
        };
        (process, listening)
    }

    /// Starts `command`, and collects its output.
    pub fn spawn(command: &mut Command) -> Self {
        Self::in_front_of(None, command)
    }

    /// Starts `command`; with `behind`, both are one process from now on.
    pub(crate) fn in_front_of(behind: Option<Self>, command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let output = behind
            .as_ref()
            .map_or_else(Arc::default, |other| other.output.clone());
        collect(child.stdout.take().unwrap(), output.clone());
        collect(child.stderr.take().unwrap(), output.clone());
        Self {
            child,
            output,
            behind: behind.map(Box::new),
            is_launcher: false,
            removal: None,
        }
    }

    /// Its children are killed with it.
    pub(crate) fn launcher(mut self) -> Self {
        self.is_launcher = true;
        self
    }

    /// `command` ends it with its children.
    pub(crate) fn removed_by(mut self, command: Command) -> Self {
        self.removal = Some(command);
        self
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Its current and its highest memory, in kB (proc(5), `VmRSS` and `VmHWM`); the sum for several
    /// processes.
    pub fn memory(&self) -> (u64, u64) {
        let own = self.own_memory();
        let others = self.behind.as_ref().map_or((0, 0), |other| other.memory());
        (own.0 + others.0, own.1 + others.1)
    }

    /// Its current memory, in kB; resets the highest value for [`memory`](Self::memory), since compiling the
    /// component takes more (proc(5), `clear_refs`).
    pub fn memory_from_now(&self) -> u64 {
        let forget = |id: u32| fs::write(format!("/proc/{id}/clear_refs"), "5");
        forget(self.id()).unwrap();
        if let Some(other) = &self.behind {
            other.memory_from_now();
        }
        self.memory().0
    }

    fn own_memory(&self) -> (u64, u64) {
        let status = fs::read_to_string(format!("/proc/{}/status", self.id())).unwrap();
        let of = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let mut words = line.unwrap().split_whitespace();
            words.next().unwrap().parse().unwrap()
        };
        (of("VmRSS:"), of("VmHWM:"))
    }

    /// Waits for this many lines with `part`.
    pub fn lines(&self, part: &str, count: usize) {
        let found = |said: &Said| said.lines.iter().filter(|line| line.contains(part)).count();
        let said = self.output.wait_while(PATIENCE, |said| found(said) < count);
        let found = found(&said);
        assert!(
            found >= count,
            "only {found} of {count} lines with `{part}`"
        );
    }

    /// Waits until it listens at `port` of this machine, which it does not print.
    pub fn until_it_listens(&mut self, port: u16) {
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            let may_come = self.is_running() && begun.elapsed() < PATIENCE;
            assert!(may_come, "nobody listens at {port}: {}", self.output());
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// What it has printed since.
    pub fn output(&self) -> String {
        self.output.said.lock().unwrap().lines.join("\n")
    }

    /// The first line that contains `part`, once there is one.
    pub fn line(&self, part: &str) -> String {
        self.line_with(&[part])
    }

    /// The first line that contains all of `parts`, once there is one.
    pub fn line_with(&self, parts: &[&str]) -> String {
        let is_it = |line: &&String| parts.iter().all(|part| line.contains(part));
        let absent = |said: &mut Said| !said.lines.iter().any(|line| is_it(&line));
        let said = self.output.wait_while(PATIENCE, absent);
        let line = said.lines.iter().find(is_it);
        line.unwrap_or_else(|| panic!("no line with {parts:?}: {:?}", said.lines))
            .clone()
    }

    /// Asks it to stop.
    pub fn terminate(&self) {
        let id = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &id])
                .status()
                .unwrap()
                .success()
        );
        if let Some(other) = &self.behind {
            other.terminate();
        }
    }

    /// Kills it without warning; if there are several, all of them.
    pub fn kill(&mut self) {
        if let Some(removal) = &mut self.removal {
            removal.output().unwrap();
        }
        let started = self.is_launcher.then(|| children(self.id()));
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        for child in started.into_iter().flatten() {
            // A child that ends with its parent is already gone.
            let _ = Command::new("kill").args(["-KILL", &child]).output();
        }
        if let Some(other) = &mut self.behind {
            other.kill();
        }
    }

    /// Whether it has not ended yet.
    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Its exit code, if it ends within `time`.
    pub fn ends_within(&mut self, time: Duration) -> Option<i32> {
        let streams = self.streams();
        let said = self.output.wait_while(time, |said| said.ended < streams);
        let has_ended = said.ended == streams;
        drop(said);
        has_ended.then(|| self.wait().code().unwrap_or(-1))
    }

    /// How many streams it prints to.
    fn streams(&self) -> usize {
        2 + self.behind.as_ref().map_or(0, |other| other.streams())
    }

    /// Waits for its end.
    pub fn wait(&mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }
}

impl Output {
    /// Waits while `condition` holds, for `patience` at most.
    fn wait_while(
        &self,
        time: Duration,
        condition: impl FnMut(&mut Said) -> bool,
    ) -> MutexGuard<'_, Said> {
        let said = self.said.lock().unwrap();
        self.grown
            .wait_timeout_while(said, time, condition)
            .unwrap()
            .0
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already; the process behind it ends next.
        if self.is_running() {
            self.kill();
        }
    }
}

/// The child processes of `parent` (proc_pid_children(5)).
fn children(parent: u32) -> Vec<String> {
    let threads = fs::read_dir(format!("/proc/{parent}/task"));
    let threads = threads.into_iter().flatten().flatten();
    let files = threads.map(|thread| thread.path().join("children"));
    let started = files.filter_map(|file| fs::read_to_string(file).ok());
    started
        .flat_map(|pids| {
            pids.split_whitespace()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .collect()
}

fn collect(stream: impl Read + Send + 'static, into: Arc<Output>) {
    thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            into.said.lock().unwrap().lines.push(line);
            into.grown.notify_all();
        }
        into.said.lock().unwrap().ended += 1;
        into.grown.notify_all();
    });
}
