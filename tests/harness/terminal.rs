//! A program on a terminal, and its screen.

use std::io::{Read, Write};
use std::num::NonZero;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

/// How wide and high the screen is, in characters.
const COLUMNS: NonZero<u16> = NonZero::new(160).unwrap();
const ROWS: NonZero<u16> = NonZero::new(40).unwrap();

/// How long to wait for expected text on the screen.
const PATIENCE: Duration = Duration::from_secs(60);

/// `command` on a terminal of its own, by script(1). It has the same environment and directory.
pub(crate) fn on_terminal(command: &Command) -> Command {
    under_script(command, "")
}

/// The same, after the line `before` of a shell.
fn under_script(command: &Command, before: &str) -> Command {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let quoted = words.map(|word| format!("'{}'", word.to_str().unwrap().replace('\'', r"'\''")));
    let line = quoted.collect::<Vec<_>>().join(" ");
    let mut script = Command::new("script");
    script.args(["--quiet", "--return", "--flush", "--echo", "never"]);
    script.arg("--command").arg(before.to_owned() + &line);
    script.arg("/dev/null").env_clear();
    let environment = command.get_envs();
    script.envs(environment.filter_map(|(name, value)| Some((name, value?))));
    if let Some(directory) = command.get_current_dir() {
        script.current_dir(directory);
    }
    script
}

/// A running program with a screen, controlled by keys.
pub struct Terminal {
    child: Child,
    keys: ChildStdin,
    screen: Arc<Screen>,
}

struct Screen {
    drawn: Mutex<Drawn>,
    changed: Condvar,
}

struct Drawn {
    terminal: vt100::Parser,
    /// Whether its output has ended.
    is_over: bool,
}

impl Terminal {
    /// Starts `command`.
    pub fn start(command: &mut Command) -> Self {
        command.env("TERM", "xterm-256color");
        let size = format!("stty columns {COLUMNS} rows {ROWS} && exec ");
        let mut child = under_script(command, &size)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("script(1), for {command:?}: {error}"));
        let screen = Arc::new(Screen {
            drawn: Mutex::new(Drawn {
                terminal: vt100::Parser::new(ROWS, COLUMNS, 0),
                is_over: false,
            }),
            changed: Condvar::new(),
        });
        draw(child.stdout.take().unwrap(), screen.clone());
        Self {
            keys: child.stdin.take().unwrap(),
            child,
            screen,
        }
    }

    /// Presses these keys.
    pub fn types(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    /// Waits until the screen shows all of `texts`, and returns it.
    pub fn shows(&self, texts: &[&str]) -> String {
        self.until(&format!("{texts:?}"), |seen| {
            texts.iter().all(|text| seen.contains(text))
        })
    }

    /// Waits until the screen no longer shows `text`.
    pub fn hides(&self, text: &str) {
        self.until(&format!("no {text:?}"), |seen| !seen.contains(text));
    }

    fn until(&self, what: &str, is_so: impl Fn(&str) -> bool) -> String {
        let drawn = self.screen.drawn.lock().unwrap();
        let waits = |drawn: &mut Drawn| !drawn.is_over && !is_so(&drawn.text());
        let waited = self
            .screen
            .changed
            .wait_timeout_while(drawn, PATIENCE, waits);
        let seen = waited.unwrap().0.text();
        assert!(is_so(&seen), "the screen does not show {what}:\n{seen}");
        seen
    }

    /// Waits until the program has ended by itself.
    pub fn ends(mut self) {
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drawn {
    fn text(&self) -> String {
        self.terminal.screen().contents()
    }
}

/// Draws the output.
fn draw(mut stdout: ChildStdout, screen: Arc<Screen>) {
    thread::spawn(move || {
        let mut bytes = [0; 4096];
        loop {
            let read = stdout.read(&mut bytes).unwrap_or(0);
            let mut drawn = screen.drawn.lock().unwrap();
            drawn.terminal.process(&bytes[..read]);
            drawn.is_over = read == 0;
            screen.changed.notify_all();
            if drawn.is_over {
                return;
            }
        }
    });
}

impl Drop for Terminal {
    /// script(1) ends with its terminal, and SIGHUP ends its program.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
