//! Return addresses that are put together of scraps.

use url::Url;

use super::return_origin::{APP, OWN, is_allowed, origin, origins};
use crate::apps::ReturnOrigins;
use crate::terms::Origin;

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
                        accepted += usize::from(judge(&origins, &own, &text, base));
                    }
                }
            }
        }
    }
    assert!(accepted > 10_000, "{accepted}");
}

/// Every sign that some reader takes for another one, at every place of an address.
#[test]
fn ghsa_5m6c_jp6f_2vcv_no_sign_anywhere_leads_elsewhere() {
    let addresses = [
        "https://podinfo.example.com/a?b=c#d",
        "https://x.apps.example.com/a",
        "https://evil.example/.apps.example.com/",
        "https://evil.example/podinfo.example.com",
        "https://podinfo.example.com.evil.example/",
        "http://dev.localhost:8080/",
        "/a/evil.example?b#c",
        "//evil.example/a",
        "/\\evil.example/a",
    ];
    let controls = (0..=0x20_u32).chain(0x7f..=0xa0).filter_map(char::from_u32);
    let ascii = (0x21..0x7f_u32).filter_map(char::from_u32);
    let alike = "\u{ad}\u{2000}\u{200b}\u{200d}\u{2024}\u{2028}\u{2029}\u{202e}\u{2044}\u{2060}\u{2100}\
                 \u{2215}\u{2024}\u{29f5}\u{29f8}\u{3000}\u{3002}\u{fe52}\u{feff}\u{ff0e}\u{ff0f}\u{ff1a}\
                 \u{ff1f}\u{ff20}\u{ff3c}\u{ff61}\u{ff03}\u{2488}\u{1f100}\u{df}\u{130}\u{212a}\u{fffd}\u{10ffff}";
    let plain = controls.chain(ascii).chain(alike.chars());
    let mut signs: Vec<String> = plain.map(String::from).collect();
    signs.extend((0..=0xff_u32).map(|byte| format!("%{byte:02x}")));
    signs.extend((0..0x80_u32).map(|byte| format!("%25{byte:02X}")));
    signs.extend(
        [
            "..",
            "//",
            "\\\\",
            "@evil.example",
            "/..//",
            "%2e%2e/",
            "\r\n\r\n",
            "%u002f",
            "&sol;",
        ]
        .map(str::to_owned),
    );

    let (own, apps) = (origin(OWN), origins());
    let origins = ReturnOrigins::new(&own, &apps);
    let mut accepted = 0;
    for address in addresses {
        for (at, _) in address.char_indices().chain([(address.len(), ' ')]) {
            let (before, after) = address.split_at(at);
            let mut rest = after.chars();
            rest.next();
            for sign in &signs {
                for text in [
                    [before, sign.as_str(), after].concat(),
                    [before, sign.as_str(), rest.as_str()].concat(),
                ] {
                    accepted += usize::from(judge(&origins, &own, &text, &own));
                }
            }
        }
    }
    assert!(accepted > 10_000, "{accepted}");
}

/// Whether `text` is accepted; then it must lead where it may.
fn judge(origins: &ReturnOrigins<'_>, own: &Origin, text: &str, base: &Origin) -> bool {
    let Ok(to) = origins.admit(text, base) else {
        return false;
    };
    let location = to.as_str();
    assert!(is_allowed(location), "{text:?} {location:?}");
    let is_visible = location.bytes().all(|byte| byte.is_ascii_graphic());
    assert!(is_visible, "{location:?}");
    let url = Url::parse(location).unwrap();
    let is_plain = url.username().is_empty() && url.password().is_none();
    assert!(is_plain && url.fragment().is_none(), "{location:?}");
    assert_eq!(url.origin().ascii_serialization(), to.origin(), "{text:?}");
    assert_eq!([to.origin(), to.path()].concat(), location);
    assert_eq!(origins.admit(location, own).as_ref(), Ok(&to), "{text:?}");
    true
}
