//! Base64url without padding (RFC 4648, section 5), and digests written in it.

use base64ct::{Base64UrlUnpadded, Encoding};
use sha2::{Digest, Sha256};

/// `bytes` as base64url.
pub fn base64url(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

/// The bytes that `text` stands for, if it is base64url.
pub fn from_base64url(text: &str) -> Option<Vec<u8>> {
    Base64UrlUnpadded::decode_vec(text).ok()
}

/// The 32 bytes that the 43 characters of `text` stand for.
pub fn bytes32(text: &str) -> Option<[u8; 32]> {
    from_base64url(text)?.try_into().ok()
}

/// SHA-256 of `text`, as 43 characters of base64url.
pub fn sha256(text: &str) -> String {
    base64url(&Sha256::digest(text))
}
