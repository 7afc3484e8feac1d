//! Answers of Entra and Graph: only words, numbers and ids of an error are kept, and a token is sent to no
//! other host. An input is a status, and then the body of the answer.

#![no_main]

use std::sync::LazyLock;

use aks_oauth_proxy_component::entra::EntraFailure;
use aks_oauth_proxy_component::entra_error::EntraError;
use aks_oauth_proxy_component::fuzzing::entra;
use aks_oauth_proxy_component::terms::{Guid, Origin};
use http::Response;
use libfuzzer_sys::fuzz_target;
use url::Url;

static GRAPH: LazyLock<Url> =
    LazyLock::new(|| "https://graph.example".parse().expect("an address"));

fuzz_target!(|text: &str| {
    let (status, body) = text.split_once('\n').unwrap_or(("400", text));
    let status: u16 = status.parse().unwrap_or(400);
    let response = Response::builder()
        .status(status)
        .body(body.as_bytes().to_vec());
    let Ok(response) = response else {
        return;
    };
    match entra::token_answer(&response) {
        Ok(_) => assert_eq!(status, 200),
        Err(EntraFailure::Refused(error)) => {
            assert_ne!(status, 200);
            shows_nothing_else(&error);
        }
        Err(EntraFailure::Away(_)) => {}
    }
    // The same text in a callback, which anybody can forge.
    let (error, description) = body.split_once('\n').unwrap_or((body, ""));
    let said = EntraError::from_callback(error, description);
    assert!(said.claims.is_none());
    shows_nothing_else(&said);

    let graph = Origin::of(&GRAPH).expect("it has an origin");
    if let Some(next) = entra::next_page(&graph, body) {
        let url = Url::parse(&next).expect("it is an address");
        assert_eq!(url.origin(), GRAPH.origin());
        assert!(
            url.username().is_empty() && url.password().is_none(),
            "{next}"
        );
        assert!(
            next.parse::<http::Uri>()
                .is_ok_and(|uri| uri.host() == Some("graph.example"))
        );
    }
});

fn shows_nothing_else(error: &EntraError) {
    let is_word = |text: &str| {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        text.len() <= 64 && text.bytes().all(fits)
    };
    let is_guid = |id: &String| Guid::parse(id).is_some();
    assert!(is_word(&error.error), "{error:?}");
    assert!(error.suberror.as_deref().is_none_or(is_word), "{error:?}");
    assert!(
        error
            .correlation_id
            .iter()
            .chain(&error.trace_id)
            .all(is_guid),
        "{error:?}"
    );
    let is_time = |text: &String| text.len() <= 32 && text.is_ascii() && !text.contains('<');
    assert!(error.timestamp.iter().all(is_time), "{error:?}");
    assert!(error.claims.iter().all(|claims| claims.len() <= 4096));
    assert!(error.without_claims().claims.is_none());
    assert!(
        error.codes.len() <= 4,
        "there are as many codes as somebody wants"
    );
    let _ = (error.verdict(), error.explanation(), error.lacks_consent());
}
