//! An Entra that signs tokens, for checks that need it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::LazyLock;

use base64ct::{Base64UrlUnpadded, Encoding};
use http::{Request, Response};
use rand_core::OsRng;
use rsa::traits::PublicKeyParts;
use rsa::{Pkcs1v15Sign, RsaPrivateKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{GROUP, alice};
use crate::platform::double::World;

pub(super) const TENANT: &str = "11111111-2222-3333-4444-555555555555";
pub(super) const CLIENT: &str = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee";
pub(super) const V2: &str =
    "https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0";
pub(super) const V1: &str = "https://sts.windows.net/11111111-2222-3333-4444-555555555555/";

static KEY: LazyLock<RsaPrivateKey> =
    LazyLock::new(|| RsaPrivateKey::new(&mut OsRng, 2048).unwrap());

/// Its answers, and the requests to it.
#[derive(Default)]
pub(crate) struct Entra {
    now: Cell<u64>,
    /// The scopes of the requests for tokens.
    asked: RefCell<Vec<String>>,
    /// The status and body of a refusal.
    pub(crate) refusal: RefCell<Option<(u16, Value)>>,
    /// The changed claims in ID tokens.
    pub(crate) says: RefCell<Value>,
    /// The access token.
    pub(crate) access_token: RefCell<String>,
}

impl Entra {
    /// The Entra for the proxy of this `world`.
    pub(crate) fn of(world: &World) -> Rc<Self> {
        let entra = Rc::new(Self::default());
        entra.now.set(world.now.get());
        *entra.says.borrow_mut() = json!({});
        *entra.access_token.borrow_mut() = "opaque".to_owned();
        let answering = Rc::clone(&entra);
        world.answers(move |request| Ok(answering.answer(request)));
        entra
    }

    /// Lets time pass, for both.
    pub(crate) fn pass(&self, world: &World, seconds: u64) {
        world.pass(seconds);
        self.now.set(world.now.get());
    }

    /// The scopes requested since the last call.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.take()
    }

    fn answer(&self, request: &Request<Vec<u8>>) -> Response<Vec<u8>> {
        let (status, body) = match request.uri().path() {
            "/v1/federated-token" => (200, json!({ "token": "a.b.c" })),
            path if path.ends_with("/oauth2/v2.0/token") => self.tokens(request.body()),
            path if path.ends_with("/keys") => (200, json!({ "keys": [jwk("k1")] })),
            path if path.contains("/v2.0/") => (200, json!({ "issuer": V2 })),
            _ => (200, json!({ "issuer": V1 })),
        };
        let body = body.to_string().into_bytes();
        Response::builder().status(status).body(body).unwrap()
    }

    fn tokens(&self, form: &[u8]) -> (u16, Value) {
        let mut form = form_urlencoded::parse(form);
        let scope = form.find(|(name, _)| name == "scope").unwrap().1;
        self.asked.borrow_mut().push(scope.to_string());
        if let Some(refusal) = self.refusal.borrow().clone() {
            return refusal;
        }
        let answer = json!({
            "access_token": *self.access_token.borrow(), "expires_in": 4000, "scope": scope,
            "id_token": self.id_token(), "refresh_token": "another",
        });
        (200, answer)
    }

    /// The ID token that it issues now.
    pub(super) fn id_token(&self) -> String {
        let now = self.now.get();
        let mut claims = json!({
            "iss": V2, "aud": CLIENT, "tid": TENANT, "oid": alice().oid, "sub": "s",
            "iat": now, "nbf": now, "exp": now + 3900, "name": "Alice",
            "preferred_username": "alice@contoso.example", "groups": [GROUP],
            "roles": ["cluster-user"], "email": "alice@contoso.example", "xms_edov": true,
        });
        for (name, value) in self.says.borrow().as_object().unwrap() {
            claims[name] = value.clone();
        }
        signed(&json!({ "alg": "RS256", "kid": "k1" }), &claims)
    }
}

fn jwk(kid: &str) -> Value {
    let number = |n: &rsa::BigUint| Base64UrlUnpadded::encode_string(&n.to_bytes_be());
    json!({
        "kty": "RSA", "use": "sig", "kid": kid, "n": number(KEY.n()), "e": number(KEY.e()),
    })
}

/// A token that the tenant's key has signed.
pub(crate) fn signed(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| Base64UrlUnpadded::encode_string(value.to_string().as_bytes());
    let unsigned = format!("{}.{}", part(header), part(claims));
    let scheme = Pkcs1v15Sign::new::<Sha256>();
    let signature = KEY.sign(scheme, &Sha256::digest(&unsigned)).unwrap();
    let signature = Base64UrlUnpadded::encode_string(&signature);
    format!("{unsigned}.{signature}")
}
