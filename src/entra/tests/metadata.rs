//! The tenant's issuer and keys.

use super::*;

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
fn keys_that_were_fetched_in_the_future_are_fetched_again() {
    let tenant = Tenant::new();
    tenant.metadata().ok().unwrap();
    let now = tenant.world.now.get();
    for (back, fetched) in [(300, false), (301, true)] {
        tenant.world.called.borrow_mut().clear();
        tenant.world.now.set(now - back);
        tenant.metadata().ok().unwrap();
        assert_eq!(!tenant.world.called.borrow().is_empty(), fetched, "{back}");
    }
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

/// Else nobody could sign in after a roll-back: this record never goes by itself.
#[test]
fn keys_that_a_newer_release_has_kept_are_fetched_anew() {
    let tenant = Tenant::new();
    tenant.metadata().ok().unwrap();
    for value in tenant.world.store.borrow_mut().values_mut() {
        value[0] = 3;
    }
    for _ in 0..2 {
        assert!(tenant.metadata().is_ok());
        assert_eq!(tenant.world.called.borrow().len(), 4);
    }
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

/// Its keys are good, so only the issuer is wrong.
#[test]
fn a_document_of_another_tenant_is_refused() {
    let tenant = Tenant::new();
    let keys = json!({ "keys": [tenant.jwk("k1")] }).to_string();
    let other = "https://login.example/99999999-2222-3333-4444-555555555555/v2.0";
    for (issuer, accepted) in [
        (ISSUER, true),
        (other, false),
        ("https://login.example/v2.0", false),
    ] {
        let tenant = Tenant::new();
        let keys = keys.clone();
        tenant.answer(move |path| match path {
            _ if path.ends_with("/keys") => keys.clone(),
            _ => json!({ "issuer": issuer }).to_string(),
        });
        assert_eq!(tenant.metadata().is_ok(), accepted, "{issuer}");
    }
}

#[test]
fn nonsense_is_refused() {
    for body in ["<html>", "{}", ""] {
        let tenant = Tenant::new();
        tenant.answer(move |_| body.to_owned());
        assert!(tenant.metadata().is_err(), "{body}");
    }
}
