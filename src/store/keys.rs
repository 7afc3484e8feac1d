//! The names of records in the store.

use sha2::{Digest, Sha256};

use crate::terms::encoding::base64url;

/// `aop-<kind>-<SHA-256 of kind and id>`. It has only `[A-Za-z0-9_-]`, and does not say whose
/// record it is. The prefix is there because applications may share one Redis.
pub(crate) fn store_key(kind: &str, id: &[u8]) -> String {
    let digest = Sha256::new()
        .chain_update(kind)
        .chain_update([0])
        .chain_update(id)
        .finalize();
    format!("aop-{kind}-{}", base64url(&digest))
}
