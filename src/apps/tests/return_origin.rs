//! Where a sign-in or a sign-out may lead.

use url::Url;

use crate::apps::{NotAReturnAddress, ReturnAddress, ReturnOrigins};
use crate::request::BadRequest;
use crate::settings::{AppOrigins, Reader};
use crate::terms::Origin;

pub(super) const OWN: &str = "https://auth.example.com";
pub(super) const APP: &str = "https://podinfo.example.com";
const ALLOWED: &str = "https://podinfo.example.com https://b.example.net:8443 *.apps.example.com http://dev.localhost:8080";

pub(super) fn origin(text: &str) -> Origin {
    Origin::of(&Url::parse(text).unwrap()).unwrap()
}

pub(super) fn origins() -> AppOrigins {
    origins_of(ALLOWED)
}

fn origins_of(allowed: &str) -> AppOrigins {
    let source = |name: &str| (name == "allowed_return_origins").then(|| allowed.to_owned());
    let mut reader = Reader::new(&source);
    let origins = AppOrigins::read(None, &mut reader);
    reader.finish(origins).unwrap()
}

/// Where `rd` leads a browser that is at `base`.
fn at(base: &str, rd: &str) -> Result<ReturnAddress, NotAReturnAddress> {
    let (own, apps) = (origin(OWN), origins());
    ReturnOrigins::new(&own, &apps).admit(rd, &origin(base))
}

/// The same for a browser at our own origin, as text.
fn admitted(rd: &str) -> Option<String> {
    at(OWN, rd).ok().map(|to| to.as_str().to_owned())
}

/// Whether a browser that is sent to `location` ends at an allowed origin, by the WHATWG parser and by
/// nothing of ours.
pub(super) fn is_allowed(location: &str) -> bool {
    let page = Url::parse("https://auth.example.com/oauth2/callback?state=x").unwrap();
    let Ok(url) = page.join(location) else {
        return false;
    };
    let origin = url.origin().ascii_serialization();
    let exact = [
        OWN,
        APP,
        "https://b.example.net:8443",
        "http://dev.localhost:8080",
    ];
    let host = origin.strip_prefix("https://").unwrap_or_default();
    exact.contains(&origin.as_str()) || (host.ends_with(".apps.example.com") && !host.contains(':'))
}

/// What fuzzing has found: the parser's check of decoded punycode panics in a build with assertions.
#[test]
fn punycode_is_taken_only_where_it_is_named_in_full() {
    let apps = origins_of("https://xn--bcher-kva.example.com:8443 *.example.com");
    let own = origin(OWN);
    let admits = |rd: &str| ReturnOrigins::new(&own, &apps).admit(rd, &own).is_ok();
    assert!(admits("https://xn--bcher-kva.example.com:8443/a?b=c"));
    assert!(admits("https://XN--BCHER-KVA.example.com:8443"));
    assert!(admits("https://b.example.com/"));
    for refused in [
        "https://xn--bcher-kva.example.com/",
        "https://xn--bcher-kva.example.com:8444/",
        "https://xn--other-kva.example.com/",
        "https://a.XN--x-kva.example.com/",
        "https://pociam.XN--X33333333333333333---bbbbbbbbbbbbbbrbbbbbbbbbbbbqqqq1qqqq5q.example.com/",
    ] {
        assert!(!admits(refused), "{refused}");
    }
}

#[test]
fn a_path_stays_where_the_browser_is() {
    for (base, rd, to) in [
        (OWN, "/whoami", "https://auth.example.com/whoami"),
        (OWN, "/", "https://auth.example.com/"),
        (
            APP,
            "/a/b?c=d&e=%2Ff",
            "https://podinfo.example.com/a/b?c=d&e=%2Ff",
        ),
        (APP, "/a#b", "https://podinfo.example.com/a"),
        (
            "https://x.apps.example.com",
            "/",
            "https://x.apps.example.com/",
        ),
    ] {
        assert_eq!(at(base, rd).unwrap().as_str(), to);
    }
}

/// Who asks under another name than those of the apps may be led nowhere, not even to a path.
#[test]
fn a_path_on_a_host_that_is_not_allowed_is_refused() {
    for base in [
        "https://evil.example",
        "https://auth.example.com:8443",
        "http://auth.example.com",
        "https://example.com",
    ] {
        assert_eq!(at(base, "/"), Err(NotAReturnAddress), "{base}");
    }
}

