//! Access tokens that somebody else obtained: a valid one, then one broken property at a time.

use super::*;
use crate::terms::{Guid, User};

const AKS: &str = "6dae42f8-4368-4678-94ff-3960e28e3630";
const V1: &str = "https://sts.windows.net/11111111-2222-3333-4444-555555555555/";

fn tenant() -> Tenant {
    let tenant = Tenant::new();
    let keys = json!({ "keys": [tenant.jwk("k1")] }).to_string();
    tenant.answer(move |path| {
        let issuer = if path.contains("/v2.0/") { ISSUER } else { V1 };
        match path.ends_with("/keys") {
            true => keys.clone(),
            false => json!({ "issuer": issuer }).to_string(),
        }
    });
    tenant
}

fn claims(tenant: &Tenant) -> Value {
    let now = tenant.world.now.get();
    json!({
        "iss": V1, "aud": AKS, "tid": TENANT, "oid": "o", "iat": now, "nbf": now,
        "exp": now + 3600, "scp": "user.read", "ver": "1.0",
    })
}

fn check(tenant: &Tenant, token: String) -> Result<ValidAccessToken, TokenFailure> {
    let user = User {
        tid: TENANT.to_owned(),
        oid: "o".to_owned(),
        name: None,
        preferred_username: None,
        email: None,
        login_hint: None,
    };
    let audience = Guid::parse(AKS).unwrap();
    let token = Secret::new(token);
    tenant.with(async |entra, records| {
        entra
            .access_token(records, &token, &audience, &user, 60)
            .await
    })
}

fn invalid(tenant: &Tenant, token: String) -> InvalidToken {
    match check(tenant, token) {
        Err(TokenFailure::Invalid(invalid)) => invalid,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_v1_token_of_the_user_for_the_audience_is_valid() {
    let tenant = tenant();
    for audience in [AKS.to_owned(), format!("spn:{AKS}")] {
        let mut claims = claims(&tenant);
        claims["aud"] = audience.into();
        let valid = check(&tenant, tenant.token(&header(), &claims)).unwrap();
        assert_eq!(valid.expires_at.0, tenant.world.now.get() + 3600);
        assert_eq!(valid.scopes, ["user.read"]);
    }
}

#[test]
fn every_claim_must_be_the_expected_one() {
    let tenant = tenant();
    let now = tenant.world.now.get();
    for (claim, value, expected) in [
        ("iss", json!(ISSUER), InvalidToken::Mismatch("iss")),
        (
            "iss",
            json!("https://sts.windows.net/99999999-2222-3333-4444-555555555555/"),
            InvalidToken::Mismatch("iss"),
        ),
        ("aud", json!(CLIENT), InvalidToken::Mismatch("aud")),
        ("aud", json!([AKS]), InvalidToken::Claim("aud")),
        ("tid", json!("another"), InvalidToken::Mismatch("tid")),
        ("oid", json!("another"), InvalidToken::Mismatch("oid")),
        ("oid", Value::Null, InvalidToken::Claim("oid")),
        ("exp", json!(now - 61), InvalidToken::Expired),
        ("exp", json!(now), InvalidToken::Expired),
        ("exp", Value::Null, InvalidToken::Claim("exp")),
        ("nbf", json!(now + 61), InvalidToken::NotYetValid),
    ] {
        let mut claims = claims(&tenant);
        match value {
            Value::Null => drop(claims.as_object_mut().unwrap().remove(claim)),
            value => claims[claim] = value,
        }
        let token = tenant.token(&header(), &claims);
        assert_eq!(invalid(&tenant, token), expected, "{claim}");
    }
}

#[test]
fn the_signature_must_be_the_tenants() {
    let tenant = tenant();
    let good = tenant.token(&header(), &claims(&tenant));
    let (unsigned, _) = good.rsplit_once('.').unwrap();
    let stripped = format!("{unsigned}.");
    assert_eq!(invalid(&tenant, stripped), InvalidToken::Signature);
    let mut other = claims(&tenant);
    other["scp"] = "everything".into();
    let forged = tenant.token(&header(), &other);
    let (_, signature) = forged.rsplit_once('.').unwrap();
    let mixed = format!("{unsigned}.{signature}");
    assert_eq!(invalid(&tenant, mixed), InvalidToken::Signature);
    let none = json!({ "alg": "none", "kid": "k1", "typ": "JWT" });
    let unsecured = tenant.token(&none, &claims(&tenant));
    assert_eq!(invalid(&tenant, unsecured), InvalidToken::Algorithm);
    assert_eq!(
        invalid(&tenant, "a.b.c".to_owned()),
        InvalidToken::Malformed
    );
    assert_eq!(invalid(&tenant, String::new()), InvalidToken::Malformed);
}

#[test]
fn without_keys_or_issuer_nothing_is_decided() {
    let tenant = tenant();
    let token = tenant.token(&header(), &claims(&tenant));
    tenant.fail(503);
    let failure = check(&tenant, token).unwrap_err();
    assert!(matches!(failure, TokenFailure::Away(_)), "{failure:?}");
}
