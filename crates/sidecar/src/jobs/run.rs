//! One run of kubelogin, with a private home, a clean environment, and limits on time and output.

use std::fs::Permissions;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tempfile::{Builder, TempDir};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::credential;
use super::failure::{Failure, Reason};
use super::kubelogin::{CODE, Kubelogin};
use super::prompt::Prompt;

/// The most bytes read of stdout and of stderr; a token has a few thousand.
const MOST_OUTPUT: u64 = 64 * 1024;
/// Longer than kubelogin's own limit, so that kubelogin can report the reason.
const LIMIT: Duration = CODE.saturating_add(Duration::from_secs(30));
/// How long the guard may take to end everything.
const PATIENCE: Duration = Duration::from_secs(5);

/// The variables passed on to kubelogin: its proxies and trusted authorities for Entra.
const PASSED_ON: [&str; 6] = [
    "HTTPS_PROXY",
    "https_proxy",
    "NO_PROXY",
    "no_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
];

/// Runs kubelogin until it ends; `prompt` gets its prompt. Dropping the future ends the run, and the guard
/// cleans up. `place` is dropped when no process of the run is left: a process that is being killed still
/// uses memory.
pub(super) async fn run(
    kubelogin: &Kubelogin,
    place: impl Send + 'static,
    prompt: impl FnMut(Prompt),
) -> Result<String, Failure> {
    let failed = |error: io::Error| Failure {
        complaint: Some(error.to_string()),
        ..Failure::new(Reason::Failed)
    };
    let directory = private_directory().map_err(failed)?;
    let mut guard = start(kubelogin, directory.path()).map_err(failed)?;
    let pipes = Pipes::of(&mut guard);
    // A task of its own: it continues when the run is dropped.
    let end = tokio::spawn(end(guard, directory, place));
    match timeout(LIMIT, follow(pipes, end, prompt)).await {
        Ok(outcome) => outcome,
        Err(_) => Err(Failure::new(Reason::Expired)),
    }
}

/// Waits for the guard, the last process of the tree. Returns its exit code.
async fn end(mut guard: Child, directory: TempDir, place: impl Send) -> Option<i32> {
    let status = guard.wait().await;
    // The guard has removed it; this makes sure.
    drop(directory);
    drop(place);
    status.ok()?.code()
}

/// Readable only by the owner: kubelogin's cache is as good as the user's password.
fn private_directory() -> io::Result<TempDir> {
    let owner_only = Permissions::from_mode(0o700);
    Builder::new()
        .prefix("kubelogin-")
        .permissions(owner_only)
        .tempdir()
}

fn start(kubelogin: &Kubelogin, directory: &Path) -> io::Result<Child> {
    let (program, first) = kubelogin
        .guard
        .split_first()
        .ok_or(io::ErrorKind::NotFound)?;
    Command::new(program)
        .args(first)
        .arg(directory)
        .arg(&kubelogin.binary)
        .args(kubelogin.arguments(directory))
        .env_clear()
        .envs(
            PASSED_ON
                .iter()
                .filter_map(|name| Some((name, std::env::var_os(name)?))),
        )
        .env("HOME", directory)
        .env("XDG_CACHE_HOME", directory.join("xdg"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        // Signals from a terminal are for the sidecar only: the guard ends when its stdin closes.
        .process_group(0)
        .spawn()
}

/// The pipes to a guard.
struct Pipes {
    /// The guard ends everything when this is closed.
    stdin: Option<ChildStdin>,
    stdout: Option<ChildStdout>,
    stderr: Option<ChildStderr>,
}

impl Pipes {
    fn of(guard: &mut Child) -> Self {
        Self {
            stdin: guard.stdin.take(),
            stdout: guard.stdout.take(),
            stderr: guard.stderr.take(),
        }
    }
}

async fn follow(
    pipes: Pipes,
    end: JoinHandle<Option<i32>>,
    prompt: impl FnMut(Prompt),
) -> Result<String, Failure> {
    // Closed when this future ends or is dropped.
    let stdin = pipes.stdin;
    let (Some(stdout), Some(stderr)) = (pipes.stdout, pipes.stderr) else {
        return Err(Failure::new(Reason::Failed));
    };
    let read = tokio::try_join!(read_all(stdout), listen(stderr, prompt));
    drop(stdin);
    let code = timeout(PATIENCE, end).await;
    let Ok((output, said)) = read else {
        return Err(Failure::new(Reason::Nonsense));
    };
    let code = code.ok().and_then(Result::ok).flatten();
    if code != Some(0) {
        return Err(Failure::read(code, &said));
    }
    credential::token(&output).ok_or(Failure::new(Reason::Nonsense))
}

/// Reads stdout to its end.
async fn read_all(stdout: impl AsyncRead + Unpin) -> io::Result<Vec<u8>> {
    let mut output = Vec::new();
    let mut stdout = stdout.take(MOST_OUTPUT);
    stdout.read_to_end(&mut output).await?;
    too_much(stdout.limit())?;
    Ok(output)
}

/// An error if the limit is used up: a process that writes more would wait for ever.
fn too_much(left: u64) -> io::Result<()> {
    if left == 0 {
        return Err(io::ErrorKind::InvalidData.into());
    }
    Ok(())
}

/// Reads stderr to its end; the first prompt in it counts.
async fn listen(
    stderr: impl AsyncRead + Unpin,
    mut prompt: impl FnMut(Prompt),
) -> io::Result<String> {
    let mut lines = BufReader::new(stderr.take(MOST_OUTPUT));
    let mut said = String::new();
    let mut prompted = false;
    loop {
        let mut line = Vec::new();
        if lines.read_until(b'\n', &mut line).await? == 0 {
            break;
        }
        let line = String::from_utf8_lossy(&line);
        said.push_str(&line);
        if !prompted && let Some(found) = Prompt::read(&line) {
            prompted = true;
            prompt(found);
        }
    }
    too_much(lines.get_ref().limit())?;
    Ok(said)
}
