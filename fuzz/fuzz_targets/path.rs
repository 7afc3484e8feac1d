//! Paths below `/k8s/`: what goes on to the API server has one reading.

#![no_main]

use aks_oauth_proxy_component::fuzzing::kubernetes;
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
        path.starts_with('/') && !path.contains(['?', '#', '\\', ';']),
        "{path}"
    );

    // Who decodes once and who decodes until nothing is left read the same segments.
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

    // A WHATWG parser, which resolves and escapes, comes to the same.
    let url = Url::parse(&format!("https://api.example{path}")).expect("a path is an address");
    let read: Vec<u8> = percent_decode_str(url.path()).collect();
    assert_eq!(read, once, "{path}");
    assert!(url.query().is_none() && url.fragment().is_none(), "{path}");

    assert!(!tunnel::is_internal(path), "{path}");
    assert!(!tunnel::is_internal(
        text.split('?').next().unwrap_or_default()
    ));
});
