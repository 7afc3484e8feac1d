//! `cargo xtask bench`: measures the built component in the built host.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{ExitCode, Stdio};

use anyhow::{Context, Result, ensure};

use crate::spin::Program;
use crate::wasm::Preference;
use crate::workspace::{COMPONENT, NOOP, Workspace};
use crate::{build, debian, process, tools};

/// Measure the component in the native host, as ratios of one run.
///
/// Builds everything, and runs the package `bench` with the paths of the binaries, the component and the
/// empty component (BENCH_BIN_DIR, BENCH_WASM, BENCH_NOOP_WASM).
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Measure the component also in a real Spin, in a column beside our own host: the Spin CLI, or a program
    /// with the arguments of `spin up`.
    #[arg(long, value_name = "PROGRAM")]
    spin: Option<PathBuf>,

    /// Passed on to the measuring program; see `cargo xtask bench -- --help`.
    #[arg(last = true)]
    arguments: Vec<OsString>,
}

/// Runs the command; the exit code is the measuring program's.
pub(crate) fn run(
    workspace: &Workspace,
    preference: Option<Preference>,
    arguments: &Arguments,
) -> Result<ExitCode> {
    let spin = arguments.spin.as_deref().map(Program::find).transpose()?;
    debian::ensure(&["libfaketime"], "moving the clock of sign-ins")?;
    debian::ensure(&["redis-server"], "measuring sessions in Redis")?;
    let peer = peer(workspace, &arguments.arguments)?;
    debian::ensure(&["chromium", "chromium-driver"], "measuring pages")?;
    build::components(workspace, preference, &[COMPONENT, NOOP])?;
    build::native(workspace)?;
    let mut cargo = workspace.native_cargo("run");
    if let Some(kubelogin) = tools::kubelogin(workspace)? {
        cargo.env("E2E_KUBELOGIN", kubelogin);
    }
    if let Some(kubernetes) = tools::kubernetes(workspace)? {
        cargo.env("E2E_KUBERNETES", kubernetes);
    }
    if let Some(peer) = peer {
        cargo.env("BENCH_OAUTH2_PROXY", peer);
    }
    cargo.args(["--package", "bench", "--"]);
    if let Some(spin) = &spin {
        println!("beside it: {}", spin.version());
        cargo.arg("--spin").arg(spin.path());
    }
    let status = cargo
        .args(&arguments.arguments)
        .env("BENCH_BIN_DIR", workspace.binaries())
        .env("E2E_BIN_DIR", workspace.binaries())
        .env("BENCH_WASM", workspace.wasm(COMPONENT))
        .env("BENCH_NOOP_WASM", workspace.wasm(NOOP))
        .stdin(Stdio::null())
        .status()?;
    Ok(process::exit_code(status))
}

/// Checks that the program to compare with can run; builds the one for apps. `None` if `arguments` do not ask for
/// that one, or Go is missing.
fn peer(workspace: &Workspace, arguments: &[OsString]) -> Result<Option<PathBuf>> {
    let Some(peer) = wanted_peer(arguments) else {
        return Ok(None);
    };
    let Some(program) = peer.strip_prefix("kube-oidc-proxy=") else {
        debian::ensure(&["nginx"], "measuring apps beside nginx")?;
        return tools::oauth2_proxy(workspace);
    };
    println!("lists beside kube-oidc-proxy need Go, which builds a Kubernetes, and {program}");
    ensure!(
        workspace.path(program).is_file(),
        "there is no {program}: check out https://github.com/TremoloSecurity/kube-oidc-proxy, and \
         `go build -o {program} ./cmd`"
    );
    let kubernetes = tools::kubernetes(workspace)?;
    kubernetes.context("there is no Go")?;
    Ok(None)
}

/// The value of `--peer` in `arguments`.
fn wanted_peer(arguments: &[OsString]) -> Option<&str> {
    let mut words = arguments.iter().filter_map(|word| word.to_str());
    let peer = words.find_map(|word| word.strip_prefix("--peer"))?;
    match peer {
        "" => words.next(),
        _ => peer.strip_prefix('='),
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::wanted_peer;

    #[test]
    fn a_peer_is_found_in_both_spellings() {
        for (words, peer) in [
            (
                "--rounds 3 --peer=kube-oidc-proxy=a",
                Some("kube-oidc-proxy=a"),
            ),
            ("--peer oauth2-proxy --rounds=3", Some("oauth2-proxy")),
            ("--rounds 3", None),
            ("--peer", None),
        ] {
            let words: Vec<OsString> = words.split(' ').map(OsString::from).collect();
            assert_eq!(wanted_peer(&words), peer);
        }
    }
}
