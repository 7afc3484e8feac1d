//! Real programs for the tests, pinned in `tools/` and built into `tools/bin`.

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::process;
use crate::report::Outcome;
use crate::workspace::Workspace;

/// A Go module in `tools/`, and its programs.
struct Module {
    folder: &'static str,
    packages: &'static [&'static str],
    /// The names of the programs.
    binaries: &'static [&'static str],
    /// How long the first time takes on two cores.
    takes: &'static str,
}

const KUBELOGIN: Module = Module {
    folder: "kubelogin",
    packages: &["github.com/Azure/kubelogin"],
    binaries: &["kubelogin"],
    takes: "a minute and a half",
};

const HELM: Module = Module {
    folder: "helm",
    packages: &["helm.sh/helm/v3/cmd/helm"],
    binaries: &["helm"],
    takes: "2 minutes",
};

const KUBECONFORM: Module = Module {
    folder: "kubeconform",
    packages: &["github.com/yannh/kubeconform/cmd/kubeconform"],
    binaries: &["kubeconform"],
    takes: "half a minute",
};

const HELM_DOCS: Module = Module {
    folder: "helm-docs",
    packages: &["github.com/norwoodj/helm-docs/cmd/helm-docs"],
    binaries: &["helm-docs"],
    takes: "a minute",
};

const SYFT: Module = Module {
    folder: "syft",
    packages: &["github.com/anchore/syft/cmd/syft"],
    binaries: &["syft"],
    takes: "5 minutes",
};

const ACTIONLINT: Module = Module {
    folder: "actionlint",
    packages: &["github.com/rhysd/actionlint/cmd/actionlint"],
    binaries: &["actionlint"],
    takes: "20 seconds",
};

const PODINFO: Module = Module {
    folder: "podinfo",
    packages: &["github.com/stefanprodan/podinfo/cmd/podinfo"],
    binaries: &["podinfo"],
    takes: "half a minute",
};

const OAUTH2_PROXY: Module = Module {
    folder: "oauth2-proxy",
    packages: &["github.com/oauth2-proxy/oauth2-proxy/v7"],
    binaries: &["oauth2-proxy"],
    takes: "a minute",
};

/// The programs of a cluster, and its clients.
const KUBERNETES: [Module; 5] = [
    Module {
        folder: "kubernetes",
        packages: &[
            "k8s.io/kubernetes/cmd/kube-apiserver",
            "k8s.io/kubernetes/cmd/kube-controller-manager",
            "k8s.io/kubernetes/cmd/kubectl",
        ],
        binaries: &["kube-apiserver", "kube-controller-manager", "kubectl"],
        takes: "6 minutes",
    },
    Module {
        folder: "etcd",
        packages: &["go.etcd.io/etcd/server/v3"],
        binaries: &["etcd"],
        takes: "a minute",
    },
    Module {
        folder: "kubelet",
        packages: &["."],
        binaries: &["kubelet"],
        takes: "a minute",
    },
    Module {
        folder: "watcher",
        packages: &["."],
        binaries: &["watcher"],
        takes: "a minute",
    },
    HELM,
];

/// Other clients besides kubectl, for the tests alone.
const KUBERNETES_CLIENTS: [Module; 2] = [
    Module {
        folder: "k9s",
        packages: &["github.com/derailed/k9s"],
        binaries: &["k9s"],
        takes: "3 minutes",
    },
    Module {
        folder: "stern",
        packages: &["github.com/stern/stern"],
        binaries: &["stern"],
        takes: "a minute",
    },
];

/// Microsoft's kubelogin; `None` if Go is missing.
pub(crate) fn kubelogin(workspace: &Workspace) -> Result<Option<PathBuf>> {
    let directory = build(workspace, &[KUBELOGIN])?;
    Ok(directory.map(|directory| directory.join("kubelogin")))
}

/// podinfo, an app to protect; `None` if Go is missing.
pub(crate) fn podinfo(workspace: &Workspace) -> Result<Option<PathBuf>> {
    let directory = build(workspace, &[PODINFO])?;
    Ok(directory.map(|directory| directory.join("podinfo")))
}

/// oauth2-proxy, for comparison; `None` if Go is missing.
pub(crate) fn oauth2_proxy(workspace: &Workspace) -> Result<Option<PathBuf>> {
    let directory = build(workspace, &[OAUTH2_PROXY])?;
    Ok(directory.map(|directory| directory.join("oauth2-proxy")))
}

