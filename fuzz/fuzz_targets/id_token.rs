//! ID tokens with a valid signature and any claims: an accepted one is for us, of our tenant, of this
//! attempt, and in force.
//!
//! An input is a JSON object. Its members replace those of valid claims; `null` removes them.

#![no_main]

use std::sync::LazyLock;

use aks_oauth_proxy_component::entra::{Groups, Metadata};
use aks_oauth_proxy_component::fuzzing::entra;
use aks_oauth_proxy_component::platform::UnixTime;
use aks_oauth_proxy_component::settings::Client;
use aks_oauth_proxy_component::terms::Secret;
use aks_oauth_proxy_fuzz::world::NOW;
use aks_oauth_proxy_fuzz::{settings, signed};
use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value};

static METADATA: LazyLock<Metadata> = LazyLock::new(signed::metadata);
static CLIENT: LazyLock<Client> = LazyLock::new(|| settings::read(Client::read));

fuzz_target!(|text: &str| {
    let Ok(changes) = serde_json::from_str::<Map<String, Value>>(text) else {
        return;
    };
    let mut claims = signed::claims();
    let all = claims.as_object_mut().expect("claims are an object");
    for (name, value) in changes {
        match value {
            Value::Null => drop(all.remove(&name)),
            value => drop(all.insert(name, value)),
        }
    }
    let nonce = Secret::new(signed::NONCE);
    let token = signed::token(&claims.to_string());
    let Ok(read) = entra::id_token(&token, &CLIENT, &METADATA, &nonce, UnixTime(NOW)) else {
        return;
    };
    assert_eq!(claims["iss"], signed::ISSUER);
    assert_eq!(claims["aud"], settings::CLIENT);
    assert_eq!(
        (&claims["tid"], read.user.tid.as_str()),
        (&settings::TENANT.into(), settings::TENANT)
    );
    assert_eq!(claims["nonce"], signed::NONCE);
    assert!(!read.user.oid.is_empty() && claims["oid"] == read.user.oid);
    let time = |name: &str| claims[name].as_f64().expect("a time is a number");
    assert!(
        time("exp") + 60.0 > NOW as f64 && time("nbf") <= NOW as f64 + 60.0,
        "{claims}"
    );
    if let Some(email) = &read.user.email {
        assert!(claims["email"] == *email && !claims["xms_edov"].is_null());
    }
    if let Groups::Listed(groups) = &read.membership.groups {
        let listed = claims["groups"].as_array().cloned().unwrap_or_default();
        assert!(listed == *groups);
    }
    if let Some(upn) = &read.membership.upn {
        assert!(!upn.to_ascii_uppercase().contains("#EXT#") && claims["idp"].is_null());
    }
});
