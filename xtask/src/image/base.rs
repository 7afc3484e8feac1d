//! The parts of Debian that the program needs: the C library, the authorities that browsers trust, and the
//! release files.
//!
//! The packages come from apt for this machine's release, for any architecture. Lists and downloads stay
//! below `target/`, and nothing is installed. Each package leaves its entry in `var/lib/dpkg/status.d`, as in
//! distroless images, so that scanners find it.

use std::fs;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use tar::{Archive, EntryType};

use super::architecture::Architecture;
use super::tree::Tree;
use crate::workspace::Workspace;
use crate::{debian, process};

/// The packages of the image.
const PACKAGES: [&str; 4] = ["base-files", "ca-certificates", "libc6", "libgcc-s1"];

/// The libraries of the program. [`supports`] finds whether it needs more.
const LIBRARIES: [&str; 3] = ["libc.so.6", "libm.so.6", "libgcc_s.so.1"];

/// The image's part of the packages, and the entry of each.
pub(crate) fn tree(workspace: &Workspace, architecture: Architecture) -> Result<Tree> {
    debian::ensure(&["apt", "dpkg", "binutils"], "the base of the image")?;
    let downloads = download(workspace, architecture)?;
    let mut tree = Tree::default();
    let mut authorities = Vec::new();
    for package in PACKAGES {
        let archive = package_file(&downloads, package)?;
        let control = capture(Command::new("dpkg-deb").arg("--field").arg(&archive))?;
        tree.file(&format!("var/lib/dpkg/status.d/{package}"), 0o644, control);
        let files = capture(Command::new("dpkg-deb").arg("--fsys-tarfile").arg(&archive))?;
        unpack(&files, architecture, &mut tree, &mut authorities)
            .with_context(|| format!("{} cannot be read", archive.display()))?;
    }
    tree.file(
        "etc/ssl/certs/ca-certificates.crt",
        0o644,
        bundle(authorities)?,
    );
    tree.link("etc/os-release", "../usr/lib/os-release");
    // As on Debian itself: programs name their loader by the old path.
    for name in ["lib", "lib64"] {
        let there = format!("usr/{name}");
        if tree.contains(&there) {
            tree.link(name, &there);
        }
    }
    Ok(tree)
}

/// Fails if `program` needs a library or a loader that the image does not have.
pub(crate) fn supports(tree: &Tree, architecture: Architecture, program: &Path) -> Result<()> {
    let mut readelf = Command::new("readelf");
    let said = capture(
        readelf
            .args(["--wide", "--dynamic", "--program-headers"])
            .arg(program),
    )?;
    for wanted in wanted(&String::from_utf8_lossy(&said)) {
        let path = match wanted.strip_prefix('/') {
            Some(loader) => format!("usr/{loader}"),
            None => format!("usr/lib/{}/{wanted}", architecture.triplet()),
        };
        let is_loader = wanted.starts_with("ld-linux");
        ensure!(
            is_loader || tree.contains(&path),
            "{} needs {wanted}, which is not in the image: add it to xtask/src/image/base.rs",
            program.display()
        );
    }
    Ok(())
}

/// Loader and libraries, from readelf's output.
fn wanted(said: &str) -> Vec<&str> {
    let names = ["Shared library: [", "Requesting program interpreter: "];
    let name_in = |line| names.iter().find_map(|name| between(line, name));
    said.lines().filter_map(name_in).collect()
}

/// The text after `before`, up to the bracket.
fn between<'a>(line: &'a str, before: &str) -> Option<&'a str> {
    let (_, rest) = line.split_once(before)?;
    Some(rest.split_once(']')?.0)
}

/// Fetches the packages; apt checks their signatures.
fn download(workspace: &Workspace, architecture: Architecture) -> Result<PathBuf> {
    let name = architecture.name();
    let own = workspace.target().join("image-base").join(name);
    let (lists, downloads) = (own.join("lists"), own.join("packages"));
    match fs::remove_dir_all(&downloads) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    for directory in [
        &lists.join("partial"),
        &own.join("archives/partial"),
        &downloads,
    ] {
        fs::create_dir_all(directory)?;
    }
    let apt = || {
        let mut apt = Command::new("apt-get");
        apt.current_dir(&downloads).arg("-qq");
        for option in [
            format!("APT::Architecture={name}"),
            format!("APT::Architectures={name}"),
            // Root's apt would switch to a user that may not write here.
            "APT::Sandbox::User=root".to_owned(),
            format!("Dir::State::Lists={}", lists.display()),
            format!("Dir::Cache={}", own.display()),
            "Dir::State::status=/dev/null".to_owned(),
        ] {
            apt.args(["-o", &option]);
        }
        apt
    };
    println!("fetching Debian's {} for {name}", PACKAGES.join(", "));
    process::run(apt().arg("update"))?;
    process::run(apt().arg("download").args(PACKAGES))?;
    Ok(downloads)
}

fn package_file(downloads: &Path, package: &str) -> Result<PathBuf> {
    for entry in fs::read_dir(downloads)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        if name.is_some_and(|name| name.starts_with(&format!("{package}_"))) {
            return Ok(path);
        }
    }
    anyhow::bail!("apt fetched no {package}")
}

