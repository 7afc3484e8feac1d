//! `Authorization`, to the component and to the sidecar: exactly one bearer that was sent, or none. Each line
//! of an input is a value.

#![no_main]

use aks_oauth_proxy_component::fuzzing::kubernetes::{Presented, bearer};
use aks_oauth_proxy_component::session::{CredentialRecord, Handle};
use aks_oauth_proxy_fuzz::input;
use http::header::AUTHORIZATION;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let headers = input::values(AUTHORIZATION, data);
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let only = match (values.next(), values.next()) {
        (Some(value), None) => Some(value.as_bytes()),
        _ => None,
    };
    let to_sidecar = sidecar::fuzzing::bearer(&headers);
    let to_component = bearer(&headers);
    let Some(value) = only else {
        assert!(
            to_sidecar.is_none() && to_component.is_none(),
            "one or none"
        );
        return;
    };
    let begins = value
        .get(..7)
        .is_some_and(|start| start.eq_ignore_ascii_case(b"bearer "));
    assert!(begins || (to_sidecar.is_none() && to_component.is_none()));
    let token = value.get(7..).unwrap_or_default();
    if let Some(read) = to_sidecar {
        assert!(read == token && !token.is_empty());
    }
    let text = std::str::from_utf8(token).unwrap_or_default();
    match to_component {
        Some(Presented::Credential(fingerprint)) => {
            let handle = Handle::<CredentialRecord>::parse(text).expect("it has the form");
            assert_eq!(handle.fingerprint(), fingerprint);
            assert!(text.starts_with("1.") && text.is_ascii() && text.len() == 2 + 6 + 1 + 43);
        }
        Some(Presented::Jwt(jwt)) => {
            assert_eq!(jwt.reveal(), text);
            let is_part = |part: &str| {
                let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
                !part.is_empty() && part.bytes().all(fits)
            };
            assert!(
                text.split('.').count() == 3 && text.split('.').all(is_part),
                "{text}"
            );
        }
        Some(Presented::Unknown) | None => {}
    }
});
