//! The container image: the program, the component beside its manifest, kubelogin, and what they need of Debian.

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::architecture::Architecture;
use super::blob::Blob;
use super::layout::Image;
use super::tree::{Layer, Tree, USER};

const CONFIG: &str = "application/vnd.oci.image.config.v1+json";

/// The program, which is the entry point.
pub(crate) const PROGRAM: &str = "usr/local/bin/aks-oauth-proxy";
/// kubelogin, in the `PATH` of the image.
pub(crate) const KUBELOGIN: &str = "usr/local/bin/kubelogin";
/// The working directory: `serve` finds `spin.toml` there, and the component at the path in that.
pub(crate) const DIRECTORY: &str = "opt/aks-oauth-proxy";
/// Where programs are looked for.
pub(crate) const PATH: &str = "/usr/local/bin:/usr/bin:/bin";
/// The default place for the store and the compiled component.
const STATE: &str = "var/lib/aks-oauth-proxy";

/// What the image is made of.
pub(crate) struct Parts {
    /// What the program needs of Debian.
    pub(crate) base: Tree,
    /// The program.
    pub(crate) program: Vec<u8>,
    /// kubelogin.
    pub(crate) kubelogin: Vec<u8>,
    /// `spin.toml`, and the component with its path as `spin.toml` has it.
    pub(crate) manifest: Vec<u8>,
    pub(crate) component: (String, Vec<u8>),
    /// The licence.
    pub(crate) licence: Vec<u8>,
}

/// The description of an image.
pub(crate) struct About {
    /// The version, which is also the tag.
    pub(crate) version: String,
    /// The commit.
    pub(crate) revision: Option<String>,
    /// Where the sources are.
    pub(crate) source: Option<String>,
    /// The time of everything in the image, in seconds since 1970.
    pub(crate) time: u64,
    /// The same in RFC 3339.
    pub(crate) created: String,
}

impl About {
    /// As labels or annotations (image-spec, annotations.md).
    pub(crate) fn annotations(&self, title: &str) -> Value {
        let mut annotations = json!({
            "org.opencontainers.image.created": self.created,
            "org.opencontainers.image.description": "Sign in once with Microsoft Entra, and use AKS as yourself",
            "org.opencontainers.image.licenses": "Apache-2.0",
            "org.opencontainers.image.title": title,
            "org.opencontainers.image.version": self.version,
        });
        let more = [
            ("org.opencontainers.image.revision", &self.revision),
            ("org.opencontainers.image.source", &self.source),
        ];
        for (name, value) in more {
            if let (Some(value), Some(object)) = (value, annotations.as_object_mut()) {
                object.insert(name.to_owned(), json!(value));
            }
        }
        annotations
    }
}

/// The image, and its layers from the lowest. The layer that changes least is lowest.
pub(crate) fn assemble(
    architecture: Architecture,
    parts: Parts,
    about: &About,
) -> Result<(Image, Vec<Layer>)> {
    let mut base = parts.base;
    base.file("etc/passwd", 0o644, passwd());
    base.file("etc/group", 0o644, group());
    base.file("etc/nsswitch.conf", 0o644, "hosts: files dns\n");
    base.directory("tmp", 0o1777, 0);
    base.directory(STATE, 0o700, USER);
    let mut kubelogin = Tree::default();
    kubelogin.file(KUBELOGIN, 0o755, parts.kubelogin);
    let mut program = Tree::default();
    program.file(PROGRAM, 0o755, parts.program);
    program.file(&format!("{DIRECTORY}/spin.toml"), 0o644, parts.manifest);
    let (path, component) = parts.component;
    program.file(&format!("{DIRECTORY}/{path}"), 0o644, component);
    let licence = "usr/share/doc/aks-oauth-proxy/LICENSE";
    program.file(licence, 0o644, parts.licence);
    let layers = [
        (base, "base"),
        (kubelogin, "kubelogin"),
        (program, "program"),
    ];
    let layers = layers
        .into_iter()
        .map(|(tree, what)| {
            let layer = tree.layer(what, about.time);
            layer.with_context(|| format!("the layer {what} cannot be made"))
        })
        .collect::<Result<Vec<_>>>()?;
    let annotations = about.annotations("aks-oauth-proxy");
    let config = Blob::json(CONFIG, &config(architecture, &layers, about, &annotations));
    let platform = json!({ "os": "linux", "architecture": architecture.name() });
    let blobs = layers.iter().map(|layer| layer.blob.clone()).collect();
    let image = Image::new(Some(platform), config, blobs, &annotations);
    Ok((image, layers))
}

