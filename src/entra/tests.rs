#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may")]

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
use crate::platform::double::{World, run};
use crate::platform::{Clock, HttpError, UnixTime};
use crate::secret::Secret;
use crate::session::{Keyring, Records};
use crate::settings::Reader;

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

fn refusal(body: Value) -> EntraError {
    EntraError::from_token_endpoint(body.to_string().as_bytes()).unwrap()
}

#[test]
fn what_follows_from_a_refusal() {
    let cases = [
        (json!({"error": "consent_required"}), Verdict::Consent),
        (
            json!({"error": "invalid_grant", "suberror": "consent_required"}),
            Verdict::Consent,
        ),
        (
            json!({"error": "invalid_grant", "error_codes": [65001]}),
            Verdict::Consent,
        ),
        (
            json!({"error": "invalid_grant", "error_codes": [90094]}),
            Verdict::Consent,
        ),
        (json!({"error": "interaction_required"}), Verdict::Consent),
        (
            json!({"error": "interaction_required", "suberror": "basic_action"}),
            Verdict::StepUp,
        ),
        (
            json!({"error": "interaction_required", "error_codes": [50076]}),
            Verdict::StepUp,
        ),
        (
            json!({"error": "invalid_grant", "error_codes": [50076], "suberror": "basic_action"}),
            Verdict::StepUp,
        ),
        (
            json!({"error": "invalid_grant", "claims": "{}"}),
            Verdict::StepUp,
        ),
        (
            json!({"error": "invalid_grant", "suberror": "consent_required", "claims": "{}"}),
            Verdict::StepUp,
        ),
        (
            json!({"error": "invalid_grant", "error_codes": [53003]}),
            Verdict::StepUp,
        ),
        (
            json!({"error": "invalid_grant", "suberror": "bad_token"}),
            Verdict::SignInAgain,
        ),
        (
            json!({"error": "invalid_grant", "suberror": "token_expired"}),
            Verdict::SignInAgain,
        ),
        (
            json!({"error": "invalid_grant", "error_codes": [700082]}),
            Verdict::SignInAgain,
        ),
        (json!({"error": "invalid_grant"}), Verdict::SignInAgain),
        (
            json!({"error": "invalid_grant", "error_codes": [50196]}),
            Verdict::Refused,
        ),
        (
            json!({"error": "temporarily_unavailable"}),
            Verdict::Transient,
        ),
        (
            json!({"error": "invalid_request", "error_codes": [90033]}),
            Verdict::Transient,
        ),
        (
            json!({"error": "invalid_client", "error_codes": [700213]}),
            Verdict::Refused,
        ),
        (json!({"error": "unauthorized_client"}), Verdict::Refused),
        (json!({"error": "something_new"}), Verdict::Refused),
    ];
    for (body, verdict) in cases {
        assert_eq!(refusal(body.clone()).verdict(), verdict, "{body}");
    }
}

#[test]
fn codes_and_ids_are_found_in_either_form_of_the_description() {
    let (trace, correlation) = (
        "12345678-1234-1234-1234-123456789abc",
        "87654321-1234-1234-1234-123456789abc",
    );
    for separator in [" ", "\r\n"] {
        let description = format!(
            "AADSTS65004: User declined.{separator}Trace ID: {trace}{separator}Correlation ID: \
             {correlation}{separator}Timestamp: 2026-01-01 00:00:00Z"
        );
        let error = EntraError::from_callback("access_denied", &description);
        assert_eq!(error.codes, [65004]);
        assert_eq!(error.trace_id.as_deref(), Some(trace));
        assert_eq!(error.correlation_id.as_deref(), Some(correlation));
    }
}

#[test]
fn hostile_text_does_not_survive() {
    let hostile = "<script>alert(1)</script> AADSTS99999999999999999999 Trace ID: ../../etc\nCorrelation ID: x";
    let error = EntraError::from_callback(&format!("access_denied{hostile}"), hostile);
    let text = serde_json::to_string(&error).unwrap();
    for part in ["<", ">", "(", "etc", "\\n", "9999999999"] {
        assert!(!text.contains(part), "{text}");
    }
}

