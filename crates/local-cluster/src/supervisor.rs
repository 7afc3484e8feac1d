//! The programs that run: where they print, and word of one that has ended.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};

/// So many lines of a log are shown when its program has ended.
const LAST_LINES: usize = 20;

/// Why there is to be no cluster any more.
enum Event {
    /// The outer process wants it, or is no more.
    Stop,
    /// A program has ended that nobody had asked to.
    Exited {
        name: &'static str,
        status: ExitStatus,
    },
}

/// What runs.
pub(crate) struct Supervisor {
    directory: PathBuf,
    events: Receiver<Event>,
    sender: Sender<Event>,
}

impl Supervisor {
    /// Logs are in `directory`. The end of stdin is the sign to stop.
    pub(crate) fn new(directory: &Path) -> Self {
        descendants::adopt_orphans();
        let (sender, events) = mpsc::channel();
        let stop = sender.clone();
        thread::spawn(move || {
            let _ = io::stdin().read_to_end(&mut Vec::new());
            let _ = stop.send(Event::Stop);
        });
        Self {
            directory: directory.to_owned(),
            events,
            sender,
        }
    }

    /// Starts a program.
    pub(crate) fn start(&self, name: &'static str, mut command: Command) -> Result<()> {
        let log = File::create(self.log(name)).context("a log cannot be written")?;
        let child = command
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .with_context(|| format!("could not start {name} ({command:?})"))?;
        let events = self.sender.clone();
        thread::spawn(move || watch(name, child, &events));
        Ok(())
    }

    /// Fails if there is to be no cluster any more: at once, or within `patience`.
    pub(crate) fn go_on(&self, patience: Duration) -> Result<()> {
        match self.events.recv_timeout(patience) {
            Err(RecvTimeoutError::Timeout) => Ok(()),
            Ok(event) => Err(self.explain(event)),
            // We hold a sender ourselves.
            Err(RecvTimeoutError::Disconnected) => bail!("no event can come any more"),
        }
    }

    /// Waits until it is to stop; fails if a program ends first.
    pub(crate) fn wait(&self) -> Result<()> {
        match self.events.recv() {
            Ok(Event::Stop) | Err(_) => Ok(()),
            Ok(event) => Err(self.explain(event)),
        }
    }

    /// The last lines that a program has printed.
    pub(crate) fn last_lines(&self, name: &str) -> String {
        let text = fs::read(self.log(name)).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<&str> = text.lines().collect();
        let first = lines.len().saturating_sub(LAST_LINES);
        lines.get(first..).unwrap_or_default().join("\n")
    }

    fn explain(&self, event: Event) -> anyhow::Error {
        match event {
            Event::Stop => anyhow!("stopped before it was ready"),
            Event::Exited { name, status } => anyhow!(
                "{name} ended by itself ({status}); its last lines:\n{}",
                self.last_lines(name)
            ),
        }
    }

    fn log(&self, name: &str) -> PathBuf {
        self.directory.join(format!("{name}.log"))
    }
}

/// However this ends, nothing stays behind.
impl Drop for Supervisor {
    fn drop(&mut self) {
        // None of them keeps anything that is worth a graceful end.
        descendants::end_all();
    }
}

fn watch(name: &'static str, mut child: Child, events: &Sender<Event>) {
    if let Ok(status) = child.wait() {
        let _ = events.send(Event::Exited { name, status });
    }
}
