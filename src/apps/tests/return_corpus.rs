//! Return addresses that are put together of scraps.

use url::Url;

use super::return_origin::{APP, OWN, is_allowed, origin, origins};
use crate::apps::ReturnOrigins;

/// GHSA-5m6c-jp6f-2vcv: a list of what is forbidden leaks. Scraps of addresses, put together in every way:
/// no value leads a browser to an origin that is not allowed.
#[test]
fn ghsa_5m6c_jp6f_2vcv_no_combination_leads_elsewhere() {
    let starts = [
        "",
        "/",
        "//",
        "///",
        "\\",
        "\\\\",
        "/\\",
        "https:",
        "https:/",
        "https://",
        "HTTPS://",
        "http://",
        "https:\\\\",
        "https:/\\",
        "javascript:",
        "javascript://",
        "data:",
        "blob:https://",
        "ftp://",
        "\t",
        " ",
        "\u{1}",
        "%09",
        "%2f",
        "%252f",
        "/%2f",
        "/%5c",
        "/.",
        "/..",
        "/%2e%2e",
        ".",
        "?",
        "#",
        "@",
        "\u{ff0f}\u{ff0f}",
        "\u{2215}",
    ];
    let hosts = [
        "",
        "evil.example",
        "podinfo.example.com",
        "x.apps.example.com",
        "auth.example.com",
        "dev.localhost:8080",
        "podinfo.example.com:8443",
        "podinfo.example.com:443",
        "podinfo.example.com@evil.example",
        "user:pw@podinfo.example.com",
        "evil.example\\@podinfo.example.com",
        "evil.example%2f.apps.example.com",
        "evil.example%5c.apps.example.com",
        "evil.example%23.apps.example.com",
        "evil.example%3f.apps.example.com",
        "evil.example%00.apps.example.com",
        "evil.example%252f.apps.example.com",
        "evil.example\u{3002}apps.example.com",
        "evil.example\u{ff0f}.apps.example.com",
        "evilapps.example.com",
        ".apps.example.com",
        "x.apps.example.com.",
        "[::1]",
        "127.0.0.1",
        "0x7f.1",
        "2130706433",
        "xn--podinfo-9za.example.com",
    ];
    let joints = [
        "", "/", "//", "\\", "/\\", "?", "#", "@", ":", ":80", ":@", ";", "\t", "\n", "\r\n", "\0",
        " ", ".", "%2f", "%5c", "%09", "%0d%0a", "%00", "%2e%2e/", "/..", "/../..//", "\u{2028}",
        "\u{ff0e}", "\u{85}",
    ];
    let ends = [
        "",
        "evil.example",
        "/evil.example",
        "//evil.example",
        "\\evil.example",
        "@evil.example",
        ".evil.example",
        "https://evil.example",
        "?rd=//evil.example",
        "#@evil.example/",
    ];
    let (own, apps) = (origin(OWN), origins());
    let origins = ReturnOrigins::new(&own, &apps);
    let bases = [origin(OWN), origin(APP), origin("https://evil.example")];
    let mut accepted = 0;
    for start in starts {
        for host in hosts {
            for joint in joints {
                for end in ends {
                    let text = [start, host, joint, end].concat();
                    // Only a path depends on where the browser is.
                    let number = if text.starts_with('/') { 3 } else { 1 };
                    for base in &bases[..number] {
                        let Ok(to) = origins.admit(&text, base) else {
                            continue;
                        };
                        accepted += 1;
                        let location = to.as_str();
                        assert!(is_allowed(location), "{text:?} {location:?}");
                        assert!(
                            location.bytes().all(|byte| byte.is_ascii_graphic()),
                            "{location:?}"
                        );
                        let url = Url::parse(location).unwrap();
                        assert!(
                            url.username().is_empty() && url.password().is_none(),
                            "{location:?}"
                        );
                        assert_eq!(url.origin().ascii_serialization(), to.origin(), "{text:?}");
                        assert_eq!([to.origin(), to.path()].concat(), location);
                        assert_eq!(origins.admit(location, &own).as_ref(), Ok(&to), "{text:?}");
                    }
                }
            }
        }
    }
    assert!(accepted > 10_000, "{accepted}");
}