/// How a runtime starts it (image-spec, config.md). `Healthcheck` is Docker's, and ignored by others.
fn config(architecture: Architecture, layers: &[Layer], about: &About, labels: &Value) -> Value {
    let history = layers.iter().map(|layer| {
        json!({ "created": about.created, "created_by": "cargo xtask image", "comment": layer.what })
    });
    json!({
        "created": about.created,
        "architecture": architecture.name(),
        "os": "linux",
        "config": {
            "User": format!("{USER}:{USER}"),
            "Env": [format!("PATH={PATH}")],
            "WorkingDir": format!("/{DIRECTORY}"),
            "Entrypoint": [format!("/{PROGRAM}")],
            "Cmd": ["serve", "--listen=0.0.0.0:8080", format!("--state-dir=/{STATE}")],
            "ExposedPorts": { "8080/tcp": {} },
            "StopSignal": "SIGTERM",
            "Labels": labels,
            "Healthcheck": {
                "Test": ["CMD", format!("/{PROGRAM}"), "healthcheck"],
                // Nanoseconds. The first start compiles the component.
                "Interval": 30_000_000_000_u64,
                "Timeout": 5_000_000_000_u64,
                "StartPeriod": 30_000_000_000_u64,
                "Retries": 3,
            },
        },
        "rootfs": {
            "type": "layers",
            "diff_ids": layers.iter().map(|layer| layer.diff_id.as_str()).collect::<Vec<_>>(),
        },
        "history": history.collect::<Vec<_>>(),
    })
}

fn passwd() -> String {
    format!(
        "root:x:0:0:root:/root:/usr/sbin/nologin\n\
         nonroot:x:{USER}:{USER}:nonroot:/nonexistent:/usr/sbin/nologin\n"
    )
}

