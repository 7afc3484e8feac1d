//! Runs other programs: their output is shown, their result checked, and none is left behind.

use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, ExitStatus, Stdio};
use std::{env, fs};

use anyhow::{Context, Error, Result, anyhow, ensure};

/// Runs `command` with its output shown.
///
/// Fails if it cannot be started or ends with another status than 0.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command
        .stdin(Stdio::null())
        .status()
        .with_context(|| format!("could not start `{}`", line(command)))?;
    ensure!(status.success(), "`{}` failed ({status})", line(command));
    Ok(())
}

/// Runs `command` silently and returns whether it succeeded; a missing one did not.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// The output of `command`, without surrounding white space; `None` if it fails.
pub(crate) fn output(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).output().ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The stream of a program that [`run_reading`] looks at.
#[derive(Clone, Copy)]
pub(crate) enum Stream {
    Stdout,
    Stderr,
}

/// Runs `command`, shows its output and passes each line of one stream to `on_line`.
///
/// Fails only if it cannot be started or read; the caller checks its status.
pub(crate) fn run_reading(
    command: &mut Command,
    stream: Stream,
    on_line: impl FnMut(&str),
) -> Result<ExitStatus> {
    command.stdin(Stdio::null());
    match stream {
        Stream::Stdout => command.stdout(Stdio::piped()),
        Stream::Stderr => command.stderr(Stdio::piped()),
    };
    let spawned = command.spawn();
    let mut child = spawned.with_context(|| format!("could not start `{}`", line(command)))?;
    if let Some(stdout) = child.stdout.take() {
        show_lines(stdout, &mut io::stdout(), on_line)?;
    } else if let Some(stderr) = child.stderr.take() {
        show_lines(stderr, &mut io::stderr(), on_line)?;
    }
    Ok(child.wait()?)
}

fn show_lines(
    from: impl Read,
    to: &mut impl Write,
    mut on_line: impl FnMut(&str),
) -> io::Result<()> {
    let mut from = BufReader::new(from);
    let mut bytes = Vec::new();
    while from.read_until(b'\n', &mut bytes)? > 0 {
        to.write_all(&bytes)?;
        on_line(String::from_utf8_lossy(&bytes).trim_end());
        bytes.clear();
    }
    to.flush()
}

/// The command as a person would type it: the program by its name alone.
pub(crate) fn line(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_name().unwrap_or(program.as_os_str());
    std::iter::once(name)
        .chain(command.get_args())
        .map(|word| quoted(&word.to_string_lossy()))
        .collect::<Vec<_>>()
        .join(" ")
}

fn quoted(word: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:=,+@%".contains(&byte);
    if !word.is_empty() && word.bytes().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// The exit code of a program: its own, or as in shells for a signal.
pub(crate) fn exit_code(status: ExitStatus) -> ExitCode {
    let code = status
        .code()
        .or_else(|| status.signal().map(|signal| 128 + signal));
    ExitCode::from(code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1))
}

/// The first executable file of this name on the `PATH`.
pub(crate) fn which(program: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?)
        .map(|directory| directory.join(program))
        .find(|file| is_executable(file))
}

fn is_executable(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(file).is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

/// The hidden command that executes `program`, which gets SIGTERM when its parent dies.
#[derive(clap::Args)]
pub(crate) struct WithParent {
    /// The expected parent.
    parent: u32,
    program: OsString,
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

/// Wraps `command` so that it dies with this process, even if this is killed.
///
/// Only the child can request that, between fork and exec, where Rust allows no safe code. So it is started
/// through our own binary, which makes the request and then executes the program.
pub(crate) fn with_parent(command: &Command) -> Result<Command> {
    let mut wrapped = Command::new(env::current_exe().context("xtask's own path is unknown")?);
    wrapped
        .args(["with-parent", &std::process::id().to_string(), "--"])
        .arg(command.get_program())
        .args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => wrapped.env(name, value),
            None => wrapped.env_remove(name),
        };
    }
    if let Some(directory) = command.get_current_dir() {
        wrapped.current_dir(directory);
    }
    Ok(wrapped)
}

/// Runs `with-parent`. Returns only with an error.
pub(crate) fn become_child(arguments: &WithParent) -> Error {
    #[cfg(target_os = "linux")]
    if let Err(error) = follow_parent(arguments.parent) {
        return error;
    }
    let mut command = Command::new(&arguments.program);
    command.args(&arguments.arguments);
    let error = command.exec();
    anyhow!(error).context(format!("could not start `{}`", line(&command)))
}

#[cfg(target_os = "linux")]
fn follow_parent(parent: u32) -> Result<()> {
    use rustix::process::{Signal, getppid, set_parent_process_death_signal};

    set_parent_process_death_signal(Some(Signal::TERM))?;
    // The parent may have died before the line above.
    let now = getppid().map(|pid| pid.as_raw_nonzero().get().unsigned_abs());
    ensure!(now == Some(parent), "the process that started this is gone");
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_command_line_can_be_pasted_into_a_shell() {
        let mut command = Command::new("/usr/bin/cargo");
        command.args(["test", "--", "it's", "", "a=b", "-L native=/usr"]);
        assert_eq!(
            line(&command),
            r"cargo test -- 'it'\''s' '' a=b '-L native=/usr'"
        );
    }

    #[test]
    fn a_failure_names_the_command_and_its_status() {
        let error = run(Command::new("sh").args(["-c", "exit 7"])).unwrap_err();
        assert_eq!(
            error.to_string(),
            "`sh -c 'exit 7'` failed (exit status: 7)"
        );
    }

    #[test]
    fn a_program_that_is_not_there_is_an_error_and_no_success() {
        assert!(run(&mut Command::new("no-such-program-here")).is_err());
        assert!(!succeeds(&mut Command::new("no-such-program-here")));
        assert_eq!(output(&mut Command::new("no-such-program-here")), None);
    }

    #[test]
    fn every_line_of_the_chosen_stream_is_read_and_the_status_kept() {
        let mut lines = Vec::new();
        let mut command = Command::new("sh");
        command.args(["-c", "echo one >&2; echo two >&2; exit 3"]);
        let status = run_reading(&mut command, Stream::Stderr, |line| {
            lines.push(line.to_owned())
        })
        .unwrap();
        assert_eq!(
            (lines, status.code()),
            (vec!["one".into(), "two".into()], Some(3))
        );
    }

    #[test]
    fn exit_codes_are_passed_on() {
        let status = |script: &str| Command::new("sh").args(["-c", script]).status().unwrap();
        assert_eq!(exit_code(status("exit 64")), ExitCode::from(64));
        assert_eq!(exit_code(status("kill -TERM $$")), ExitCode::from(143));
    }

    #[test]
    fn programs_are_found_on_the_path() {
        assert!(which("sh").is_some());
        assert_eq!(which("no-such-program-here"), None);
    }
}
