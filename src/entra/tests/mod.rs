//! A tenant whose keys are known, and the calls to it.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may"
)]

use std::sync::LazyLock;

use base64ct::{Base64UrlUnpadded, Encoding};
use http::Response;
use rand_core::OsRng;
use rsa::traits::PublicKeyParts;
use rsa::{Pkcs1v15Sign, RsaPrivateKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::id_token::{Expected, verify};
use super::*;
use crate::outbound::Away;
use crate::platform::double::{World, run};
use crate::platform::{Clock, HttpError, UnixTime};
use crate::settings::{Client, Reader, SidecarSettings};
use crate::store::{Keyring, Records};
use crate::terms::Secret;

mod access_token;
mod id_token;
mod issuer;
mod membership;
mod metadata;
mod outbound;

const TENANT: &str = "11111111-2222-3333-4444-555555555555";

const CLIENT: &str = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee";

const ISSUER: &str = "https://login.example/11111111-2222-3333-4444-555555555555/v2.0";

fn variable(name: &str) -> Option<String> {
    let value = match name {
        "tenant_id" => TENANT,
        "client_id" => CLIENT,
        "authority_host" => "https://login.example",
        "session_secret" | "sidecar_token" => "0123456789abcdef0123456789abcdef",
        "sidecar_url" => "http://127.0.0.1:8081",
        _ => return None,
    };
    Some(value.to_owned())
}

static KEY: LazyLock<RsaPrivateKey> = LazyLock::new(new_key);

fn new_key() -> RsaPrivateKey {
    RsaPrivateKey::new(&mut OsRng, 2048).unwrap()
}

struct Tenant {
    key: &'static RsaPrivateKey,
    world: World,
    client: Client,
}

impl Tenant {
    fn new() -> Self {
        let mut reader = Reader::new(&variable);
        let client = Client::read(&mut reader).unwrap();
        let tenant = Self {
            key: &KEY,
            world: World::new(),
            client,
        };
        tenant.publish(&[tenant.jwk("k1")]);
        tenant
    }

    fn jwk(&self, kid: &str) -> Value {
        let number = |n: &rsa::BigUint| Base64UrlUnpadded::encode_string(&n.to_bytes_be());
        json!({
            "kty": "RSA", "use": "sig", "kid": kid, "issuer": ISSUER,
            "n": number(self.key.n()), "e": number(self.key.e()),
        })
    }

    /// Sets what Entra's discovery and key set say from now on.
    fn publish(&self, keys: &[Value]) {
        let keys = json!({ "keys": keys }).to_string();
        self.answer(move |path| match path {
            _ if path.ends_with("/discovery/v2.0/keys") => keys.clone(),
            _ => json!({ "issuer": ISSUER }).to_string(),
        });
    }

    fn answer(&self, body: impl Fn(&str) -> String + 'static) {
        *self.world.answer.borrow_mut() =
            Box::new(move |request| Ok(Response::new(body(request.uri().path()).into_bytes())));
    }

    fn fail(&self, status: u16) {
        *self.world.answer.borrow_mut() =
            Box::new(move |_| Ok(Response::builder().status(status).body(Vec::new()).unwrap()));
    }

    fn with<T>(&self, f: impl AsyncFnOnce(&Entra<'_, World>, &Records<'_, World>) -> T) -> T {
        let mut reader = Reader::new(&variable);
        let sidecar = SidecarSettings::read(&mut reader).unwrap();
        let keyring = Keyring::read(&mut reader).unwrap();
        let entra = Entra::new(&self.world, &self.client, &sidecar);
        let records = Records {
            platform: &self.world,
            keyring: &keyring,
        };
        run(f(&entra, &records))
    }

    fn metadata(&self) -> Result<Metadata, Away> {
        self.with(async |entra, records| entra.metadata(records).await)
    }

    fn token(&self, header: &Value, claims: &Value) -> String {
        let part = |value: &Value| Base64UrlUnpadded::encode_string(value.to_string().as_bytes());
        let unsigned = format!("{}.{}", part(header), part(claims));
        let signature = self.key.sign(rs256(), &Sha256::digest(&unsigned)).unwrap();
        format!(
            "{unsigned}.{}",
            Base64UrlUnpadded::encode_string(&signature)
        )
    }

    fn claims(&self) -> Value {
        let now = self.world.now.get();
        json!({
            "iss": ISSUER, "aud": CLIENT, "tid": TENANT, "oid": "o", "sub": "s", "nonce": "n",
            "iat": now, "nbf": now, "exp": now + 3600, "name": "Alice",
        })
    }

    fn verify(&self, token: &str) -> Result<(), InvalidToken> {
        self.id_token(token).map(drop)
    }

    fn id_token(&self, token: &str) -> Result<IdToken, InvalidToken> {
        let metadata = self.metadata().ok().unwrap();
        let nonce = Secret::new("n");
        let now = UnixTime(self.world.now.get());
        let expected = Expected {
            clock_tolerance: 60,
            client: &self.client,
            metadata: &metadata,
            nonce: Some(&nonce),
            now,
        };
        verify(token, &expected)
    }
}

fn rs256() -> Pkcs1v15Sign {
    let prefix = b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20";
    Pkcs1v15Sign {
        hash_len: Some(32),
        prefix: prefix.as_slice().into(),
    }
}

fn header() -> Value {
    json!({ "alg": "RS256", "kid": "k1", "typ": "JWT" })
}