fn group() -> String {
    format!("root:x:0:\nnonroot:x:{USER}:\n")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, clippy::unwrap_used)]

    use std::fs;

    use super::super::layout;
    use super::*;
    use crate::workspace::Workspace;

    fn parts() -> Parts {
        let mut base = Tree::default();
        base.file("usr/lib/libc.so.6", 0o755, "libc");
        Parts {
            base,
            program: b"program".to_vec(),
            kubelogin: b"kubelogin".to_vec(),
            manifest: b"manifest".to_vec(),
            component: ("target/component.wasm".to_owned(), b"component".to_vec()),
            licence: b"licence".to_vec(),
        }
    }

    fn about() -> About {
        About {
            version: "1.2.3".to_owned(),
            revision: Some("abc".to_owned()),
            source: None,
            time: 1_700_000_000,
            created: "2023-11-14T22:13:20Z".to_owned(),
        }
    }

    #[test]
    fn the_same_parts_are_the_same_image() {
        let (one, _) = assemble(Architecture::Amd64, parts(), &about()).unwrap();
        let (other, _) = assemble(Architecture::Amd64, parts(), &about()).unwrap();
        assert_eq!(one.digest(), other.digest());
        let mut changed = parts();
        changed.component.1.push(0);
        let (other, _) = assemble(Architecture::Amd64, changed, &about()).unwrap();
        assert_ne!(one.digest(), other.digest());
    }

    #[test]
    fn two_layouts_of_the_same_parts_are_the_same_to_the_byte() {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        let files = |layout: &str| {
            let mut files = Vec::new();
            for entry in fs::read_dir(path(layout).join("blobs/sha256")).unwrap() {
                let file = entry.unwrap().path();
                files.push((
                    file.file_name().unwrap().to_owned(),
                    fs::read(&file).unwrap(),
                ));
            }
            files.sort();
            (files, fs::read(path(layout).join("index.json")).unwrap())
        };
        for layout in ["one", "other"] {
            let images = [Architecture::Amd64, Architecture::Arm64]
                .map(|architecture| assemble(architecture, parts(), &about()).unwrap().0);
            layout::write(&path(layout), "1.2.3", &images).unwrap();
        }
        assert_eq!(files("one"), files("other"));
    }

    #[test]
    fn it_starts_the_program_as_a_user_without_rights_beside_its_manifest() {
        let layers = [];
        let config = config(Architecture::Arm64, &layers, &about(), &json!({}));
        assert_eq!(config["architecture"], "arm64");
        let config = &config["config"];
        assert_eq!(config["User"], "65532:65532");
        assert_eq!(
            config["Entrypoint"],
            json!(["/usr/local/bin/aks-oauth-proxy"])
        );
        assert_eq!(config["WorkingDir"], "/opt/aks-oauth-proxy");
        assert_eq!(config["Cmd"][1], "--listen=0.0.0.0:8080");
        let check = &config["Healthcheck"]["Test"];
        assert_eq!(
            check,
            &json!(["CMD", "/usr/local/bin/aks-oauth-proxy", "healthcheck"])
        );
    }

    #[test]
    fn layers_are_listed_from_the_lowest_to_the_highest() {
        let (_, layers) = assemble(Architecture::Amd64, parts(), &about()).unwrap();
        let names: Vec<_> = layers.iter().map(|layer| layer.what).collect();
        assert_eq!(names, ["base", "kubelogin", "program"]);
        let config = config(Architecture::Amd64, &layers, &about(), &json!({}));
        assert_eq!(config["rootfs"]["diff_ids"][2], json!(layers[2].diff_id));
        assert_eq!(config["history"][2]["comment"], "program");
    }

    /// The last argument of an instruction in the Dockerfile.
    fn said<'a>(dockerfile: &'a str, instruction: &str) -> &'a str {
        let mut lines = dockerfile.lines().rev().map(str::trim_start);
        lines
            .find_map(|line| line.strip_prefix(instruction)?.strip_prefix(' '))
            .unwrap()
    }

    #[test]
    fn the_dockerfile_starts_the_program_in_the_same_way() {
        let workspace = Workspace::locate().unwrap();
        let read = |path: &str| fs::read_to_string(workspace.path(path)).unwrap();
        let dockerfile = read("Dockerfile");
        let all = config(Architecture::Amd64, &[], &about(), &json!({}));
        let config = &all["config"];
        for (instruction, name) in [("WORKDIR", "WorkingDir"), ("USER", "User")] {
            assert_eq!(config[name], said(&dockerfile, instruction), "{name}");
        }
        let list = |instruction| {
            let list = said(&dockerfile, instruction);
            serde_json::from_str::<Value>(list.trim_start_matches("CMD ")).unwrap()
        };
        assert_eq!(config["Entrypoint"], list("ENTRYPOINT"));
        assert_eq!(config["Cmd"], list("CMD"));
        let health = &config["Healthcheck"];
        let check = dockerfile.split_once("HEALTHCHECK").unwrap().1;
        let check: Vec<_> = check.split_whitespace().collect();
        for (option, name) in [
            ("--interval=", "Interval"),
            ("--timeout=", "Timeout"),
            ("--start-period=", "StartPeriod"),
        ] {
            let given = check.iter().find_map(|word| word.strip_prefix(option));
            let seconds: u64 = given.unwrap().strip_suffix('s').unwrap().parse().unwrap();
            assert_eq!(health[name], seconds * 1_000_000_000, "{name}");
        }
        let test = json!(["CMD", format!("/{PROGRAM}"), "healthcheck"]);
        assert_eq!(health["Test"], test);
        assert!(dockerfile.contains(&format!("CMD [\"/{PROGRAM}\", \"healthcheck\"]")));
        let rust: toml::Table = read("Cargo.toml").parse().unwrap();
        let rust = rust["workspace"]["package"]["rust-version"]
            .as_str()
            .unwrap();
        assert!(
            dockerfile.contains(&format!("FROM rust:{rust}-bookworm")),
            "{rust}"
        );
        let kubelogin = read("tools/kubelogin/go.mod");
        let go = kubelogin
            .lines()
            .find_map(|line| line.strip_prefix("go "))
            .unwrap();
        let go = go.rsplit_once('.').unwrap().0;
        assert!(
            dockerfile.contains(&format!("FROM golang:{go}-bookworm")),
            "{go}"
        );
    }
}
