//! The tenant's signing keys, and the cluster's.

use base64ct::{Base64UrlUnpadded, Encoding};
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
        let private = RsaPrivateKey::new(&mut Random, 2048)?;
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

/// The system's randomness, as `rsa` wants it.
struct Random;

impl rsa::rand_core::RngCore for Random {
    fn next_u32(&mut self) -> u32 {
        rsa::rand_core::impls::next_u32_via_fill(self)
    }

    fn next_u64(&mut self) -> u64 {
        rsa::rand_core::impls::next_u64_via_fill(self)
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        // A key of zeros would fail to be one, so an error here is not silent.
        let _ = getrandom::getrandom(bytes);
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), rsa::rand_core::Error> {
        getrandom::getrandom(bytes).map_err(|error| rsa::rand_core::Error::from(error.code()))
    }
}

impl rsa::rand_core::CryptoRng for Random {}
