//! A bearer among the subprotocols of a WebSocket: it is removed whole, and no part of it is passed on. Each
//! line of an input is a value.

#![no_main]

use aks_oauth_proxy_component::fuzzing::kubernetes::take_bearer;
use aks_oauth_proxy_component::terms::encoding::base64url;
use aks_oauth_proxy_fuzz::input;
use http::HeaderMap;
use http::header::SEC_WEBSOCKET_PROTOCOL;
use libfuzzer_sys::fuzz_target;

const PREFIX: &str = "base64url.bearer.authorization.k8s.io.";

fuzz_target!(|data: &[u8]| {
    let before = input::values(SEC_WEBSOCKET_PROTOCOL, data);
    let mut headers = before.clone();
    let taken = take_bearer(&mut headers);
    let Some(given) = protocols(&before) else {
        assert!(taken.is_err(), "what is no text is refused");
        return;
    };
    let bearers = given
        .iter()
        .filter(|protocol| protocol.starts_with(PREFIX))
        .count();
    let Ok(taken) = taken else {
        assert!(bearers > 0, "there is nothing to refuse");
        return;
    };
    let Some(token) = taken else {
        assert!(bearers == 0 && headers == before, "nothing changes");
        return;
    };
    let written = format!("{PREFIX}{}", base64url(token.reveal().as_bytes()));
    let (own, others): (Vec<_>, Vec<_>) = given.into_iter().partition(|one| *one == written);
    assert_eq!(own.len(), 1, "there is one bearer");
    assert!(
        !others.is_empty(),
        "there is another protocol to answer with"
    );
    assert_eq!(headers.get_all(SEC_WEBSOCKET_PROTOCOL).iter().count(), 1);
    assert_eq!(
        protocols(&headers),
        Some(others),
        "the others stay, in their order"
    );
});

fn protocols(headers: &HeaderMap) -> Option<Vec<String>> {
    let mut protocols = Vec::new();
    for line in headers.get_all(SEC_WEBSOCKET_PROTOCOL) {
        let members = line.to_str().ok()?.split(',');
        protocols.extend(members.map(|member| member.trim().to_owned()));
    }
    Some(protocols)
}
