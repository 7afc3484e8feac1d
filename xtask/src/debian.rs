//! Debian's packages: installed if that is allowed, otherwise named.

use std::env;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process;

/// Installs missing `packages` as root on Debian, or in CI with `sudo`.
///
/// Elsewhere it fails with the command to type. `purpose` completes the sentence "... needs Debian's packages
/// ...".
pub(crate) fn ensure(packages: &[&str], purpose: &str) -> Result<()> {
    let missing = missing(packages);
    if missing.is_empty() {
        return Ok(());
    }
    let by_hand = by_hand(&missing);
    if process::which("apt-get").is_none() || !Path::new("/etc/debian_version").exists() {
        bail!(
            "{purpose} needs what Debian has in its packages {}; this is not Debian: install \
             them by this system's means. On Debian it is: {by_hand}",
            missing.join(" ")
        );
    }
    let Some(privilege) = privilege() else {
        bail!("{purpose} needs packages that only root may install; run: {by_hand}");
    };
    println!("{purpose}: installing Debian's {}", missing.join(" "));
    install(privilege, &missing).with_context(|| format!("could not install; by hand: {by_hand}"))
}

fn missing<'a>(packages: &[&'a str]) -> Vec<&'a str> {
    let has = |package: &str| {
        let mut query = Command::new("dpkg-query");
        query.args(["--show", "--showformat=${db:Status-Status}", package]);
        process::output(&mut query).as_deref() == Some("installed")
    };
    packages.iter().copied().filter(|name| !has(name)).collect()
}

fn by_hand(packages: &[&str]) -> String {
    format!(
        "sudo apt-get update && sudo apt-get install -y --no-install-recommends {}",
        packages.join(" ")
    )
}

/// The prefix for `apt-get`; `None` if we may not run it.
fn privilege() -> Option<&'static [&'static str]> {
    const NONE: &[&str] = &[];
    const SUDO: &[&str] = &["sudo", "-n"];
    if rustix::process::geteuid().is_root() {
        return Some(NONE);
    }
    let ci = env::var_os("CI").is_some();
    (ci && process::succeeds(Command::new("sudo").args(["-n", "true"]))).then_some(SUDO)
}

fn install(privilege: &[&str], packages: &[&str]) -> Result<()> {
    let apt = |arguments: &[&str]| {
        let words = [
            privilege,
            &["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"],
            arguments,
        ];
        let words = words.concat();
        let (program, rest) = words.split_first().context("an empty command")?;
        process::run(Command::new(program).args(rest))
    };
    apt(&["-qq", "update"])?;
    // Never by removing another package: rustc-web replaces Debian's own rustc, which may be in use.
    apt(&[
        &[
            "-qq",
            "install",
            "-y",
            "--no-install-recommends",
            "--no-remove",
        ],
        packages,
    ]
    .concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_for_a_person_is_complete() {
        assert_eq!(
            by_hand(&["wasi-libc", "lld-19"]),
            "sudo apt-get update && sudo apt-get install -y --no-install-recommends wasi-libc lld-19"
        );
    }

    #[test]
    fn a_package_that_no_system_has_is_missing() {
        assert_eq!(missing(&["no-such-package-here"]), ["no-such-package-here"]);
    }
}
