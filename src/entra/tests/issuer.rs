//! Whose word a sign-out at Entra is.

use super::*;

#[test]
fn only_the_tenants_issuers_are_taken() {
    let client = Client::read(&mut Reader::new(&variable)).unwrap();
    for issuer in [
        ISSUER,
        "https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0",
        "http://localhost:1234/11111111-2222-3333-4444-555555555555/v2.0",
        "https://sts.windows.net/11111111-2222-3333-4444-555555555555/",
    ] {
        assert!(client.is_issuer(issuer), "{issuer}");
    }
    for other in [
        "",
        "https://",
        "https:///11111111-2222-3333-4444-555555555555/v2.0",
        "ftp://login.example/11111111-2222-3333-4444-555555555555/v2.0",
        "https://login.example/11111111-2222-3333-4444-555555555555/v2.0/",
        "https://login.example/11111111-2222-3333-4444-555555555555/v2.0?x",
        "https://login.example/x/../11111111-2222-3333-4444-555555555555/v2.0",
        "https://login.example/99999999-2222-3333-4444-555555555555/v2.0",
        "https://sts.windows.net/99999999-2222-3333-4444-555555555555/",
        // What fuzzing has found: the parser of hosts panics on it in a build with assertions.
        "https://logE\u{58c}iogE-sign.example/x",
    ] {
        assert!(!client.is_issuer(other), "{other}");
    }
}
