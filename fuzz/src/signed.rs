//! A tenant with one key, and tokens that it has signed. The key is the same in each run, so that what
//! was found is found again. It opens nothing.

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

/// Primes of a key of 2048 bits.
const PRIMES: [&str; 2] = [
    "fcaaf56edf1d63d327c002ae38526918e7a989d86bb4d58cca83a87e78c8e8da32474df34217da3532764c7c\
     185a56b3c41663cee2fc0d6f5890eac39ba8d6c7de83348577c37a028c7ea90802a34f0c8ad9918111f8a473\
     896412344027caf9b4cd7434de5895dccd6fc2d76258b46d4916639b089063d4215ca88d89f3c117",
    "e97b172386dab6b903b5e13edf695a79d520fc641d88a9c2b7ebdc40acbebe8ef4d573e781e131139f7f05c8\
     b120e83fb320d39032f321b2dd08759b7ffa106af0270d61b756b24ac1559dfca598b295b9c9f07ec5142577\
     c87eee827866352f93947f033be1ca14e1b7a1368c4c1e0b3740a0e342234e4d667350d7b484bcd9",
];
/// Primes of a key of 1024 bits, which is too short.
const SHORT_PRIMES: [&str; 2] = [
    "eb4d9445f98976ab9abbff16e9349035b19a5932e445c063fb0790c942eb271cc181d55d103cbc174808bef6\
     d6b1c9f9b56f8af64fcc881bd7dec8dff4f715ad",
    "c3146f557bb106ee9f59e9945a628fb06da21df02b80dc78713b5b59716e9650eb323dde55abb5c14cbfbebc\
     e4a58eb76d835af816239872998437166f6658b3",
];

static KEY: LazyLock<RsaPrivateKey> = LazyLock::new(|| key(PRIMES));

fn key(primes: [&str; 2]) -> RsaPrivateKey {
    let number = |digits: &str| BigUint::parse_bytes(digits.as_bytes(), 16).expect("a number");
    let [p, q] = primes.map(number);
    RsaPrivateKey::from_p_q(p, q, BigUint::from(65_537_u32)).expect("two primes make a key")
}

/// What Entra says of the tenant's keys. Only `k1` can be used: the others are too short, of another
/// kind, or broken.
pub fn metadata() -> Metadata {
    let short = key(SHORT_PRIMES);
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
