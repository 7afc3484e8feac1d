//! `WWW-Authenticate` of the API server: the claims in it are a JSON object, and were sent. Each line of an
//! input is a value.

#![no_main]

use aks_oauth_proxy_component::entra_error::EntraError;
use aks_oauth_proxy_component::fuzzing::kubernetes;
use aks_oauth_proxy_fuzz::input;
use base64ct::{Base64, Base64Unpadded, Base64Url, Base64UrlUnpadded, Encoding};
use http::header::WWW_AUTHENTICATE;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|data: &[u8]| {
    let headers = input::values(WWW_AUTHENTICATE, data);
    let Some(claims) = kubernetes::challenge(&headers) else {
        return;
    };
    let read: Value = serde_json::from_str(&claims).expect("claims are JSON");
    assert!(read.is_object(), "{claims}");
    let bytes = claims.as_bytes();
    let written = [
        Base64::encode_string(bytes),
        Base64Unpadded::encode_string(bytes),
        Base64Url::encode_string(bytes),
        Base64UrlUnpadded::encode_string(bytes),
    ];
    let sent = |value: &http::HeaderValue| {
        let value = value.to_str().unwrap_or_default();
        // A value may mix both alphabets.
        let plain = value.replace('-', "+").replace('_', "/");
        plain.contains(&written[1]) || written.iter().any(|one| value.contains(one))
    };
    assert!(headers.values().any(sent), "{claims}");
    let error = EntraError::challenge(&claims);
    assert!(error.claims.is_none_or(|claims| claims.len() <= 4096));
});
