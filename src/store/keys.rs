//! The names under which records stand in the store.

use sha2::{Digest, Sha256};

use crate::terms::encoding::base64url;

/// `aop-<kind>-<SHA-256 of kind and id>`: nothing but `[A-Za-z0-9_-]`, and nothing that says whose
/// record it is. Applications may share one Redis, hence the prefix.
pub(crate) fn store_key(kind: &str, id: &[u8]) -> String {
    let digest = Sha256::new()
        .chain_update(kind)
        .chain_update([0])
        .chain_update(id)
        .finalize();
    format!("aop-{kind}-{}", base64url(&digest))
}
