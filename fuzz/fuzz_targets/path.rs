//! Paths below `/k8s/`: the one that reaches the API server has one reading.

#![no_main]

use aks_oauth_proxy_component::fuzzing::kubernetes;
use http::Method;
use libfuzzer_sys::fuzz_target;
use percent_encoding::percent_decode_str;
use url::Url;

fuzz_target!(|text: &str| {
    let Some((path, query)) = kubernetes::target(text) else {
        return;
    };
    let again = match text.contains('?') {
        true => format!("/k8s{path}?{query}"),
        false => format!("/k8s{path}"),
    };
    assert_eq!(again, text, "it goes on byte for byte");
    assert!(
        path.starts_with('/') && !path.contains(['?', '#', '\\']),
        "{path}"
    );

    let (decided, rest) = passed_on(path).unwrap_or((path, ""));
    has_one_reading(decided);
    stays_below(rest);

    assert!(!tunnel::is_internal(path), "{path}");
    assert!(!tunnel::is_internal(
        text.split('?').next().unwrap_or_default()
    ));
});

/// The part of a path that the API server decides on if it proxies the request, and the rest.
fn passed_on(path: &str) -> Option<(&str, &str)> {
    path.match_indices("/proxy/").find_map(|(at, proxy)| {
        let (decided, rest) = path.split_at(at + proxy.len());
        let info = kubernetes::request_info(&Method::GET, &format!("/k8s{decided}"))?;
        info.is_proxied.then_some((decided, rest))
    })
}

fn has_one_reading(path: &str) {
    assert!(!path.contains(';'), "{path}");
    // Decoding once and decoding fully yield the same segments.
    let once: Vec<u8> = percent_decode_str(path).collect();
    let twice: Vec<u8> = percent_encoding::percent_decode(&once).collect();
    assert_eq!(once, twice, "{path}");
    assert!(
        !once.contains(&b'\\') && !once.iter().any(u8::is_ascii_control),
        "{path}"
    );
    let slashes = |bytes: &[u8]| bytes.iter().filter(|byte| **byte == b'/').count();
    assert_eq!(slashes(&once), slashes(path.as_bytes()), "{path}");
    let mut segments = once.split(|byte| *byte == b'/').skip(1).peekable();
    while let Some(segment) = segments.next() {
        let last = segments.peek().is_none();
        assert!(last || !segment.is_empty(), "{path}");
        assert!(segment != b"." && segment != b"..", "{path}");
    }

    // A WHATWG parser, which resolves and escapes, yields the same.
    let url = Url::parse(&format!("https://api.example{path}")).expect("a path is an address");
    let read: Vec<u8> = percent_decode_str(url.path()).collect();
    assert_eq!(read, once, "{path}");
    assert!(url.query().is_none() && url.fragment().is_none(), "{path}");
}

/// However often it is decoded, no segment leads upwards.
fn stays_below(rest: &str) {
    let mut read = rest.as_bytes().to_vec();
    loop {
        assert!(!read.iter().any(u8::is_ascii_control), "{rest}");
        for segment in read.split(|byte| b"/\\".contains(byte)) {
            let name = segment.split(|byte| *byte == b';').next();
            assert!(name != Some(b".") && name != Some(b".."), "{rest}");
        }
        let decoded: Vec<u8> = percent_encoding::percent_decode(&read).collect();
        if decoded == read {
            return;
        }
        read = decoded;
    }
}
