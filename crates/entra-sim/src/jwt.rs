//! JSON Web Tokens, made and read by hand: tests want broken ones too.

use base64ct::{Base64UrlUnpadded, Encoding};
use hmac::{Hmac, Mac};
use rsa::traits::PublicKeyParts;
use rsa::{Pkcs1v15Sign, RsaPrivateKey, RsaPublicKey};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

/// A token that was split, not checked.
pub(crate) struct Untrusted {
    pub(crate) header: Map<String, Value>,
    pub(crate) claims: Map<String, Value>,
    signed: String,
    signature: Vec<u8>,
}

impl Untrusted {
    pub(crate) fn parse(token: &str) -> Option<Self> {
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let object =
            |part: &str| serde_json::from_slice(&Base64UrlUnpadded::decode_vec(part).ok()?).ok();
        Some(Self {
            header: object(header)?,
            claims: object(claims)?,
            signed: signed.to_owned(),
            signature: Base64UrlUnpadded::decode_vec(signature).ok()?,
        })
    }

    /// Whether this is RS256 by `key`.
    pub(crate) fn is_signed_by(&self, key: &RsaPublicKey) -> bool {
        let digest = Sha256::digest(&self.signed);
        self.header.get("alg") == Some(&json!("RS256"))
            && key
                .verify(rs256_padding(), &digest, &self.signature)
                .is_ok()
    }
}

/// What stands before the signature.
pub(crate) fn unsigned(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| Base64UrlUnpadded::encode_string(value.to_string().as_bytes());
    format!("{}.{}", part(header), part(claims))
}

/// `unsigned` with its RS256 signature.
pub(crate) fn rs256(unsigned: &str, key: &RsaPrivateKey) -> anyhow::Result<String> {
    let signature = key.sign(rs256_padding(), &Sha256::digest(unsigned))?;
    Ok(with_signature(unsigned, &signature))
}

/// RSASSA-PKCS1-v1_5 with SHA-256: the DigestInfo of RFC 8017, section 9.2, note 1.
fn rs256_padding() -> Pkcs1v15Sign {
    const DIGEST_INFO: &[u8] = &[
        0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01,
        0x05, 0x00, 0x04, 0x20,
    ];
    Pkcs1v15Sign {
        hash_len: Some(32),
        prefix: DIGEST_INFO.into(),
    }
}

/// `unsigned` with an HS256 signature whose secret is the public key: the classic confusion.
pub(crate) fn hs256(unsigned: &str, key: &RsaPublicKey) -> anyhow::Result<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(&key.n().to_bytes_be())?;
    mac.update(unsigned.as_bytes());
    Ok(with_signature(unsigned, &mac.finalize().into_bytes()))
}

/// `unsigned` with these bytes as its signature.
pub(crate) fn with_signature(unsigned: &str, signature: &[u8]) -> String {
    format!("{unsigned}.{}", Base64UrlUnpadded::encode_string(signature))
}