/// Takes the image's files from a package.
fn unpack(
    archive: &[u8],
    architecture: Architecture,
    tree: &mut Tree,
    authorities: &mut Vec<(String, Vec<u8>)>,
) -> Result<()> {
    for entry in Archive::new(Cursor::new(archive)).entries()? {
        let mut entry = entry?;
        let path = entry.path()?.to_string_lossy().into_owned();
        let path = merged(path.trim_start_matches("./"));
        match entry.header().entry_type() {
            EntryType::Regular => {
                let mut content = Vec::new();
                if path.starts_with("usr/share/ca-certificates/") && path.ends_with(".crt") {
                    entry.read_to_end(&mut content)?;
                    authorities.push((path, content));
                } else if is_wanted(&path, architecture) {
                    entry.read_to_end(&mut content)?;
                    tree.file(&path, entry.header().mode()? & 0o777, content);
                }
            }
            EntryType::Symlink if is_wanted(&path, architecture) => {
                let target = entry.link_name()?.context("a link to nowhere")?;
                let target = target.to_string_lossy();
                let target = match target.strip_prefix('/') {
                    Some(absolute) => format!("/{}", merged(absolute)),
                    None => target.into_owned(),
                };
                tree.link(&path, &target);
            }
            _ => {}
        }
    }
    Ok(())
}

/// Where a file is on a system whose `/lib` is `/usr/lib`.
fn merged(path: &str) -> String {
    match path.starts_with("lib/") || path.starts_with("lib64/") {
        true => format!("usr/{path}"),
        false => path.to_owned(),
    }
}

fn is_wanted(path: &str, architecture: Architecture) -> bool {
    let (directory, name) = path.rsplit_once('/').unwrap_or(("", path));
    let libraries = format!("usr/lib/{}", architecture.triplet());
    // The loader has two names: among the libraries, and where programs look for it.
    let is_loader = name.starts_with("ld-linux");
    let is_library = directory == libraries && (LIBRARIES.contains(&name) || is_loader);
    let is_named_loader = ["usr/lib", "usr/lib64"].contains(&directory) && is_loader;
    let is_document = directory.starts_with("usr/share/doc/")
        && directory.matches('/').count() == 3
        && name == "copyright";
    is_library || is_named_loader || is_document || path == "usr/lib/os-release"
}

/// All authorities in one file, as `update-ca-certificates` makes it.
fn bundle(mut authorities: Vec<(String, Vec<u8>)>) -> Result<Vec<u8>> {
    ensure!(
        !authorities.is_empty(),
        "ca-certificates has no certificate"
    );
    authorities.sort();
    let mut bundle = Vec::new();
    for (_, certificate) in authorities {
        bundle.extend(certificate);
        if !bundle.ends_with(b"\n") {
            bundle.push(b'\n');
        }
    }
    Ok(bundle)
}

/// What a command prints.
fn capture(command: &mut Command) -> Result<Vec<u8>> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("could not start `{}`", process::line(command)))?;
    let line = process::line(command);
    ensure!(
        output.status.success(),
        "`{line}` failed ({})",
        output.status
    );
    Ok(output.stdout)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_files_of_many_are_wanted() {
        for (path, wanted) in [
            ("usr/lib/x86_64-linux-gnu/libc.so.6", true),
            ("usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2", true),
            ("usr/lib64/ld-linux-x86-64.so.2", true),
            ("usr/share/doc/libc6/copyright", true),
            ("usr/lib/os-release", true),
            ("usr/lib/x86_64-linux-gnu/libnsl.so.1", false),
            ("usr/lib/x86_64-linux-gnu/gconv/libc.so.6", false),
            ("usr/lib/aarch64-linux-gnu/libc.so.6", false),
            ("usr/share/doc/libc6/NEWS.gz", false),
            ("usr/share/doc/libc6/examples/copyright", false),
        ] {
            assert_eq!(is_wanted(path, Architecture::Amd64), wanted, "{path}");
        }
    }

    #[test]
    fn old_paths_and_new_ones_are_one() {
        assert_eq!(
            merged("lib/x86_64-linux-gnu/libc.so.6"),
            "usr/lib/x86_64-linux-gnu/libc.so.6"
        );
        assert_eq!(merged("lib64/ld.so"), "usr/lib64/ld.so");
        assert_eq!(merged("usr/lib/os-release"), "usr/lib/os-release");
        assert_eq!(merged("libexec/x"), "libexec/x");
    }

    #[test]
    fn readelf_tells_loader_and_libraries() {
        let said = "      [Requesting program interpreter: /lib64/ld-linux-x86-64.so.2]\n \
                    0x0000000000000001 (NEEDED)             Shared library: [libgcc_s.so.1]\n \
                    0x0000000000000001 (NEEDED)             Shared library: [libc.so.6]\n";
        let expected = ["/lib64/ld-linux-x86-64.so.2", "libgcc_s.so.1", "libc.so.6"];
        assert_eq!(wanted(said), expected);
    }

    #[test]
    fn certificates_stand_one_after_another_in_one_order() {
        let all = vec![("b".into(), b"B\n".to_vec()), ("a".into(), b"A".to_vec())];
        assert_eq!(bundle(all).ok(), Some(b"A\nB\n".to_vec()));
        assert!(bundle(Vec::new()).is_err());
    }
}
