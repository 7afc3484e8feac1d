//! Headers: none that other servers trust is passed on, in any spelling, and no client can remove a protected
//! one. Each line of an input is a header.

#![no_main]

use std::sync::LazyLock;

use aks_oauth_proxy_component::fuzzing::kubernetes;
use aks_oauth_proxy_component::terms::Origin;
use aks_oauth_proxy_fuzz::{input, serving, settings};
use http::{HeaderMap, header};
use libfuzzer_sys::fuzz_target;
use url::Url;

static API_SERVER: LazyLock<Url> =
    LazyLock::new(|| settings::API_SERVER.parse().expect("an address"));

fuzz_target!(|data: &[u8]| {
    let given = input::headers(data);
    for impersonation in [false, true] {
        let passed = kubernetes::to_server(&given, impersonation);
        is_part_of(&passed, &given);
        assert_eq!(kubernetes::to_server(&passed, impersonation), passed);
        for name in passed.keys() {
            let folded = name.as_str().replace(['_', '.'], "-");
            let believed = [
                "x-remote-",
                "x-forwarded-",
                "spin-",
                "ssl-client-",
                "x-auth-request-",
            ];
            assert!(
                !believed.iter().any(|one| folded.starts_with(one)),
                "{name}"
            );
            let own = [
                "authorization",
                "cookie",
                "connection",
                "upgrade",
                "host",
                "te",
            ];
            assert!(!own.contains(&folded.as_str()), "{name}");
            let names = folded.starts_with("impersonate-");
            assert!(
                !names || (impersonation && name.as_str().starts_with("impersonate-")),
                "{name}"
            );
        }
    }
    to_client(&given);
    hop_by_hop(&given);
});

/// Answers: an address at the API server is rewritten to ours, and no other.
fn to_client(given: &HeaderMap) {
    let api_url = Origin::of(&API_SERVER).expect("it has an origin");
    let answered = kubernetes::to_client(given, &api_url);
    assert!(!answered.contains_key(header::SET_COOKIE));
    let (Some(before), Some(after)) = (given.get(header::LOCATION), answered.get(header::LOCATION))
    else {
        return;
    };
    if before == after {
        return;
    }
    let (before, after) = (before.as_bytes(), after.as_bytes());
    let path = before
        .strip_prefix(settings::API_SERVER.as_bytes())
        .unwrap_or(before);
    assert_eq!(after, [b"/k8s", path].concat());
    if let Ok(after) = std::str::from_utf8(after) {
        let page: Url = settings::SITE.parse().expect("an address");
        let led = page.join(after).expect("it leads somewhere");
        assert_eq!(led.origin(), page.origin(), "{after}");
    }
}

/// Hop-by-hop headers are removed; end-to-end headers stay.
fn hop_by_hop(given: &HeaderMap) {
    let stays = [
        "authorization",
        "host",
        "content-length",
        "x-forwarded-for",
        "forwarded",
        "cookie",
        "origin",
        "impersonate-user",
        "sec-fetch-site",
    ];
    let mut carried = given.clone();
    tunnel::fuzzing::remove_hop_by_hop(&mut carried);
    for name in stays {
        assert_eq!(
            carried.contains_key(name),
            given.contains_key(name),
            "{name}"
        );
    }
    assert!(!carried.contains_key("connection") && !carried.contains_key("transfer-encoding"));
    let mut served = given.clone();
    if serving::remove_hop_by_hop(&mut served) {
        is_part_of(&served, given);
        for name in stays {
            assert_eq!(
                served.contains_key(name),
                given.contains_key(name),
                "{name}"
            );
        }
    }
    let mut answered = given.clone();
    serving::remove_hop_by_hop_of_answer(&mut answered);
    is_part_of(&answered, given);
    assert_eq!(
        answered.contains_key("content-length"),
        given.contains_key("content-length")
    );
}

/// Nothing was added or changed, and of each name all or none remain.
fn is_part_of(part: &HeaderMap, whole: &HeaderMap) {
    for name in part.keys() {
        assert!(part.get_all(name).iter().eq(whole.get_all(name)), "{name}");
    }
}