/// The directory of podinfo's page, which comes with the source.
pub(crate) fn podinfo_pages(workspace: &Workspace) -> Result<PathBuf> {
    let mut go = Command::new("go");
    go.args(["list", "-m", "-f", "{{.Dir}}"]);
    go.arg("github.com/stefanprodan/podinfo");
    go.current_dir(workspace.path("tools").join(PODINFO.folder));
    let source = process::output(&mut go).context("Go does not know where podinfo's source is")?;
    Ok(Path::new(&source).join("ui"))
}

/// helm; `None` if Go is missing.
pub(crate) fn helm(workspace: &Workspace) -> Result<Option<PathBuf>> {
    let directory = build(workspace, &[HELM])?;
    Ok(directory.map(|directory| directory.join("helm")))
}

/// kubeconform, which checks manifests against schemas; `None` if Go is missing.
pub(crate) fn kubeconform(workspace: &Workspace) -> Result<Option<PathBuf>> {
    let directory = build(workspace, &[KUBECONFORM])?;
    Ok(directory.map(|directory| directory.join("kubeconform")))
}

/// helm-docs, which makes the chart's README; `None` if Go is missing.
pub(crate) fn helm_docs(workspace: &Workspace) -> Result<Option<PathBuf>> {
    let directory = build(workspace, &[HELM_DOCS])?;
    Ok(directory.map(|directory| directory.join("helm-docs")))
}

/// syft, which lists the parts of images; `None` if Go is missing.
pub(crate) fn syft(workspace: &Workspace) -> Result<Option<PathBuf>> {
    let directory = build(workspace, &[SYFT])?;
    Ok(directory.map(|directory| directory.join("syft")))
}

/// actionlint, which checks workflows; `None` if Go is missing.
pub(crate) fn actionlint(workspace: &Workspace) -> Result<Option<PathBuf>> {
    let directory = build(workspace, &[ACTIONLINT])?;
    Ok(directory.map(|directory| directory.join("actionlint")))
}

/// Microsoft's kubelogin for Linux on `architecture` (by Go's name), which needs no library.
pub(crate) fn kubelogin_for(workspace: &Workspace, architecture: &str) -> Result<PathBuf> {
    let directory = workspace.path("tools/bin").join(architecture);
    let source = workspace.path("tools").join(KUBELOGIN.folder);
    let environment = [
        ("GOOS", "linux"),
        ("GOARCH", architecture),
        ("CGO_ENABLED", "0"),
    ];
    let built = KUBELOGIN.build(&source, &directory, &environment);
    built.with_context(|| format!("kubelogin could not be built for {architecture}"))?;
    Ok(directory.join("kubelogin"))
}

/// The directory with all programs of [`KUBERNETES`]; `None` if Go is missing.
pub(crate) fn kubernetes(workspace: &Workspace) -> Result<Option<PathBuf>> {
    build(workspace, &KUBERNETES)
}

/// Builds the other clients into the same directory.
pub(crate) fn kubernetes_clients(workspace: &Workspace) -> Result<()> {
    build(workspace, &KUBERNETES_CLIENTS).map(drop)
}

/// Checks the source of our own programs, the kubelet and the watcher, without running them.
pub(crate) fn vet(workspace: &Workspace) -> Result<Outcome> {
    for folder in ["tools/kubelet", "tools/watcher"] {
        let source = workspace.path(folder);
        let outcome = go(&source, &["vet", "-trimpath", "./..."])?;
        if !matches!(outcome, Outcome::Passed) {
            return Ok(outcome);
        }
        let mut gofmt = Command::new("gofmt");
        let unformatted = process::output(gofmt.args(["-l", "."]).current_dir(&source));
        let unformatted = unformatted.context("gofmt failed")?;
        ensure!(unformatted.is_empty(), "not formatted: {unformatted}");
    }
    Ok(Outcome::Passed)
}

/// Runs the tests of the kubelet.
pub(crate) fn test(workspace: &Workspace) -> Result<Outcome> {
    go(
        &workspace.path("tools/kubelet"),
        &["test", "-trimpath", "./..."],
    )
}

/// Runs `go` in a module; skipped without Go.
fn go(source: &Path, arguments: &[&str]) -> Result<Outcome> {
    if !has_go() {
        let why = "there is no Go here";
        println!("skipped: {why}");
        return Ok(Outcome::Skipped(why.into()));
    }
    process::run(Command::new("go").args(arguments).current_dir(source))?;
    Ok(Outcome::Passed)
}

/// Whether there is a Go to build them.
pub(crate) fn has_go() -> bool {
    process::succeeds(Command::new("go").arg("version"))
}

fn build(workspace: &Workspace, modules: &[Module]) -> Result<Option<PathBuf>> {
    let directory = workspace.path("tools/bin");
    if !has_go() {
        return Ok(None);
    }
    for module in modules {
        module
            .build(
                &workspace.path("tools").join(module.folder),
                &directory,
                &[],
            )
            .with_context(|| format!("tools/{} could not be built", module.folder))?;
    }
    Ok(Some(directory))
}

