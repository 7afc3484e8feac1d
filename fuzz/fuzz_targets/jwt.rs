//! Forged ID tokens: none is accepted unless the tenant's key has signed its text.
//!
//! An input is a token. Empty parts are replaced by those of a valid token.

#![no_main]

use std::sync::LazyLock;

use aks_oauth_proxy_component::entra::Metadata;
use aks_oauth_proxy_component::fuzzing::entra;
use aks_oauth_proxy_component::platform::UnixTime;
use aks_oauth_proxy_component::settings::Client;
use aks_oauth_proxy_component::terms::Secret;
use aks_oauth_proxy_fuzz::world::NOW;
use aks_oauth_proxy_fuzz::{settings, signed};
use libfuzzer_sys::fuzz_target;

static METADATA: LazyLock<Metadata> = LazyLock::new(signed::metadata);
static CLIENT: LazyLock<Client> = LazyLock::new(|| settings::read(Client::read));
static RIGHT: LazyLock<String> = LazyLock::new(|| signed::token(&signed::claims().to_string()));

fuzz_target!(|text: &str| {
    let right: Vec<&str> = RIGHT.split('.').collect();
    let parts = text.split('.').enumerate().map(|(index, part)| match part {
        "" => right.get(index).copied().unwrap_or_default(),
        part => part,
    });
    let token = parts.collect::<Vec<_>>().join(".");
    let nonce = Secret::new(signed::NONCE);
    let checked = entra::id_token(&token, &CLIENT, &METADATA, &nonce, UnixTime(NOW));
    let is_signed = token.rsplit_once('.').map(|(signed, _)| signed)
        == RIGHT.rsplit_once('.').map(|(signed, _)| signed);
    if checked.is_ok() {
        assert!(is_signed, "{token}");
    }
    if token == *RIGHT {
        assert!(checked.is_ok(), "what is right is accepted");
    }
});
