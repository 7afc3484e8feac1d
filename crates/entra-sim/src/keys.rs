//! The tenant's signing keys, and the cluster's.

use base64ct::{Base64UrlUnpadded, Encoding};
use rand_core::OsRng;
use rsa::traits::PublicKeyParts;
use rsa::{RsaPrivateKey, RsaPublicKey};
use serde_json::{Value, json};

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
