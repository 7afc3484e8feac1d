//! The Spin image of `cargo xtask image`, unpacked for a Spin that needs a manifest.
//!
//! SpinKube's shim stores the components by digest, and starts the locked application. `spin up` accepts no
//! locked application. So this writes the manifest that Spin would have locked into it, without the
//! repository's own `spin.toml`.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

const APPLICATION: &str = "application/vnd.fermyon.spin.application.v1+config";
const WASM: &str = "application/vnd.wasm.content.layer.v1+wasm";

/// An OCI image layout with the Spin image.
pub struct SpinImage(PathBuf);

impl SpinImage {
    /// The image that `cargo xtask test` has assembled from the component; without it, a test of it prints a
    /// message and ends.
    pub fn find() -> Option<Self> {
        env::var_os("E2E_SPIN_IMAGE").map(|layout| Self(layout.into()))
    }

    /// Writes its components and a manifest, `spin.toml`, into a directory.
    pub fn unpack(&self, into: &Path) {
        fs::create_dir_all(into).unwrap();
        let index = json_of(&self.0.join("index.json"));
        let image = self.document(&index["manifests"][0]);
        let config = self.document(&image["config"]);
        // The shim recognises its images by these.
        assert_eq!(
            (&config["os"], &config["architecture"]),
            (&json!("wasip1"), &json!("wasm"))
        );
        let layers = image["layers"].as_array().unwrap();
        let of_type = |wanted: &'static str| {
            let layers = layers.iter();
            layers.filter(move |layer| layer["mediaType"] == wanted)
        };
        for layer in of_type(WASM) {
            let name = file_name(layer["digest"].as_str().unwrap());
            fs::copy(self.blob(layer), into.join(name)).unwrap();
        }
        let locked: Vec<_> = of_type(APPLICATION).collect();
        assert_eq!(locked.len(), 1, "an image has one application");
        let manifest = manifest(&self.document(locked[0]));
        fs::write(into.join("spin.toml"), toml::to_string(&manifest).unwrap()).unwrap();
    }

    fn document(&self, descriptor: &Value) -> Value {
        json_of(&self.blob(descriptor))
    }

    fn blob(&self, descriptor: &Value) -> PathBuf {
        let digest = descriptor["digest"].as_str().unwrap();
        self.0.join("blobs").join(digest.replace(':', "/"))
    }
}

/// The manifest that Spin locks into this application (crates/loader/src/local.rs of Spin 3.6, reversed).
fn manifest(locked: &Value) -> Value {
    let mut application = locked["metadata"].clone();
    let about_triggers = ["trigger", "triggers"];
    let about = application.as_object_mut().unwrap();
    about.retain(|name, _| !about_triggers.contains(&name.as_str()));
    let triggers = locked["triggers"].as_array().unwrap().iter();
    let triggers = triggers.map(|trigger| {
        assert_eq!(trigger["trigger_type"], "http");
        trigger["trigger_config"].clone()
    });
    let components = locked["components"].as_array().unwrap().iter();
    let components: Map<_, _> = components.map(component).collect();
    json!({
        "spin_manifest_version": 2,
        "application": application,
        "variables": locked["variables"],
        "trigger": { "http": triggers.collect::<Vec<_>>() },
        "component": components,
    })
}

/// Its name and its manifest entry.
fn component(locked: &Value) -> (String, Value) {
    let mut component = locked["metadata"].clone();
    let digest = locked["source"]["digest"].as_str().unwrap();
    component["source"] = json!(file_name(digest));
    if let Some(variables) = locked.get("config") {
        component["variables"] = variables.clone();
    }
    (locked["id"].as_str().unwrap().to_owned(), component)
}

fn file_name(digest: &str) -> String {
    format!("{}.wasm", digest.replace(':', "-"))
}

fn json_of(file: &Path) -> Value {
    let text = fs::read(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    serde_json::from_slice(&text).unwrap()
}
