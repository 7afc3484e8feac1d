//! Flags about apps behind the sign-in.

use aks_oauth_proxy_component::settings::Reader;
use aks_oauth_proxy_component::settings::table::{ALLOWED_RETURN_ORIGINS, COOKIE_DOMAINS};

use super::{about, of_line, settings};

#[test]
fn where_people_may_be_led_back() {
    for (theirs, ours) in [
        ("podinfo.example.com", "https://podinfo.example.com"),
        ("Podinfo.Example.com", "https://podinfo.example.com"),
        (
            "podinfo.example.com:8443",
            "https://podinfo.example.com:8443",
        ),
        ("podinfo.example.com:443", "https://podinfo.example.com"),
        (".example.com", "https://example.com,*.example.com"),
        ("*.example.com", "https://example.com,*.example.com"),
        (
            ".example.com:8443",
            "https://example.com:8443,*.example.com:8443",
        ),
        ("*.localhost", "https://localhost,*.localhost"),
        ("10.1.2.3:8443", "https://10.1.2.3:8443"),
        ("[::1]:8443", "https://[::1]:8443"),
        (
            "xn--bcher-kva.example,.example.com,example.com",
            "https://xn--bcher-kva.example,https://example.com,*.example.com",
        ),
    ] {
        let converted = of_line(&format!("--whitelist-domain={theirs}"));
        let wanted = format!("ALLOWED_RETURN_ORIGINS={ours}");
        assert_eq!(settings(&converted), [wanted], "{theirs}");
        assert_eq!(about(&converted, "whitelist-domain"), [""; 0], "{theirs}");
        let source = |name: &str| (name == "allowed_return_origins").then(|| ours.to_owned());
        let mut reader = Reader::new(&source);
        let read = reader.read_optional(&ALLOWED_RETURN_ORIGINS);
        assert!(reader.finish(read).is_ok(), "{ours}");
    }
}

#[test]
fn what_is_no_origin_of_ours_is_a_sentence() {
    for theirs in [
        "example.com:*",
        ".example.com:*",
        "*",
        "*.com",
        ".10.1.2.3",
        "a.*.example.com",
        "https://example.com",
        "example.com/path",
        "me@example.com",
        "example.com:99999",
        "example..com",
        "b\u{fc}cher.example",
        ".",
    ] {
        let converted = of_line(&format!("--whitelist-domain={theirs}"));
        assert_eq!(settings(&converted), [""; 0], "{theirs}");
        assert_eq!(about(&converted, "whitelist-domain").len(), 1, "{theirs}");
    }
    let mixed = of_line("--whitelist-domain=a.example.com --whitelist-domain=b.example.com:*");
    let wanted = ["ALLOWED_RETURN_ORIGINS=https://a.example.com"];
    assert_eq!(settings(&mixed), wanted);
    assert!(about(&mixed, "whitelist-domain")[0].starts_with("`b.example.com:*` is not taken"));
}

#[test]
fn domains_share_a_cookie() {
    for (theirs, ours) in [
        (".example.com", "example.com"),
        ("Apps.example.com", "apps.example.com"),
        (
            ".example.com,apps.example.com,example.com",
            "example.com,apps.example.com",
        ),
    ] {
        let converted = of_line(&format!("--cookie-domain={theirs}"));
        let wanted = format!("COOKIE_DOMAINS={ours}");
        assert_eq!(settings(&converted), [wanted], "{theirs}");
        // What it gives up is told.
        assert_eq!(about(&converted, "cookie-domain").len(), 1, "{theirs}");
        let source = |name: &str| (name == "cookie_domains").then(|| ours.to_owned());
        let mut reader = Reader::new(&source);
        let read = reader.read_optional(&COOKIE_DOMAINS);
        assert!(reader.finish(read).is_ok(), "{ours}");
    }
    for theirs in [
        "localhost",
        "10.1.2.3",
        "example.com:8443",
        "*.example.com",
        "..example.com",
        "b\u{fc}cher.example",
        ".",
    ] {
        let converted = of_line(&format!("--cookie-domain={theirs}"));
        assert_eq!(settings(&converted), [""; 0], "{theirs}");
        assert_eq!(about(&converted, "cookie-domain").len(), 1, "{theirs}");
    }
}

#[test]
fn paths_that_are_the_same_need_nothing() {
    for (flag, same, other) in [
        ("ping-path", "/ping", "/healthz"),
        ("ready-path", "/ready", "/ready2"),
        ("proxy-prefix", "/oauth2", "/auth"),
        ("upstream", "static://202", "http://127.0.0.1:8080/"),
    ] {
        let silent = of_line(&format!("--{flag}={same}"));
        assert_eq!(about(&silent, flag), [""; 0], "{flag}");
        let told = of_line(&format!("--{flag}={other}"));
        assert_eq!(about(&told, flag).len(), 1, "{flag}");
        assert_eq!(settings(&told), [""; 0], "{flag}");
    }
    let both = of_line("--upstream=static://202 --upstream=http://127.0.0.1:8080/");
    assert!(about(&both, "upstream")[0].contains("`UPSTREAMS`"));
}

#[test]
fn their_redirect_address_can_stay() {
    let same = of_line("--redirect-url=https://auth.example.com/oauth2/callback");
    assert_eq!(about(&same, "redirect-url"), [""; 0]);
    let other = of_line("--redirect-url=https://auth.example.com/auth/callback");
    assert!(about(&other, "redirect-url")[0].contains("register REDIRECT_URI"));
}

#[test]
fn no_app_is_where_our_own_pages_are() {
    let redirect = "--redirect-url=https://auth.example.com/oauth2/callback";
    let ours = "REDIRECT_URI=https://auth.example.com/oauth2/callback";
    let whitelist = |domains: &str| of_line(&format!("{redirect} --whitelist-domain={domains}"));

    let alone = whitelist("auth.example.com");
    assert_eq!(settings(&alone), [ours]);
    assert_eq!(about(&alone, "whitelist-domain").len(), 1);

    let among = whitelist("auth.example.com,auth.example.com:8443,.apps.example.com");
    let apps = "https://auth.example.com:8443,https://apps.example.com,*.apps.example.com";
    let wanted = [ours.to_owned(), format!("ALLOWED_RETURN_ORIGINS={apps}")];
    assert_eq!(settings(&among), wanted);
    assert_eq!(about(&among, "whitelist-domain").len(), 1);

    let others = whitelist("*.example.com");
    assert_eq!(about(&others, "whitelist-domain"), [""; 0]);
}