#[test]
fn an_address_of_an_app_is_kept() {
    for address in [
        "https://podinfo.example.com/",
        "https://podinfo.example.com/a?b=https://evil.example/",
        "https://x.apps.example.com/a%2Fb",
        "https://a.b.apps.example.com/",
        "https://b.example.net:8443/x",
        "http://dev.localhost:8080/x",
        "https://auth.example.com/whoami",
        "https://podinfo.example.com/a;b,c@d:e",
    ] {
        assert_eq!(admitted(address).as_deref(), Some(address));
    }
    for (given, written) in [
        (
            "HTTPS://PodInfo.Example.com",
            "https://podinfo.example.com/",
        ),
        (
            "https://podinfo.example.com:443/",
            "https://podinfo.example.com/",
        ),
        (
            "https://podinfo.example.com/x#y",
            "https://podinfo.example.com/x",
        ),
        (
            "https://podinfo.example.com?a",
            "https://podinfo.example.com/?a",
        ),
        (
            "https://podinfo.example.com/\u{e4}",
            "https://podinfo.example.com/%C3%A4",
        ),
    ] {
        assert_eq!(admitted(given).as_deref(), Some(written));
    }
}

#[test]
fn an_address_says_its_origin_and_its_path() {
    let to = at(OWN, "https://b.example.net:8443/x?y").unwrap();
    assert_eq!(
        (to.origin(), to.path()),
        ("https://b.example.net:8443", "/x?y")
    );
    let to = at(APP, "/").unwrap();
    assert_eq!((to.origin(), to.path()), (APP, "/"));
}

#[test]
fn ghsa_4mf2_f3wh_gvf2_an_app_ends_at_a_label() {
    for rd in [
        "https://evilapps.example.com/",
        "https://evil-apps.example.com/",
        "https://apps.example.com/",
        "https://x.apps.example.com.evil.example/",
        "https://x.apps.example.com./",
        "https://.apps.example.com/",
        "https://x..apps.example.com/",
        "https://podinfo.example.com.evil.example/",
        "https://evilpodinfo.example.com/",
        "https://a.podinfo.example.com/",
        "https://x.apps.example.com:8443/",
        "http://x.apps.example.com/",
        "http://podinfo.example.com/",
        "http://podinfo.example.com:443/",
        "https://dev.localhost:8080/",
        "https://b.example.net/",
    ] {
        assert_eq!(admitted(rd), None, "{rd}");
    }
}

#[test]
fn ghsa_qqxw_m5fj_f7gv_a_backslash_is_a_slash() {
    for rd in [
        "/\\evil.example",
        "\\/evil.example",
        "\\\\evil.example",
        "/\\\\evil.example",
        "https:\\\\evil.example",
        "https:\\\\podinfo.example.com",
        "https:/\\podinfo.example.com",
        "https://evil.example\\@podinfo.example.com/",
        "https://podinfo.example.com\\@evil.example/",
        "https://evil.example\\.apps.example.com/",
    ] {
        assert_eq!(admitted(rd), None, "{rd}");
    }
}

#[test]
fn ghsa_j7px_6hwj_hpjg_white_space_and_controls_are_refused() {
    for odd in [
        "\t", "\n", "\r", "\0", "\u{b}", "\u{c}", "\u{7f}", "\u{85}", "\u{a0}", "\u{2028}",
        "\u{3000}",
    ] {
        for rd in [
            format!("{odd}https://podinfo.example.com/"),
            format!("https:{odd}//podinfo.example.com/"),
            format!("https://podinfo.example.com{odd}/"),
            format!("https://podinfo.example.com/{odd}"),
            format!("https://evil.example{odd}.apps.example.com/"),
            format!("/{odd}/evil.example"),
            format!("/{odd}\\evil.example"),
        ] {
            let to = admitted(&rd);
            assert!(
                to.is_none_or(|to| is_allowed(&to) && rd.starts_with('/')),
                "{rd:?}"
            );
        }
        for encoded in ["%09", "%0a", "%0d", "%00", "%20", "%0b", "%c2%85"] {
            let rd = format!("https://evil.example{encoded}.apps.example.com/");
            assert_eq!(admitted(&rd), None, "{rd}");
            let to = admitted(&format!("/{encoded}/evil.example")).unwrap();
            assert!(is_allowed(&to), "{to}");
        }
    }
}

