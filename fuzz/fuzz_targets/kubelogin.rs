//! kubelogin's output: a sentence that may be shown, an address that browsers and people read alike, a token.
//! An input is its stderr and, after a NUL, its stdout.

#![no_main]

use aks_oauth_proxy_fuzz::input;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use sidecar::jobs::fuzzing;
use url::Url;

fuzz_target!(|text: &str| {
    let [stderr, stdout] = input::fields(text);
    for line in stderr.lines() {
        let Some(asked) = fuzzing::prompt(line) else {
            continue;
        };
        assert!(asked.message.chars().count() <= 1000);
        assert!(!asked.message.chars().any(char::is_control));
        if let Some(code) = &asked.user_code {
            assert!(asked.message.contains(code.as_str()));
            let fits =
                |byte: u8| byte == b'-' || byte.is_ascii_uppercase() || byte.is_ascii_digit();
            assert!(
                (7..=16).contains(&code.len()) && code.bytes().all(fits),
                "{code}"
            );
        }
        if let Some(address) = &asked.verification_uri {
            assert!(asked.message.contains(address.as_str()));
            leads_where_it_says(address);
        }
    }
    if let Some(complaint) = fuzzing::complaint(stderr) {
        assert!(complaint.starts_with("Error:") && complaint.chars().count() <= 300);
        assert!(!complaint.chars().any(char::is_control));
    }
    if let Some(token) = fuzzing::token(stdout.as_bytes()) {
        let read: Value = serde_json::from_str(stdout).expect("it is JSON");
        assert_eq!(read["status"]["token"], token);
        assert_eq!(read["kind"], "ExecCredential");
    }
});

/// The visible host after `https://` is the one that a browser contacts.
fn leads_where_it_says(address: &str) {
    assert!(
        address.bytes().all(|byte| byte.is_ascii_graphic()),
        "{address}"
    );
    let url = Url::parse(address).expect("it is an address");
    assert_eq!(url.scheme(), "https");
    assert!(
        url.username().is_empty() && url.password().is_none(),
        "{address}"
    );
    let shown = address.strip_prefix("https://").unwrap_or_default();
    let host = url.host_str().expect("it has a host");
    assert!(
        shown.to_lowercase().starts_with(host),
        "{address} leads to {host}"
    );
}