impl Module {
    /// Builds the programs, unless they are up to date.
    fn build(&self, source: &Path, directory: &Path, environment: &[(&str, &str)]) -> Result<()> {
        fs::create_dir_all(directory)?;
        let stamp = directory.join(format!(".{}.built", self.folder));
        let wanted = fingerprint(source)?;
        let are_there = self
            .binaries
            .iter()
            .all(|binary| directory.join(binary).is_file());
        if are_there && fs::read_to_string(&stamp).is_ok_and(|built| built == wanted) {
            return Ok(());
        }
        println!(
            "building {} in tools; the first time takes about {}",
            self.binaries.join(", "),
            self.takes
        );
        let mut go = Command::new("go");
        go.current_dir(source).envs(environment.iter().copied());
        go.args(["build", "-trimpath", "-ldflags", &ldflags(source)?]);
        // A package's name need not be the program's; several go into a directory.
        let output = match self.binaries {
            [one] => directory.join(one),
            _ => directory.join(""),
        };
        process::run(go.arg("-o").arg(output).args(self.packages))?;
        fs::write(&stamp, wanted)?;
        Ok(())
    }
}

/// Changes with any file of the module, and with the flags.
fn fingerprint(source: &Path) -> Result<String> {
    let mut files = fs::read_dir(source)?
        .map(|entry| Ok(entry?.path()))
        .collect::<io::Result<Vec<_>>>()?;
    files.retain(|file| {
        let extension = file.extension().and_then(|extension| extension.to_str());
        matches!(extension, Some("go" | "mod" | "sum"))
    });
    files.sort();
    let mut hasher = DefaultHasher::new();
    ldflags(source)?.hash(&mut hasher);
    for file in files {
        file.file_name().hash(&mut hasher);
        fs::read(&file)?.hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

/// Without debug symbols. Kubernetes' programs get their version when they are linked: charts ask the API
/// server for it.
fn ldflags(source: &Path) -> Result<String> {
    let mut flags = "-s -w".to_owned();
    let go_mod = fs::read_to_string(source.join("go.mod"))?;
    let Some(version) = required(&go_mod, "k8s.io/kubernetes") else {
        return Ok(flags);
    };
    let mut numbers = version.trim_start_matches('v').split('.');
    for (name, value) in [
        ("component-base/version.gitVersion", version),
        (
            "component-base/version.gitMajor",
            numbers.next().unwrap_or_default(),
        ),
        (
            "component-base/version.gitMinor",
            numbers.next().unwrap_or_default(),
        ),
        ("client-go/pkg/version.gitVersion", version),
    ] {
        flags += &format!(" -X k8s.io/{name}={value}");
    }
    Ok(flags)
}

/// The version of `module` that a `go.mod` requires.
fn required<'a>(go_mod: &'a str, module: &str) -> Option<&'a str> {
    go_mod.lines().find_map(|line| {
        let mut words = line
            .split_whitespace()
            .skip_while(|word| *word == "require");
        (words.next() == Some(module))
            .then(|| words.next())
            .flatten()
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn what_is_linked_in_says_which_kubernetes_it_is() {
        let workspace = Workspace::locate().unwrap();
        let flags = ldflags(&workspace.path("tools/kubernetes")).unwrap();
        assert!(
            flags.contains("component-base/version.gitVersion=v1."),
            "{flags}"
        );
        let flags = ldflags(&workspace.path("tools/kubelet")).unwrap();
        assert_eq!(flags, "-s -w");
    }

    #[test]
    fn a_module_is_built_again_when_a_source_changes() {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        fs::write(path("go.mod"), "module x\n").unwrap();
        fs::write(path("main.go"), "package main\n").unwrap();
        let before = fingerprint(directory.path()).unwrap();
        fs::write(path("README.md"), "words").unwrap();
        assert_eq!(fingerprint(directory.path()).unwrap(), before);
        fs::write(path("main.go"), "package main // changed\n").unwrap();
        assert_ne!(fingerprint(directory.path()).unwrap(), before);
    }

    #[test]
    fn a_requirement_is_found_in_a_block_and_alone() {
        let block = "require (\n\tk8s.io/api v1\n\tk8s.io/kubernetes v2 // indirect\n)";
        assert_eq!(required(block, "k8s.io/kubernetes"), Some("v2"));
        assert_eq!(required("require a.b/c v3", "a.b/c"), Some("v3"));
        assert_eq!(required(block, "k8s.io/kube"), None);
    }
}
