//! A tenant with one key, and tokens signed by it. The key is the same in each run, so that findings can be
//! repeated. It protects nothing.

use std::sync::LazyLock;

use aks_oauth_proxy_component::entra::Metadata;
use aks_oauth_proxy_component::terms::encoding::base64url;
use rsa::traits::PublicKeyParts;
use rsa::{BigUint, Pkcs1v15Sign, RsaPrivateKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::settings::{CLIENT, TENANT};
use crate::world::NOW;

/// The issuer of the tenant's tokens.
pub const ISSUER: &str = "https://login.example/11111111-2222-3333-4444-555555555555/v2.0";
/// The attempt's nonce.
pub const NONCE: &str = "n";

/// Primes of a key of 2048 bits. A key with many short primes signs ten times as fast as one with two long
/// primes. It is weak, but verifies the same.
const PRIMES: [&str; 16] = [
    "fc47fc17ed0bef93d4a228e09eb402ed",
    "fca9ee50ce747ed14afbb75c10addd37",
    "fc0b0aa99d64e790259220ee89e6cea9",
    "fc41dc1f4d8e22099e01b7b79e944b6b",
    "fc24819880fa8f188718bf87165581e7",
    "fc9d5f730aee629ed918c987bd7dfffd",
    "fc712d943297058be0d88fa73dfd25d9",
    "fc0ddf61f0531ac3260dba639a426863",
    "fc7ea1a421bd6db80189feeeafe1b431",
    "fc05f09c8d21c48d2120be19e82af1c1",
    "fc18b27e00dada98402eab4b3e447921",
    "fcc01fe45d18de975c22ec3f587c233b",
    "fce15fc1eada99983ea9add74167aec9",
    "fc31f23452be4292cc78329d13c9ee8d",
    "fce0211ceb36e0390a186a3acb6c92c7",
    "fc62364f7ebabc23bcb1e53da16116a1",
];
/// Primes of a key of 1024 bits, which is too short.
const SHORT_PRIMES: [&str; 2] = [
    "eb4d9445f98976ab9abbff16e9349035b19a5932e445c063fb0790c942eb271cc181d55d103cbc174808bef6\
     d6b1c9f9b56f8af64fcc881bd7dec8dff4f715ad",
    "c3146f557bb106ee9f59e9945a628fb06da21df02b80dc78713b5b59716e9650eb323dde55abb5c14cbfbebc\
     e4a58eb76d835af816239872998437166f6658b3",
];

static KEY: LazyLock<RsaPrivateKey> = LazyLock::new(|| key(&PRIMES));

fn key(primes: &[&str]) -> RsaPrivateKey {
    let number = |digits: &&str| BigUint::parse_bytes(digits.as_bytes(), 16).expect("a number");
    let primes = primes.iter().map(number).collect();
    let exponent = BigUint::from(65_537_u32);
    RsaPrivateKey::from_primes(primes, exponent).expect("primes make a key")
}

/// Entra's metadata for the tenant's keys. Only `k1` can be used: the others are too short, of another kind,
/// or broken.
pub fn metadata() -> Metadata {
    let short = key(&SHORT_PRIMES);
    let mut keys = vec![json!({ "kid": "k1", "jwk": jwk("k1", &KEY) })];
    keys.push(json!({ "kid": "short", "jwk": jwk("short", &short) }));
    for jwk in [
        json!({ "kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "kid": "ec" }),
        json!({ "kty": "oct", "k": "c2VjcmV0", "kid": "oct" }),
        json!({ "kty": "RSA", "n": "AA", "e": "AQAB", "kid": "zero" }),
        json!({ "kty": "RSA", "kid": "none" }),
    ] {
        keys.push(json!({ "kid": jwk["kid"], "jwk": jwk }));
    }
    let metadata = json!({ "issuer": ISSUER, "keys": keys, "fetched_at": NOW });
    serde_json::from_value(metadata).expect("it is metadata")
}

fn jwk(kid: &str, key: &RsaPrivateKey) -> Value {
    let number = |number: &BigUint| base64url(&number.to_bytes_be());
    json!({ "kty": "RSA", "use": "sig", "kid": kid, "n": number(key.n()), "e": number(key.e()) })
}

/// Claims that are right in every respect.
pub fn claims() -> Value {
    json!({
        "iss": ISSUER, "aud": CLIENT, "tid": TENANT, "oid": "o", "sub": "s", "nonce": NONCE,
        "iat": NOW, "nbf": NOW, "exp": NOW + 3600, "name": "Alice",
    })
}

/// A token with these claims, signed by `k1`.
pub fn token(claims: &str) -> String {
    let header = json!({ "alg": "RS256", "kid": "k1", "typ": "JWT" }).to_string();
    let unsigned = format!(
        "{}.{}",
        base64url(header.as_bytes()),
        base64url(claims.as_bytes())
    );
    // The prefix of SHA-256 in PKCS #1 (RFC 8017, section 9.2).
    let prefix = b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20";
    let padding = Pkcs1v15Sign {
        hash_len: Some(32),
        prefix: prefix.as_slice().into(),
    };
    let signature = KEY.sign(padding, &Sha256::digest(&unsigned));
    format!("{unsigned}.{}", base64url(&signature.expect("a key signs")))
}
