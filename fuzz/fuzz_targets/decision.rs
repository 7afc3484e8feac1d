//! The component's decision, as the tunnel reads it: it has a path, no header of the tunnel's own, and no
//! answer that upgrades.

#![no_main]

use http::header;
use libfuzzer_sys::fuzz_target;
use tunnel::fuzzing::{Decided, decision};

/// Headers that the tunnel sets itself.
const OWN: [&str; 9] = [
    "host",
    "content-length",
    "connection",
    "keep-alive",
    "proxy-connection",
    "http2-settings",
    "transfer-encoding",
    "upgrade",
    "te",
];

fuzz_target!(|data: &[u8]| {
    match decision(data) {
        Some(Decided::Connect(origin, _, target, headers)) => {
            assert!(
                target.path().starts_with('/') && target.authority().is_none(),
                "{target}"
            );
            let own = |name: &&str| headers.contains_key(*name) && headers[*name] != "trailers";
            assert_eq!(OWN.iter().find(|name| own(name)), None);
            let again: tunnel::Origin = origin.to_string().parse().expect("an origin is one");
            assert_eq!(again, origin);
        }
        Some(Decided::Answer(response)) => {
            assert!(!response.status().is_informational());
            let headers = response.headers();
            assert!(!headers.contains_key(header::CONNECTION));
            for name in [
                header::UPGRADE,
                header::TRANSFER_ENCODING,
                header::CONTENT_LENGTH,
            ] {
                assert!(!headers.contains_key(name));
            }
        }
        None => {}
    }
});
