//! `serve` in a container of the image, by a real OCI runtime, in place of the binary.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{self, Command, Output};
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value, json};

use crate::process::Process;

/// The image's user, who does not exist on this machine.
const USER: u32 = 65532;

/// The image's directory for state.
const STATE: &str = "/var/lib/aks-oauth-proxy";

/// The number of started containers: each needs its own name.
static STARTED: AtomicU32 = AtomicU32::new(0);

/// The image, unpacked by umoci: a directory with `config.json` and `rootfs`. `cargo xtask test --image` sets
/// its path; without it, a test of the image prints a message and ends.
pub fn bundle() -> Option<PathBuf> {
    env::var_os("E2E_BUNDLE").map(PathBuf::from)
}

/// A program to run in a container.
#[derive(Default)]
pub struct Container {
    /// The arguments of the image's entry point; none for the image's own.
    pub arguments: Vec<String>,
    /// The environment, beside the image's own.
    pub settings: BTreeMap<String, String>,
    /// Directories of this machine, mounted at the same paths in the container.
    pub mounts: Vec<PathBuf>,
    /// Whether it uses this machine's network, where Entra is.
    pub host_network: bool,
}

/// A running container. Dropping it stops it.
pub struct Running {
    /// The runtime, with the program's output.
    pub process: Process,
    records: PathBuf,
    name: String,
}

impl Container {
    /// Starts it. Files of this run are put into `directory`.
    pub fn start(&self, bundle: &Path, directory: &Path) -> Running {
        fs::create_dir_all(directory).unwrap();
        self.mounts.iter().for_each(|given| hand_over(given));
        let config = fs::read(bundle.join("config.json")).unwrap();
        let mut config = serde_json::from_slice(&config).unwrap();
        self.specify(&mut config, bundle);
        fs::write(directory.join("config.json"), config.to_string()).unwrap();
        let count = STARTED.fetch_add(1, Ordering::Relaxed);
        let name = format!("aks-oauth-proxy-{}-{count}", process::id());
        let records = directory.join("runc");
        let mut run = runc(&records);
        run.args(["run", "--bundle"]).arg(directory).arg(&name);
        let mut delete = runc(&records);
        delete.args(["delete", "--force", &name]);
        Running {
            process: Process::spawn(&mut run).removed_by(delete),
            records,
            name,
        }
    }

    /// The image's configuration, with a kubelet's additions for the chart (runtime-spec, config.md).
    fn specify(&self, config: &mut Value, bundle: &Path) {
        let process = &mut config["process"];
        process["terminal"] = json!(false);
        process["noNewPrivileges"] = json!(true);
        process["capabilities"] = json!({});
        process.as_object_mut().unwrap().remove("rlimits");
        let own = process["args"].as_array_mut().unwrap();
        if !self.arguments.is_empty() {
            own.truncate(1);
            own.extend(self.arguments.iter().map(|argument| json!(argument)));
        }
        let environment = process["env"].as_array_mut().unwrap();
        let settings = self.settings.iter();
        environment.extend(settings.map(|(name, value)| json!(format!("{name}={value}"))));
        config["root"] = json!({ "path": bundle.join("rootfs"), "readonly": true });
        let mounts = config["mounts"].as_array_mut().unwrap();
        // No test needs limits, and machines have different control groups.
        mounts.retain(|mount| mount["destination"] != "/sys/fs/cgroup");
        for directory in ["/tmp", STATE] {
            let options = [
                "nosuid",
                "nodev",
                "mode=0700",
                &format!("uid={USER}"),
                &format!("gid={USER}"),
            ];
            mounts.push(json!({
                "destination": directory, "type": "tmpfs", "source": "tmpfs", "options": options
            }));
        }
        let mut bind = |source: &Path, destination: &Path, mode: &str| {
            let options = ["rbind", mode];
            mounts.push(json!({
                "destination": destination, "type": "bind", "source": source, "options": options
            }));
        };
        for file in ["/etc/hosts", "/etc/resolv.conf"] {
            bind(Path::new(file), Path::new(file), "ro");
        }
        for given in &self.mounts {
            bind(given, given, "rw");
        }
        let linux = config["linux"].as_object_mut().unwrap();
        linux.remove("resources");
        let namespaces = linux["namespaces"].as_array_mut().unwrap();
        namespaces.retain(|namespace| !self.host_network || namespace["type"] != "network");
    }
}

impl Running {
    /// Runs a program in the container, like `kubectl exec`.
    pub fn exec(&self, program: &[&str]) -> Output {
        let mut command = runc(&self.records);
        command.args(["exec", &self.name]).args(program);
        command.output().unwrap()
    }

    /// The process id of the program, as this machine sees it.
    pub fn id(&self) -> u64 {
        let state = runc(&self.records).args(["state", &self.name]).output();
        let state: Value = serde_json::from_slice(&state.unwrap().stdout).unwrap();
        state["pid"].as_u64().unwrap()
    }
}

/// Debian's runtime, with its records in `directory`.
fn runc(records: &Path) -> Command {
    let mut command = Command::new("runc");
    command.arg("--root").arg(records);
    command
}

/// Gives the image's user access, as a pod's `fsGroup` does for a volume.
fn hand_over(path: &Path) {
    fs::create_dir_all(path).unwrap();
    let owner = format!("{USER}:{USER}");
    let chown = Command::new("chown")
        .args(["-R", &owner])
        .arg(path)
        .status();
    assert!(chown.unwrap().success(), "only root may run containers");
}
