//! Which ID tokens are believed.

use super::*;

#[test]
fn a_valid_id_token_is_accepted() {
    let tenant = Tenant::new();
    assert_eq!(
        tenant.verify(&tenant.token(&header(), &tenant.claims())),
        Ok(())
    );
}

/// Each case sets one claim to another value, or removes it.
#[test]
fn each_wrong_claim_is_refused() {
    use InvalidToken::{Claim, Expired, MalformedClaims, Mismatch, NotYetValid};
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
    use InvalidToken::{Algorithm, Malformed, Signature, UnknownKey};
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
