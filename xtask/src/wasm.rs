//! The toolchain for wasm32-wasip1: rustup's target, or Debian's packages.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, anyhow, ensure};
use clap::ValueEnum;

use crate::workspace::{WASM_TARGET, Workspace, wasm_file};
use crate::{debian, process};

/// The toolchain that a user requires.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Preference {
    /// The active Rust toolchain.
    Rustup,
    /// Debian's rustc-web.
    Debian,
}

/// An installed toolchain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Toolchain {
    /// The active Rust toolchain has the target's standard library.
    Active,
    /// Debian's compiler, which compiles the standard library from its source.
    Debian,
}

/// Compiler, cargo and library source have one version; `lld-19` links with `wasi-libc`.
const DEBIAN_PACKAGES: [&str; 5] = [
    "rustc-web",
    "cargo-web",
    "rust-web-src",
    "wasi-libc",
    "lld-19",
];

impl Toolchain {
    /// Finds or installs the toolchain, and prints which one.
    pub(crate) fn find(preference: Option<Preference>) -> Result<Self> {
        if preference == Some(Preference::Debian) {
            return Self::debian("as asked for");
        }
        if active_has_target() {
            println!("wasm toolchain: the active Rust toolchain, which has {WASM_TARGET}");
            return Ok(Self::Active);
        }
        if add_target() {
            println!("wasm toolchain: the active Rust toolchain; rustup added {WASM_TARGET}");
            return Ok(Self::Active);
        }
        ensure!(
            preference.is_none(),
            "the active Rust toolchain has no {WASM_TARGET} and rustup could not add it; \
             run: rustup target add {WASM_TARGET}"
        );
        Self::debian("the active one has no target wasm32-wasip1 and rustup could not add it")
    }

    fn debian(why: &str) -> Result<Self> {
        debian::ensure(&DEBIAN_PACKAGES, "compiling for wasm32-wasip1").map_err(|error| {
            anyhow!("{error:#}\nor let rustup add the target: rustup target add {WASM_TARGET}")
        })?;
        println!("wasm toolchain: Debian's rustc-web ({why})");
        Ok(Self::Debian)
    }

    /// Installs what `cargo clippy` for the target needs besides.
    pub(crate) fn ensure_clippy(self) -> Result<()> {
        match self {
            Self::Active => Ok(()),
            Self::Debian => debian::ensure(&["rust-web-clippy"], "clippy for wasm32-wasip1"),
        }
    }

    /// `cargo SUBCOMMAND` for a component's package on its target, in its profile.
    pub(crate) fn cargo(self, workspace: &Workspace, subcommand: &str, package: &str) -> Command {
        let mut cargo = match self {
            Self::Active => workspace.cargo(subcommand),
            Self::Debian => debian_cargo(workspace, subcommand),
        };
        cargo.args(["--release", "--target", WASM_TARGET, "--package", package]);
        cargo.arg("--target-dir").arg(self.target_dir(workspace));
        cargo
    }

    /// Where [`Toolchain::cargo`] leaves the component of `package`.
    pub(crate) fn artifact(self, workspace: &Workspace, package: &str) -> PathBuf {
        let file = wasm_file(package);
        self.target_dir(workspace)
            .join(WASM_TARGET)
            .join("release")
            .join(file)
    }

    /// Debian's compiler has its own directory: two compilers in one would rebuild everything at each change.
    fn target_dir(self, workspace: &Workspace) -> PathBuf {
        match self {
            Self::Active => workspace.target(),
            Self::Debian => workspace.target().join("debian-web"),
        }
    }
}

fn active_has_target() -> bool {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| OsString::from("rustc"));
    process::output(Command::new(rustc).args(["--print", "sysroot"])).is_some_and(|sysroot| {
        Path::new(&sysroot)
            .join("lib/rustlib")
            .join(WASM_TARGET)
            .join("lib")
            .is_dir()
    })
}

/// Silent: without a network rustup prints long errors, and there is another way.
fn add_target() -> bool {
    process::succeeds(Command::new("rustup").args(["target", "add", WASM_TARGET]))
        && active_has_target()
}

/// Debian's cargo with Debian's compiler, whatever toolchain surrounds us.
fn debian_cargo(workspace: &Workspace, subcommand: &str) -> Command {
    // `cargo clippy` would find rustup's in `~/.cargo/bin` first.
    let program = match subcommand {
        "clippy" => "/usr/bin/cargo-clippy",
        _ => "/usr/bin/cargo",
    };
    let mut cargo = workspace.command(program);
    cargo.arg(subcommand).arg("-Zbuild-std=std,panic_abort");
    // The first three belong to the toolchain that runs us; the others would override the flags below.
    for foreign in [
        "RUSTUP_TOOLCHAIN",
        "LD_LIBRARY_PATH",
        "RUSTC_WRAPPER",
        "RUSTFLAGS",
        "CARGO_ENCODED_RUSTFLAGS",
    ] {
        cargo.env_remove(foreign);
    }
    cargo
        .env("CARGO", "/usr/bin/cargo")
        .env("RUSTC", "/usr/bin/rustc")
        .env("RUSTDOC", "/usr/bin/rustdoc")
        .env("RUSTC_BOOTSTRAP", "1") // for -Zbuild-std
        .env("CARGO_TARGET_WASM32_WASIP1_LINKER", "wasm-ld-19")
        .env(
            "CARGO_TARGET_WASM32_WASIP1_RUSTFLAGS",
            "-L native=/usr/lib/wasm32-wasi",
        );
    cargo
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::workspace::COMPONENT;

    fn variable(command: &Command, name: &str) -> Option<Option<String>> {
        let (_, value) = command.get_envs().find(|(key, _)| *key == name)?;
        Some(value.map(|value| value.to_string_lossy().into_owned()))
    }

    #[test]
    fn both_toolchains_build_the_component_for_its_target() {
        let workspace = Workspace::locate().unwrap();
        for toolchain in [Toolchain::Active, Toolchain::Debian] {
            let line = process::line(&toolchain.cargo(&workspace, "build", COMPONENT));
            for part in [
                " build ",
                "--release",
                "--target wasm32-wasip1",
                "--package aks-oauth-proxy-component",
            ] {
                assert!(line.contains(part), "{part} is missing in: {line}");
            }
        }
    }

    #[test]
    fn debians_toolchain_is_alone_with_itself() {
        let workspace = Workspace::locate().unwrap();
        let build = Toolchain::Debian.cargo(&workspace, "build", COMPONENT);
        assert_eq!(build.get_program(), "/usr/bin/cargo");
        assert_eq!(
            variable(&build, "RUSTC"),
            Some(Some("/usr/bin/rustc".into()))
        );
        assert_eq!(variable(&build, "RUSTUP_TOOLCHAIN"), Some(None));
        assert_eq!(variable(&build, "RUSTFLAGS"), Some(None));
        let clippy = Toolchain::Debian.cargo(&workspace, "clippy", COMPONENT);
        assert_eq!(clippy.get_program(), "/usr/bin/cargo-clippy");
    }

    #[test]
    fn only_the_active_toolchain_builds_in_place() {
        let workspace = Workspace::locate().unwrap();
        let artifact = |toolchain: Toolchain| toolchain.artifact(&workspace, COMPONENT);
        assert_eq!(artifact(Toolchain::Active), workspace.wasm(COMPONENT));
        assert_ne!(artifact(Toolchain::Debian), workspace.wasm(COMPONENT));
    }
}
