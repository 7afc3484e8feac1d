//! The tunnel's internal path: no spelling that any reader understands is passed on for a client.

#![no_main]

use libfuzzer_sys::fuzz_target;
use percent_encoding::percent_decode;
use url::Url;

const INTERNAL: &str = "/-/tunnel";

/// How often servers decode. Two are known; the others are made up.
const DEEPEST: usize = 4;

fuzz_target!(|text: &str| {
    let said = tunnel::is_internal(text);
    assert_eq!(tunnel::is_internal(text), said);
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..DEEPEST {
        let Ok(path) = String::from_utf8(bytes.clone()) else {
            return;
        };
        let end = path.find(['?', '#']).unwrap_or(path.len());
        if path.starts_with('/') && leads_there(&path[..end]) {
            assert!(said, "{text:?} is read as {path:?}");
        }
        bytes = percent_decode(&bytes).collect();
    }
});

/// Whether a WHATWG parser, or a server that merges slashes and cuts parameters, reaches it.
fn leads_there(path: &str) -> bool {
    let resolved = |path: &str| {
        let url = Url::parse(&format!("http://component{path}")).ok()?;
        Some(url.path().trim_end_matches('/').to_ascii_lowercase())
    };
    let without_parameters: String = path
        .split('/')
        .map(|segment| segment.split(';').next().unwrap_or_default())
        .filter(|segment| !segment.is_empty())
        .flat_map(|segment| ["/", segment])
        .collect();
    [path, &without_parameters]
        .iter()
        .any(|path| resolved(path).as_deref() == Some(INTERNAL))
}
