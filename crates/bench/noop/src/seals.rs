//! Opening records: the same primitives, on the same bytes, as in the component's `session/keyring`.
//!
//! Written again because the component's package exports a component of its own, and one `.wasm` cannot hold
//! two. If the format changes, this fails instead of measuring something else.

use base64ct::{Base64UrlUnpadded, Encoding};
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use serde_json::Value;
use sha2::Sha256;

use crate::reads::{Record, Records};

const VERSION: u8 = 1;
/// Version and kid, which precede the nonce.
const PREFIX: usize = 7;
const NONCE: usize = 24;

/// Opens and parses all three records, as `/whoami` does.
pub(crate) fn open(secret: &str, records: &Records<'_>) -> Result<(), String> {
    // The component derives the key for each request.
    let mut kid = [0; 4];
    let _ = Hkdf::<Sha256>::new(None, secret.as_bytes()).expand(b"kid", &mut kid);
    let session = record(secret, "session", records.handle, &records.session)?;
    let grant = session.get("grant").and_then(Value::as_str);
    let grant = grant.ok_or("a session without a grant")?;
    record(secret, "idle", grant, &records.idle)?;
    record(secret, "tokens", grant, &records.tokens)?;
    Ok(())
}

fn record(secret: &str, kind: &str, salt: &str, record: &Record<'_>) -> Result<Value, String> {
    let plain = unseal(secret, kind, salt, record).ok_or_else(|| format!("{kind} is not open"))?;
    serde_json::from_slice(&plain).map_err(|error| format!("{kind}: {error}"))
}

fn unseal(secret: &str, kind: &str, salt: &str, record: &Record<'_>) -> Option<Vec<u8>> {
    let salt = Base64UrlUnpadded::decode_vec(salt).ok()?;
    let mut key = [0; 32];
    Hkdf::<Sha256>::new(Some(&salt), secret.as_bytes())
        .expand(kind.as_bytes(), &mut key)
        .ok()?;
    let (nonce, ciphertext) = record.sealed.get(PREFIX..)?.split_at_checked(NONCE)?;
    let payload = Payload {
        msg: ciphertext,
        aad: &[kind.as_bytes(), &[0, VERSION], record.key.as_bytes()].concat(),
    };
    XChaCha20Poly1305::new(&key.into())
        .decrypt(XNonce::from_slice(nonce), payload)
        .ok()
}
