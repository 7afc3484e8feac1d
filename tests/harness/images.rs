//! The chart's images for the kubelet's table: the files that are built here, at the images' paths.

use std::env;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::process::{binary, workspace};
use crate::sidecar::kubelogin;
use crate::{SpinImage, spin};

/// Where `spin.toml` has the component.
const COMPONENT: &str = "target/wasm32-wasip1/release/aks_oauth_proxy_component.wasm";

/// The working directory of the image with the program (docs/images.md).
const DIRECTORY: &str = "/opt/aks-oauth-proxy";

/// Where it has its programs.
const PROGRAMS: &str = "/usr/local/bin";

/// The directory for the Spin image's contents.
const APPLICATION: &str = "/spin/application";

/// The table for these tags of `repository`, and of `repository` with `-spin` if there is a Spin. Unpacked
/// files are put into `directory`.
pub(crate) fn table(repository: &str, tags: &[&str], directory: &Path) -> Value {
    let application = spin::program().map(|program| application(&program, directory));
    let mut table = json!({});
    for tag in tags {
        table[format!("{repository}:{tag}")] = native();
        if let Some(application) = &application {
            table[format!("{repository}-spin:{tag}")] = application.clone();
        }
    }
    table
}

/// The image with the program `aks-oauth-proxy`.
fn native() -> Value {
    let mut image = json!({
        "entrypoint": [format!("{PROGRAMS}/aks-oauth-proxy")],
        "workingDir": DIRECTORY,
        "user": "65532:65532",
        "env": { "PATH": format!("{PROGRAMS}:/usr/bin:/bin") },
        "files": {
            format!("{DIRECTORY}/spin.toml"): workspace().join("spin.toml"),
            format!("{DIRECTORY}/{COMPONENT}"): component(),
        },
    });
    let files = &mut image["files"];
    files[format!("{PROGRAMS}/aks-oauth-proxy")] = json!(binary("aks-oauth-proxy"));
    if let Some(program) = kubelogin() {
        files[format!("{PROGRAMS}/kubelogin")] = json!(program);
    }
    image
}

/// The image with the Spin application, unpacked, and a real Spin in place of SpinKube's shim, with the
/// runtime configuration at the shim's path. Variables and the listening address come from the environment,
/// as for the shim.
fn application(program: &Path, directory: &Path) -> Value {
    let image =
        SpinImage::find().expect("E2E_SPIN_IMAGE names the Spin image: cargo xtask test --spin");
    let unpacked = directory.join("spin-image");
    image.unpack(&unpacked);
    // Like the shim it ends at once on SIGTERM, which the first process of a container must handle itself.
    let up = format!(
        "trap exit TERM; /spin/spin up --from {APPLICATION}/spin.toml --state-dir /.spin \
         --runtime-config-file /runtime-config.toml & wait"
    );
    json!({
        "shim": ["/bin/sh", "-c", up],
        "workingDir": "/",
        "files": {
            "/spin/spin": program.canonicalize().unwrap(),
            APPLICATION: unpacked,
        },
    })
}

fn component() -> PathBuf {
    let default = workspace().join(COMPONENT);
    let component = env::var_os("E2E_WASM").map_or(default, PathBuf::from);
    component.canonicalize().unwrap()
}