#[test]
fn what_is_no_address_of_a_page_is_refused() {
    for rd in [
        "",
        " ",
        "whoami",
        "podinfo.example.com",
        "podinfo.example.com/",
        "//podinfo.example.com/",
        "///podinfo.example.com/",
        "//evil.example",
        "https:podinfo.example.com",
        "https:/podinfo.example.com",
        "https:///podinfo.example.com/",
        "https://",
        "https://?x",
        "https://#x",
        "https:///",
        "javascript:alert(1)",
        "javascript://podinfo.example.com/%0aalert(1)",
        "data:text/html,x",
        "blob:https://podinfo.example.com/x",
        "filesystem:https://podinfo.example.com/x",
        "view-source:https://podinfo.example.com/",
        "ftp://podinfo.example.com/",
        "wss://podinfo.example.com/",
        "file:///etc/passwd",
        "?a",
        "#a",
        "@podinfo.example.com",
    ] {
        assert_eq!(admitted(rd), None, "{rd}");
    }
}

#[test]
fn a_user_name_leads_nowhere() {
    for rd in [
        "https://podinfo.example.com@evil.example/",
        "https://podinfo.example.com:443@evil.example/",
        "https://user@podinfo.example.com/",
        "https://user:password@podinfo.example.com/",
        "https://@podinfo.example.com/",
        "https://:@podinfo.example.com/",
        "https://evil.example%40podinfo.example.com/",
        "https://evil.example%2f@podinfo.example.com/",
        "https://%70odinfo.example.com/",
    ] {
        assert_eq!(admitted(rd), None, "{rd}");
    }
}

/// In Unicode some signs look like a dot or a slash, and some parsers take them for one.
#[test]
fn a_host_is_ascii() {
    for rd in [
        "https://evil\u{3002}example/",
        "https://evil.example\u{ff0f}.apps.example.com/",
        "https://evil.example\u{2044}.apps.example.com/",
        "https://evil.example\u{ff0e}apps.example.com/",
        "https://evil.example\u{ff20}podinfo.example.com/",
        "https://podinf\u{43e}.example.com/",
        "https://podinfo.example.com\u{ad}/",
        "https://evil.example\u{2100}.apps.example.com/",
    ] {
        assert_eq!(admitted(rd), None, "{rd}");
    }
}

#[test]
fn what_is_too_long_gives_up_its_query_and_then_is_refused() {
    let long = "x".repeat(2000);
    for base in ["", APP] {
        let query = admitted(&format!("{base}/a?{long}")).unwrap();
        assert!(query.ends_with("example.com/a"), "{query}");
        assert_eq!(admitted(&format!("{base}/{long}")), None);
    }
    let host = format!("https://{long}.apps.example.com/");
    assert!(admitted(&host).is_none_or(|to| is_allowed(&to)));
    let labels = "x.".repeat(100_000);
    let host = format!("https://{labels}evil.example/");
    assert_eq!(admitted(&host), None);
}

#[test]
fn cve_2017_1000070_what_came_back_is_asked_again() {
    for rd in ["/a/../b?c", "https://podinfo.example.com/\u{e4}?x", "/a\\b"] {
        let first = at(APP, rd).unwrap();
        assert_eq!(at(OWN, first.as_str()), Ok(first));
    }
    // An origin that is no longer allowed at the end.
    let own = origin(OWN);
    let nothing = AppOrigins {
        return_origins: Vec::new(),
        cookie_domains: Vec::new(),
        upstreams: Vec::new(),
    };
    let to = ReturnOrigins::new(&own, &nothing).admit("https://podinfo.example.com/", &own);
    assert_eq!(to, Err(NotAReturnAddress));
}

#[test]
fn a_refusal_says_which_parameter_it_is() {
    let BadRequest::Parameter(name, what) = NotAReturnAddress.into() else {
        unreachable!("it is a parameter");
    };
    assert_eq!(name, "rd");
    assert!(what.contains("ALLOWED_RETURN_ORIGINS"));
}
