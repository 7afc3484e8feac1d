//! The real kubectl.

use std::env;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;

use tempfile::TempDir;

use crate::Process;
use crate::terminal::on_terminal;

/// A kubectl with a kubeconfig, and a directory of its own.
pub struct Kubectl {
    program: PathBuf,
    kubeconfig: PathBuf,
    directory: TempDir,
    environment: Vec<(&'static str, &'static str)>,
}

/// The result of a finished program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ran {
    /// What it has printed.
    pub stdout: String,
    /// What it has complained about.
    pub stderr: String,
    /// Its exit code.
    pub code: i32,
}

impl Kubectl {
    pub(crate) fn new(tools: &Path, kubeconfig: &Path) -> Self {
        Self {
            program: tools.join("kubectl"),
            kubeconfig: kubeconfig.to_owned(),
            directory: tempfile::tempdir().unwrap(),
            environment: Vec::new(),
        }
    }

    pub(crate) fn with(self, kubeconfig: PathBuf) -> Self {
        Self { kubeconfig, ..self }
    }

    /// With the kubeconfig of `other` merged into its own.
    pub fn merged_with(self, other: &Self) -> Self {
        let both = env::join_paths([&self.kubeconfig, &other.kubeconfig]).unwrap();
        self.with(both.into())
    }

    /// With SPDY, as older kubectls and client libraries use it.
    pub fn over_spdy(mut self) -> Self {
        self.environment = vec![
            ("KUBECTL_REMOTE_COMMAND_WEBSOCKETS", "false"),
            ("KUBECTL_PORT_FORWARD_WEBSOCKETS", "false"),
        ];
        self
    }

    /// Its working directory.
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// Runs it.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(arguments, "")
    }

    /// Runs it with this on stdin.
    pub fn run_with(&self, arguments: &[&str], input: &str) -> Ran {
        Ran::of(self.command().args(arguments), input)
    }

    /// Runs it with the file `input` of its directory as stdin, and `output` as stdout; it must succeed.
    pub fn succeed_on_files(&self, arguments: &[&str], input: &str, output: &str) {
        let mut command = self.command();
        command
            .args(arguments)
            .stdin(File::open(self.directory().join(input)).unwrap())
            .stdout(File::create(self.directory().join(output)).unwrap())
            .stderr(Stdio::piped());
        let ran = Ran::from(command.spawn().unwrap().wait_with_output().unwrap());
        assert_eq!(ran.code, 0, "kubectl {arguments:?}: {ran:?}");
    }

    /// Runs it and returns its output; it must succeed.
    pub fn succeed(&self, arguments: &[&str]) -> String {
        self.succeed_with(arguments, "")
    }

    /// The same with this on stdin.
    pub fn succeed_with(&self, arguments: &[&str], input: &str) -> String {
        let ran = self.run_with(arguments, input);
        assert_eq!(ran.code, 0, "kubectl {arguments:?}: {ran:?}");
        ran.stdout
    }

    /// Runs it and returns its error output; it must fail.
    pub fn fail(&self, arguments: &[&str]) -> String {
        let ran = self.run(arguments);
        assert_ne!(ran.code, 0, "kubectl {arguments:?}: {ran:?}");
        ran.stderr
    }

    /// Starts it in the background.
    pub fn start(&self, arguments: &[&str]) -> Process {
        Process::spawn(self.command().args(arguments))
    }

    /// Starts a program of client-go's (`tools/watcher`) that watches the config maps of `namespace` in Protobuf,
    /// as controllers do, and prints each event.
    pub fn start_watcher(&self, namespace: &str) -> Process {
        let watcher = self.program.with_file_name("watcher");
        Process::spawn(self.other(&watcher).arg(namespace))
    }

    /// Runs it on a terminal, by script(1); the output is what the terminal shows.
    pub fn run_on_terminal(&self, arguments: &[&str], input: &str) -> Ran {
        let mut kubectl = self.command();
        kubectl.args(arguments);
        Ran::of(&mut on_terminal(&kubectl), input)
    }

    /// Its command line, without arguments of its own.
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command
            .arg("--cache-dir")
            .arg(self.directory().join("cache"));
        configure(&mut command, self.directory());
        command.env("KUBECONFIG", &self.kubeconfig);
        command.envs(self.environment.iter().copied());
        command
    }

    /// Another program with the same kubeconfig and directory.
    pub fn other(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        configure(&mut command, self.directory());
        command.env("KUBECONFIG", &self.kubeconfig);
        command
    }
}

/// A minimal environment, so that no kubeconfig of this machine is used.
fn configure(command: &mut Command, directory: &Path) {
    let path = env::var_os("PATH").unwrap_or_default();
    command
        .env_clear()
        .env("PATH", path)
        .env("HOME", directory)
        .env("TERM", "dumb")
        .current_dir(directory);
}

impl Ran {
    /// Runs `command` with this on stdin.
    pub fn of(command: &mut Command, input: &str) -> Self {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let mut stdin = child.stdin.take().unwrap();
        let input = input.to_owned();
        let writer = thread::spawn(move || {
            // The program may close it.
            let _ = stdin.write_all(input.as_bytes());
        });
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        output.into()
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self {
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
            code: output.status.code().unwrap_or(-1),
        }
    }
}