#[test]
fn scopes_lose_their_resource() {
    assert_eq!(
        scopes("6dae/user.read 6dae/.default openid"),
        ["user.read", ".default", "openid"]
    );
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

    /// What Entra's discovery and key set say from now on.
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

    fn verify(&self, token: &str) -> Result<(), InvalidIdToken> {
        self.id_token(token).map(drop)
    }

    fn id_token(&self, token: &str) -> Result<IdToken, InvalidIdToken> {
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

#[test]
fn a_valid_id_token_is_accepted() {
    let tenant = Tenant::new();
    assert_eq!(
        tenant.verify(&tenant.token(&header(), &tenant.claims())),
        Ok(())
    );
}

/// One claim at a time set to another value, or taken away.
#[test]
fn each_wrong_claim_is_refused() {
    use InvalidIdToken::{Claim, Expired, MalformedClaims, Mismatch, NotYetValid};
    let tenant = Tenant::new();
    let now = tenant.world.now.get();
    let cases = [
        ("iss", json!("https://sts.windows.net/x/"), Mismatch("iss")),
        ("iss", Value::Null, Claim("iss")),
        ("exp", json!("9999999999"), MalformedClaims),
        ("exp", json!(i64::MAX), MalformedClaims),
        ("iat", json!("x"), MalformedClaims),
        ("aud", json!("other"), Mismatch("aud")),
        ("aud", json!([CLIENT]), Claim("aud")),
        ("aud", json!([CLIENT, "other"]), Claim("aud")),
        ("aud", Value::Null, Claim("aud")),
        (
            "tid",
            json!("99999999-2222-3333-4444-555555555555"),
            Mismatch("tid"),
        ),
        ("tid", Value::Null, Claim("tid")),
        ("oid", json!(""), Claim("oid")),
        ("oid", json!(7), Claim("oid")),
        ("oid", Value::Null, Claim("oid")),
        ("sub", Value::Null, Claim("sub")),
        ("nonce", json!("other"), Mismatch("nonce")),
        ("nonce", json!(""), Claim("nonce")),
        ("nonce", Value::Null, Claim("nonce")),
        ("exp", json!(now - 61), Expired),
        ("exp", Value::Null, Claim("exp")),
        ("exp", json!(-1), Claim("exp")),
        ("nbf", json!(now + 61), NotYetValid),
        ("nbf", Value::Null, Claim("nbf")),
    ];
    for (name, value, expected) in cases {
        let mut claims = tenant.claims();
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(name);
        } else {
            claims[name] = value.clone();
        }
        let refused = tenant.verify(&tenant.token(&header(), &claims));
        assert_eq!(refused, Err(expected), "{name} = {value}");
    }
}

impl Tenant {
    /// What a token with these claims more says.
    fn read(&self, more: &Value) -> Result<IdToken, InvalidIdToken> {
        let mut claims = self.claims();
        let members = more.as_object().unwrap().clone();
        claims.as_object_mut().unwrap().extend(members);
        self.id_token(&self.token(&header(), &claims))
    }
}

#[test]
fn what_a_token_says_of_groups_and_roles() {
    let tenant = Tenant::new();
    let listed = |more: Value| match tenant.read(&more).unwrap().membership.groups {
        Groups::Listed(groups) => Some(groups),
        Groups::InGraph => None,
    };
    assert_eq!(listed(json!({})), Some(vec![]));
    assert_eq!(
        listed(json!({ "groups": ["g"] })),
        Some(vec!["g".to_owned()])
    );
    let elsewhere = json!({ "_claim_names": { "groups": "src1" } });
    assert_eq!(listed(elsewhere.clone()), None);
    let both = json!({ "_claim_names": { "groups": "src1" }, "groups": ["g"] });
    assert_eq!(listed(both), None, "a part is not taken for all");
    assert_eq!(
        listed(json!({ "_claim_names": { "x": "src1" } })),
        Some(vec![])
    );
    for wrong in [json!("g"), json!({}), json!([1]), Value::Null] {
        let refused = tenant.read(&json!({ "groups": wrong })).err();
        assert_eq!(refused, Some(InvalidIdToken::Claim("groups")), "{wrong}");
        let refused = tenant.read(&json!({ "roles": wrong })).err();
        assert_eq!(refused, Some(InvalidIdToken::Claim("roles")), "{wrong}");
    }
    let roles = tenant
        .read(&json!({ "roles": ["r"] }))
        .unwrap()
        .membership
        .roles;
    assert_eq!(roles, ["r"]);
}

#[test]
fn a_guest_has_no_user_principal_name() {
    let tenant = Tenant::new();
    let upn = |more: Value| tenant.read(&more).unwrap().membership.upn;
    let name = "alice@contoso.example";
    assert_eq!(upn(json!({})), None);
    assert_eq!(
        upn(json!({ "preferred_username": name })).as_deref(),
        Some(name)
    );
    let both = json!({ "upn": name, "preferred_username": "other@contoso.example" });
    assert_eq!(upn(both).as_deref(), Some(name));
    for guest in [
        json!({ "upn": name, "idp": "https://sts.windows.net/other/" }),
        json!({ "preferred_username": name, "idp": "live.com" }),
        json!({ "upn": "alice_fabrikam.example#EXT#@contoso.example" }),
        json!({ "upn": "x#ext#@contoso.example", "preferred_username": name }),
    ] {
        assert_eq!(upn(guest.clone()), None, "{guest}");
    }
}

#[test]
fn an_email_address_counts_if_the_owner_of_its_domain_has_verified_it() {
    let tenant = Tenant::new();
    let email = |verified: Value, email: &str| {
        let claims = json!({ "email": email, "xms_edov": verified });
        tenant.read(&claims).unwrap().user.email
    };
    let address = "alice@contoso.example";
    for verified in [
        json!(true),
        json!(1),
        json!("1"),
        json!("true"),
        json!("True"),
    ] {
        assert_eq!(email(verified, address).as_deref(), Some(address));
    }
    for not in [
        json!(false),
        json!(0),
        json!("0"),
        json!(""),
        json!([true]),
        Value::Null,
    ] {
        assert_eq!(email(not.clone(), address), None, "{not}");
    }
    assert_eq!(
        tenant
            .read(&json!({ "email": address }))
            .unwrap()
            .user
            .email,
        None
    );
    for none in ["alice", "alice@contoso.example@evil.example", ""] {
        assert_eq!(email(json!(true), none), None, "{none}");
    }
}

#[test]
fn nothing_is_asked_once_the_time_of_a_request_is_over() {
    let tenant = Tenant::new();
    tenant.with(async |entra, records| {
        tenant.world.pause(transport::BUDGET).await;
        let away = entra.metadata(records).await.err().unwrap();
        assert!(away.reason.contains("time of this request"), "{away:?}");
    });
    assert!(tenant.world.called.borrow().is_empty());
    assert!(tenant.metadata().is_ok(), "the next request has its own");
}

#[test]
fn clocks_may_be_a_minute_apart() {
    let tenant = Tenant::new();
    let now = tenant.world.now.get();
    for (name, value) in [("exp", now - 59), ("nbf", now + 60)] {
        let mut claims = tenant.claims();
        claims[name] = json!(value);
        assert_eq!(
            tenant.verify(&tenant.token(&header(), &claims)),
            Ok(()),
            "{name}"
        );
    }
}

#[test]
fn only_rs256_by_a_key_of_the_tenant_counts() {
    use InvalidIdToken::{Algorithm, Malformed, Signature, UnknownKey};
    let tenant = Tenant::new();
    let claims = tenant.claims();
    for (header, expected) in [
        (json!({ "alg": "none", "kid": "k1" }), Algorithm),
        (json!({ "alg": "HS256", "kid": "k1" }), Algorithm),
        (json!({ "alg": "RS512", "kid": "k1" }), Algorithm),
        (json!({ "alg": "PS256", "kid": "k1" }), Algorithm),
        (
            json!({ "alg": "RS256", "kid": "k2" }),
            UnknownKey("k2".to_owned()),
        ),
        (json!({ "alg": "RS256" }), Malformed),
        (
            json!({ "alg": "RS256", "kid": "k1", "crit": ["x"] }),
            Malformed,
        ),
    ] {
        assert_eq!(
            tenant.verify(&tenant.token(&header, &claims)),
            Err(expected),
            "{header}"
        );
    }
    let good = tenant.token(&header(), &claims);
    let (unsigned, _) = good.rsplit_once('.').unwrap();
    let foreign = new_key().sign(rs256(), &Sha256::digest(unsigned)).unwrap();
    let foreign = Base64UrlUnpadded::encode_string(&foreign);
    assert_eq!(
        tenant.verify(&format!("{unsigned}.{foreign}")),
        Err(Signature)
    );
    assert_eq!(tenant.verify(&format!("{unsigned}.")), Err(Signature));
    for text in ["", "a.b.c", "..", unsigned, &good[1..]] {
        assert!(tenant.verify(text).is_err(), "{text}");
    }
}

#[test]
fn keys_are_fetched_once_an_hour() {
    let tenant = Tenant::new();
    for _ in 0..3 {
        tenant.metadata().ok().unwrap();
    }
    assert_eq!(tenant.world.called.borrow().len(), 2);
    tenant.world.pass(3600);
    tenant.metadata().ok().unwrap();
    assert_eq!(tenant.world.called.borrow().len(), 4);
}

#[test]
fn the_last_good_keys_serve_for_a_day() {
    let tenant = Tenant::new();
    tenant.metadata().ok().unwrap();
    tenant.fail(503);
    tenant.world.pass(23 * 3600);
    assert!(tenant.metadata().is_ok());
    tenant.world.pass(3600);
    assert!(tenant.metadata().is_err());
}

#[test]
fn a_planted_key_set_is_as_if_absent() {
    let tenant = Tenant::new();
    tenant.metadata().ok().unwrap();
    let planted = json!({ "issuer": ISSUER, "keys": [], "fetched_at": 1_800_000_000 });
    let mut store = tenant.world.store.borrow_mut();
    for value in store.values_mut() {
        *value = planted.to_string().into_bytes();
    }
    drop(store);
    assert!(tenant.metadata().is_ok());
    assert_eq!(
        tenant.world.called.borrow().len(),
        4,
        "it was fetched again"
    );
}

#[test]
fn an_unknown_key_leads_to_one_fetch_in_five_minutes() {
    let tenant = Tenant::new();
    let metadata = tenant.metadata().ok().unwrap();
    let again = |metadata: Metadata| {
        tenant.with(async |entra, records| entra.metadata_with_key(records, metadata, "k2").await)
    };
    let metadata = again(metadata).ok().unwrap();
    assert_eq!(tenant.world.called.borrow().len(), 2, "the keys are new");
    tenant.world.pass(300);
    tenant.publish(&[tenant.jwk("k1"), tenant.jwk("k2")]);
    assert!(again(metadata).ok().unwrap().key("k2").is_some());
    assert_eq!(tenant.world.called.borrow().len(), 4);
}

#[test]
fn keys_of_other_kinds_and_tenants_are_left_out() {
    let tenant = Tenant::new();
    let with = |name: &str, value: Value| {
        let mut jwk = tenant.jwk(name);
        jwk[name] = value;
        jwk
    };
    tenant.publish(&[
        tenant.jwk("good"),
        with("kty", json!("EC")),
        with("use", json!("enc")),
        with(
            "issuer",
            json!("https://login.example/99999999-2222-3333-4444-555555555555/v2.0"),
        ),
    ]);
    let metadata = tenant.metadata().ok().unwrap();
    assert!(metadata.key("good").is_some());
    for name in ["kty", "use", "issuer"] {
        assert!(metadata.key(name).is_none(), "{name}");
    }
}

#[test]
fn a_document_of_another_tenant_or_nonsense_is_refused() {
    for body in [
        json!({ "issuer": "https://login.example/other/v2.0", "keys": [] }).to_string(),
        "<html>".to_owned(),
        "{}".to_owned(),
        String::new(),
    ] {
        let tenant = Tenant::new();
        tenant.answer(move |_| body.clone());
        assert!(tenant.metadata().is_err());
    }
}

#[test]
fn throttling_is_retried_inside_the_deadline() {
    let tenant = Tenant::new();
    tenant.fail(429);
    let away = tenant.metadata().err().unwrap();
    assert!(away.reason.contains("429"));
    let tries = tenant.world.called.borrow().len();
    assert!((2..=5).contains(&tries), "{tries}");
}

#[test]
fn retry_after_beyond_the_deadline_is_passed_on() {
    let tenant = Tenant::new();
    *tenant.world.answer.borrow_mut() = Box::new(|_| {
        Ok(Response::builder()
            .status(429)
            .header("retry-after", "90")
            .body(Vec::new())
            .unwrap())
    });
    let away = tenant.metadata().err().unwrap();
    assert_eq!(
        (away.retry_after, tenant.world.called.borrow().len()),
        (Some(90), 1)
    );
}

/// RFC 6749, section 4.1.2: a code is used once, and Entra takes the tokens of one that is used twice
/// for stolen.
#[test]
fn a_code_that_may_have_been_taken_is_not_sent_again() {
    let sent = |error: HttpError| {
        let tenant = Tenant::new();
        *tenant.world.answer.borrow_mut() = Box::new(move |_| Err(error.clone()));
        let grant = Grant::AuthorizationCode {
            code: "c",
            redirect_uri: "http://localhost/callback",
            verifier: &Secret::new("v"),
        };
        let assertion = Secret::new("a");
        let asked = tenant.with(async |entra, _| entra.tokens(grant, "openid", &assertion).await);
        assert!(asked.is_err());
        tenant.world.called.borrow().len()
    };
    assert_eq!(sent(HttpError::TooLarge), 1);
    assert_eq!(sent(HttpError::TimedOut), 1);
    assert_eq!(sent(HttpError::Failed("cut off".to_owned())), 1);
    assert!(sent(HttpError::Unreachable("refused".to_owned())) > 1);
}
