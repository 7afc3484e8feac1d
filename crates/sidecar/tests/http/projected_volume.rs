//! A projected volume as the kubelet writes it: the file is a link into `..data`, which links to a directory
//! named by a timestamp. An update moves `..data` atomically.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::json;
use tempfile::TempDir;

const FILE: &str = "azure-identity-token";

/// The volume.
pub(crate) struct ProjectedVolume {
    directory: TempDir,
    updates: u32,
}

impl ProjectedVolume {
    /// An empty volume with `content` in the token's file.
    pub(crate) fn new(content: &str) -> Self {
        let mut volume = Self {
            directory: TempDir::new().unwrap(),
            updates: 0,
        };
        volume.update(content);
        symlink(format!("..data/{FILE}"), volume.file()).unwrap();
        volume
    }

    /// The value for `AZURE_FEDERATED_TOKEN_FILE`.
    pub(crate) fn file(&self) -> PathBuf {
        self.directory.path().join(FILE)
    }

    /// Replaces the content as the kubelet's atomic writer does.
    pub(crate) fn update(&mut self, content: &str) {
        let root = self.directory.path();
        let timestamped = |update| format!("..2026_11_24_00_00_00.{update}");
        let new = timestamped(self.updates + 1);
        fs::create_dir(root.join(&new)).unwrap();
        fs::write(root.join(&new).join(FILE), content).unwrap();
        symlink(&new, root.join("..data_tmp")).unwrap();
        fs::rename(root.join("..data_tmp"), root.join("..data")).unwrap();
        if self.updates > 0 {
            fs::remove_dir_all(root.join(timestamped(self.updates))).unwrap();
        }
        self.updates += 1;
    }
}

/// The time, in seconds since 1970.
pub(crate) fn now() -> i64 {
    let seconds = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs();
    i64::try_from(seconds).unwrap()
}

/// An unsigned service-account token that expires at `expires_at`.
pub(crate) fn jwt(subject: &str, expires_at: i64) -> String {
    let part = |text: &str| Base64UrlUnpadded::encode_string(text.as_bytes());
    let claims = json!({ "sub": subject, "exp": expires_at }).to_string();
    format!(
        "{}.{}.{}",
        part(r#"{"alg":"RS256"}"#),
        part(&claims),
        part("signature")
    )
}
