//! Session cookies as they come in requests.

use super::*;
use crate::session::cookies;

#[test]
fn two_different_cookies_of_one_name_count_as_none() {
    let keyring = keyring(ONE);
    let settings = cookie_settings(false);
    let cookie = |byte| cookie(&keyring, byte);
    let read = |cookies: &[String]| read(&request(cookies), &settings);
    assert_eq!(read(&[cookie(1)]), Some(fingerprint(1)));
    assert_eq!(read(&[cookie(2)]), Some(fingerprint(2)));
    assert_eq!(read(&[cookie(1), cookie(1)]), Some(fingerprint(1)));
    assert_eq!(read(&[cookie(1), cookie(2)]), None);
    assert_eq!(read(&[format!("{}; {}", cookie(1), cookie(2))]), None);
}

fn handle(byte: u8) -> Handle {
    Handle::new([byte; 32])
}

fn cookie(keyring: &Keyring, byte: u8) -> String {
    format!("s={}", handle(byte).write(keyring).reveal())
}

fn fingerprint(byte: u8) -> String {
    handle(byte).fingerprint()
}

/// Which handle is found in a request.
fn read(request: &Request, settings: &CookieSettings) -> Option<String> {
    cookies::session_handle(request, settings).map(|handle| handle.fingerprint())
}

#[test]
fn another_applications_cookie_hides_none_of_ours() {
    let (keyring, settings) = (keyring(ONE), cookie_settings(false));
    let ours = cookie(&keyring, 1);
    for line in [
        format!("n=José; {ours}"),
        format!("{ours}; \u{a0}=x"),
        format!("=; ;; {ours};"),
        format!("{ours}; \"=\""),
    ] {
        let mut request = request(&[]);
        let value = HeaderValue::from_bytes(line.as_bytes()).unwrap();
        request.headers.insert(header::COOKIE, value);
        assert_eq!(read(&request, &settings), Some(fingerprint(1)), "{line}");
    }
}

/// A no-break space before a name must not be trimmed away. It would make the prefixes of RFC
/// 6265bis worthless.
#[test]
fn a_name_is_not_trimmed_into_one_with_a_prefix() {
    for line in ["\u{a0}__Host-s=x", "\u{2003}__Host-s=x", "é__Host-s=x"] {
        let mut request = request(&[]);
        let value = HeaderValue::from_bytes(line.as_bytes()).unwrap();
        request.headers.insert(header::COOKIE, value);
        assert_eq!(request.cookie("__Host-s"), None, "{line}");
    }
}
