//! Session cookies, as they come.

use super::*;
use crate::session::cookies;

#[test]
fn two_different_cookies_of_one_name_count_as_none() {
    let keyring = keyring(ONE);
    let settings = cookie_settings(false);
    let cookie = |byte| {
        format!(
            "s={}",
            Handle::<HandleRecord>::new([byte; 32])
                .write(&keyring)
                .reveal()
        )
    };
    assert!(cookies::session_handle(&request(&[cookie(1)]), &settings).is_some());
    assert!(cookies::session_handle(&request(&[cookie(1), cookie(1)]), &settings).is_some());
    assert!(cookies::session_handle(&request(&[cookie(1), cookie(2)]), &settings).is_none());
    let joined = format!("{}; {}", cookie(1), cookie(2));
    assert!(cookies::session_handle(&request(&[joined]), &settings).is_none());
}

#[test]
fn another_applications_cookie_hides_none_of_ours() {
    let (keyring, settings) = (keyring(ONE), cookie_settings(false));
    let ours = format!(
        "s={}",
        Handle::<HandleRecord>::new([1; 32])
            .write(&keyring)
            .reveal()
    );
    for line in [
        format!("n=José; {ours}"),
        format!("{ours}; \u{a0}=x"),
        format!("=; ;; {ours};"),
        format!("{ours}; \"=\""),
    ] {
        let mut request = request(&[]);
        let value = HeaderValue::from_bytes(line.as_bytes()).unwrap();
        request.headers.insert(header::COOKIE, value);
        assert!(
            cookies::session_handle(&request, &settings).is_some(),
            "{line}"
        );
    }
}

/// A no-break space before a name must not be trimmed away: RFC 6265bis' prefixes would be worthless.
#[test]
fn a_name_is_not_trimmed_into_one_with_a_prefix() {
    for line in ["\u{a0}__Host-s=x", "\u{2003}__Host-s=x", "é__Host-s=x"] {
        let mut request = request(&[]);
        let value = HeaderValue::from_bytes(line.as_bytes()).unwrap();
        request.headers.insert(header::COOKIE, value);
        assert_eq!(request.cookie("__Host-s"), None, "{line}");
    }
}
