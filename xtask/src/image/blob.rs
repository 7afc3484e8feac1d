//! The blobs of an image layout: bytes under their digest.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Bytes with their media type and digest.
#[derive(Clone)]
pub(crate) struct Blob {
    pub(crate) media_type: &'static str,
    pub(crate) digest: String,
    pub(crate) bytes: Vec<u8>,
}

impl Blob {
    /// These bytes.
    pub(crate) fn new(media_type: &'static str, bytes: Vec<u8>) -> Self {
        let digest = Self::digest_of(&bytes);
        Self {
            media_type,
            digest,
            bytes,
        }
    }

    /// A document. serde_json sorts an object's members, so the bytes are always the same.
    pub(crate) fn json(media_type: &'static str, document: &Value) -> Self {
        Self::new(media_type, document.to_string().into_bytes())
    }

    /// The digest of these bytes, as OCI writes it.
    pub(crate) fn digest_of(bytes: &[u8]) -> String {
        format!("sha256:{:x}", Sha256::digest(bytes))
    }

    /// How other documents refer to it (image-spec, descriptor.md).
    pub(crate) fn descriptor(&self) -> Value {
        json!({
            "mediaType": self.media_type,
            "digest": self.digest,
            "size": self.bytes.len(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_descriptor_has_the_digest_of_the_bytes() {
        // The empty document of the image specification (descriptor.md, "Guidance for an Empty Descriptor").
        let empty = Blob::json("application/vnd.oci.empty.v1+json", &json!({}));
        let expected = json!({
            "mediaType": "application/vnd.oci.empty.v1+json",
            "digest": "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
            "size": 2,
        });
        assert_eq!(empty.descriptor(), expected);
    }
}
