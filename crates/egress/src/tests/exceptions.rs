//! `NO_PROXY`.

use super::{read, way};

fn is_direct(no_proxy: &str, url: &str) -> bool {
    let proxies = read(&[("HTTPS_PROXY", "http://proxy:3128"), ("NO_PROXY", no_proxy)]);
    way(&proxies.unwrap(), url).is_none()
}

#[test]
fn an_entry_is_for_whom_it_names() {
    for (no_proxy, url) in [
        ("login.example", "https://login.example"),
        ("LOGIN.example", "https://login.EXAMPLE"),
        ("login.example.", "https://login.example"),
        ("login.example", "https://login.example."),
        ("example", "https://login.example"),
        (".example", "https://login.example"),
        ("*.example", "https://login.example"),
        (".example", "https://a.b.example"),
        ("*", "https://login.example"),
        ("login.example:443", "https://login.example"),
        ("login.example:8443", "https://login.example:8443"),
        (".example:8443", "https://login.example:8443"),
        ("10.0.0.0/8", "https://10.1.2.3"),
        ("10.1.2.3", "https://10.1.2.3:8443"),
        ("10.1.2.3:8443", "https://10.1.2.3:8443"),
        ("fd00::/8", "https://[fd00::1]"),
        ("fd00::1", "https://[fd00::1]:8443"),
        ("[fd00::1]", "https://[fd00::1]"),
        ("[fd00::1]:8443", "https://[FD00::1]:8443"),
        ("10.0.0.0/8", "https://[::ffff:10.1.2.3]"),
        ("a.example, ,b.example ,", "https://b.example"),
    ] {
        assert!(is_direct(no_proxy, url), "{no_proxy} {url}");
    }
}

#[test]
fn and_for_nobody_else() {
    for (no_proxy, url) in [
        ("", "https://login.example"),
        ("login.example", "https://example"),
        ("login.example", "https://xlogin.example"),
        ("ogin.example", "https://login.example"),
        (".login.example", "https://login.example"),
        ("*.login.example", "https://login.example"),
        ("login.example", "https://login.example.evil.example"),
        ("login.example:8443", "https://login.example"),
        ("10.0.0.0/8", "https://11.1.2.3"),
        ("10.0.0.0/8", "https://10.example"),
        ("10.1.2.3:8443", "https://10.1.2.3"),
        ("2.3", "https://10.1.2.3"),
        ("fd00::/8", "https://[fe00::1]"),
        ("[fd00::1]:8443", "https://[fd00::1]"),
    ] {
        assert!(!is_direct(no_proxy, url), "{no_proxy} {url}");
    }
}

#[test]
fn an_entry_that_is_none_is_told() {
    for entry in [
        "10.0.0.0/33",
        "10.0.0.0/8:443",
        "login.example:https",
        "login.example:70000",
        "https://login.example",
        "*login.example",
        "login.*",
        "a..example",
        ".",
        "a b",
        "[fd00::1",
    ] {
        let wrong = read(&[("NO_PROXY", &format!("a.example,{entry}"))]).unwrap_err();
        assert_eq!(wrong.len(), 1, "{entry}");
        assert_eq!(wrong[0].variable, "NO_PROXY");
        assert!(wrong[0].what.contains(entry), "{}", wrong[0].what);
    }
    for password in ["secret", "sec,ret"] {
        let proxy = format!("http://user:{password}@proxy:3128");
        let wrong = read(&[("no_proxy", &proxy)]).unwrap_err();
        assert_eq!(wrong[0].variable, "no_proxy");
        assert!(!wrong[0].what.contains("sec"), "{}", wrong[0].what);
    }
}
