//! An OCI image layout: a directory that all OCI tools read (image-spec, image-layout.md).

use std::fs;
use std::io;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::blob::Blob;

const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
/// What a descriptor is called in a layout.
const NAME: &str = "org.opencontainers.image.ref.name";

/// An image for one platform: its manifest, and everything that the manifest refers to.
pub(crate) struct Image {
    /// The platform as `{"os": …, "architecture": …}`; `None` for an image for any.
    platform: Option<Value>,
    manifest: Blob,
    parts: Vec<Blob>,
}

impl Image {
    /// With this configuration and these layers, the lowest first.
    pub(crate) fn new(
        platform: Option<Value>,
        config: Blob,
        layers: Vec<Blob>,
        annotations: &Value,
    ) -> Self {
        let manifest = json!({
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": config.descriptor(),
            "layers": layers.iter().map(Blob::descriptor).collect::<Vec<_>>(),
            "annotations": annotations,
        });
        let mut parts = layers;
        parts.push(config);
        Self {
            platform,
            manifest: Blob::json(MANIFEST, &manifest),
            parts,
        }
    }

    /// The digest of its manifest, by which it can be pulled.
    pub(crate) fn digest(&self) -> &str {
        &self.manifest.digest
    }

    fn descriptor(&self) -> Value {
        let mut descriptor = self.manifest.descriptor();
        if let (Some(object), Some(platform)) = (descriptor.as_object_mut(), &self.platform) {
            object.insert("platform".to_owned(), platform.clone());
        }
        descriptor
    }
}

/// Replaces `directory` with a layout, and returns the digest for `tag`: the image itself if it runs
/// anywhere, else an index of the images.
pub(crate) fn write(directory: &Path, tag: &str, images: &[Image]) -> Result<String> {
    let annotated = |mut descriptor: Value| {
        if let Some(object) = descriptor.as_object_mut() {
            object.insert("annotations".to_owned(), json!({ NAME: tag }));
        }
        descriptor
    };
    let index;
    let mut blobs: Vec<&Blob> = Vec::new();
    for image in images {
        blobs.push(&image.manifest);
        blobs.extend(&image.parts);
    }
    let (named, digest) = match images {
        [] => bail!("an image layout without an image"),
        [image] if image.platform.is_none() => (image.descriptor(), image.digest().to_owned()),
        _ => {
            let all = json!({
                "schemaVersion": 2,
                "mediaType": INDEX,
                "manifests": images.iter().map(Image::descriptor).collect::<Vec<_>>(),
            });
            index = Blob::json(INDEX, &all);
            blobs.push(&index);
            (index.descriptor(), index.digest.clone())
        }
    };
    let top = json!({
        "schemaVersion": 2,
        "mediaType": INDEX,
        "manifests": [annotated(named)],
    });
    replace(directory, &blobs, &top)
        .with_context(|| format!("cannot write {}", directory.display()))?;
    Ok(digest)
}

fn replace(directory: &Path, blobs: &[&Blob], index: &Value) -> Result<()> {
    match fs::remove_dir_all(directory) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    fs::create_dir_all(directory.join("blobs/sha256"))?;
    for blob in blobs {
        let path = blob.digest.replace(':', "/");
        fs::write(directory.join("blobs").join(path), &blob.bytes)?;
    }
    fs::write(
        directory.join("oci-layout"),
        json!({ "imageLayoutVersion": "1.0.0" }).to_string(),
    )?;
    fs::write(directory.join("index.json"), index.to_string())?;
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, clippy::unwrap_used)]

    use super::*;

    fn image(platform: Option<Value>) -> Image {
        let config = Blob::json("application/vnd.oci.image.config.v1+json", &json!({}));
        let layer = Blob::new("application/octet-stream", b"bytes".to_vec());
        Image::new(platform, config, vec![layer], &json!({}))
    }

    fn read(directory: &Path, digest: &str) -> Value {
        let path = directory.join("blobs").join(digest.replace(':', "/"));
        serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
    }

    #[test]
    fn everything_that_a_document_refers_to_is_there_under_its_digest() {
        let directory = tempfile::tempdir().unwrap();
        let directory = &directory.path().join("layout");
        let images = ["amd64", "arm64"]
            .map(|name| image(Some(json!({ "os": "linux", "architecture": name }))));
        let digest = write(directory, "1.0", &images).unwrap();
        let top: Value =
            serde_json::from_slice(&fs::read(directory.join("index.json")).unwrap()).unwrap();
        assert_eq!(top["manifests"][0]["digest"], json!(digest));
        assert_eq!(top["manifests"][0]["annotations"][NAME], "1.0");
        let index = read(directory, &digest);
        assert_eq!(index["manifests"][1]["platform"]["architecture"], "arm64");
        let manifest = read(directory, index["manifests"][0]["digest"].as_str().unwrap());
        let layer = manifest["layers"][0]["digest"].as_str().unwrap();
        let bytes = fs::read(directory.join("blobs").join(layer.replace(':', "/"))).unwrap();
        assert_eq!(bytes, b"bytes");
        assert_eq!(manifest["layers"][0]["size"], 5);
    }

    #[test]
    fn what_runs_anywhere_needs_no_index_and_replaces_what_was_there() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("old"), "").unwrap();
        let digest = write(directory.path(), "1.0", &[image(None)]).unwrap();
        assert_eq!(digest, image(None).digest());
        assert!(read(directory.path(), &digest).get("layers").is_some());
        assert!(!directory.path().join("old").exists());
    }

    #[test]
    fn no_image_is_an_error() {
        let directory = tempfile::tempdir().unwrap();
        assert!(write(directory.path(), "1.0", &[]).is_err());
    }
}
