//! The tenant's signing keys, and the cluster's.

use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use rand_core::OsRng;
use rsa::pkcs8::{EncodePrivateKey, EncodePublicKey};
use rsa::traits::PublicKeyParts;
use rsa::{RsaPrivateKey, RsaPublicKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// An RSA key with its id.
#[derive(Clone)]
pub(crate) struct Key {
    pub(crate) id: String,
    pub(crate) private: RsaPrivateKey,
}

impl Key {
    /// A new one, of 2048 bits.
    pub(crate) fn make() -> anyhow::Result<Self> {
        let private = RsaPrivateKey::new(&mut OsRng, 2048)?;
        Ok(Self {
            id: random(20)?,
            private,
        })
    }

    /// A new one, named as an API server names the keys of its service accounts: by the SHA-256 of the
    /// public key's DER.
    pub(crate) fn of_a_cluster() -> anyhow::Result<Self> {
        let made = Self::make()?;
        let public = made.public().to_public_key_der()?;
        Ok(Self {
            id: Base64UrlUnpadded::encode_string(&Sha256::digest(public.as_bytes())),
            ..made
        })
    }

    /// The private key in PEM (RFC 5958).
    pub(crate) fn pem(&self) -> anyhow::Result<String> {
        let der = self.private.to_pkcs8_der()?;
        let text = Base64::encode_string(der.as_bytes());
        let lines: Vec<&str> = (0..text.len())
            .step_by(64)
            .filter_map(|start| text.get(start..text.len().min(start + 64)))
            .collect();
        let lines = lines.join("\n");
        Ok(format!(
            "-----BEGIN PRIVATE KEY-----\n{lines}\n-----END PRIVATE KEY-----\n"
        ))
    }

    pub(crate) fn public(&self) -> RsaPublicKey {
        self.private.to_public_key()
    }

    /// As in Entra's key set: `issuer` is that of the tenant.
    pub(crate) fn jwk(&self, issuer: &str) -> Value {
        let public = self.public();
        let number =
            |number: &rsa::BigUint| Base64UrlUnpadded::encode_string(&number.to_bytes_be());
        json!({
            "kty": "RSA", "use": "sig", "kid": self.id, "x5t": self.id,
            "n": number(public.n()), "e": number(public.e()), "issuer": issuer,
        })
    }
}

/// So many unpredictable bytes, as base64url.
pub(crate) fn random(length: usize) -> anyhow::Result<String> {
    let mut bytes = vec![0; length];
    getrandom::getrandom(&mut bytes)?;
    Ok(Base64UrlUnpadded::encode_string(&bytes))
}

/// Something with the form of a GUID.
pub(crate) fn guid() -> anyhow::Result<String> {
    let mut bytes = [0; 16];
    getrandom::getrandom(&mut bytes)?;
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let parts = [0..8, 8..12, 12..16, 16..20, 20..32];
    Ok(parts
        .map(|range| digits.get(range).unwrap_or_default().to_owned())
        .join("-"))
}
