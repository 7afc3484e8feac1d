//! Paths of all kinds, and what other readers make of them.

use http::Method;
use percent_encoding::percent_decode_str;
use serde_json::json;
use url::Url;

use crate::apps::{NoWay, lead};
use crate::settings::{AppOrigins, Reader, Site, Upstream, check_upstreams};
use crate::terms::Origin;

/// Everybody may see `/`, few `/admin`, and everybody who is not signed in `/admin/login`.
fn upstreams() -> (Vec<Upstream>, Origin) {
    let upstreams = json!([
        { "host": "a.example.com", "url": "http://root.svc" },
        { "host": "a.example.com", "url": "http://admin.svc", "path": "/admin", "public": ["/admin/login"] },
    ]);
    let source = |name: &str| match name {
        "redirect_uri" => Some("https://auth.example.com/callback".to_owned()),
        "upstreams" => Some(upstreams.to_string()),
        "upstream_origin1" => Some("http://root.svc".to_owned()),
        "upstream_origin2" => Some("http://admin.svc".to_owned()),
        _ => None,
    };
    let mut reader = Reader::new(&source);
    let site = Site::read(&mut reader);
    let upstreams = AppOrigins::read(site.as_ref(), &mut reader)
        .unwrap()
        .upstreams;
    check_upstreams(&upstreams, site.as_ref(), &mut reader);
    let upstreams = reader.finish(Some(upstreams)).unwrap();
    let app = upstreams[0].app.clone();
    (upstreams, app)
}

/// How a careless reader takes a path: decoded as often as it goes, in lower case, with backslashes for
/// slashes, up to a query or fragment, without parameters, empty segments, and dots and spaces at ends.
fn carelessly(path: &str) -> String {
    let mut read = path.to_owned();
    loop {
        let decoded = percent_decode_str(&read).decode_utf8_lossy().into_owned();
        if decoded == read {
            break;
        }
        read = decoded;
    }
    let mut segments = Vec::new();
    let read = read.to_ascii_lowercase().replace('\\', "/");
    let read = read.split(['?', '#']).next().unwrap_or_default();
    for segment in read.split('/') {
        let name = segment.split(';').next().unwrap_or_default();
        if name == ".." {
            segments.pop();
            continue;
        }
        match name.trim_end_matches(['.', ' ']) {
            "" => {}
            name => segments.push(name.to_owned()),
        }
    }
    format!("/{}", segments.join("/"))
}

/// The path on which is decided is the path that everybody else reads: scraps, put together in every way.
#[test]
fn no_combination_has_two_readings() {
    let (upstreams, app) = upstreams();
    let scraps = [
        "/", "//", "\\", ".", "..", "%2e", "%2f", "%5c", "%252f", ";", "%3b", "%23", "%3F", "%00",
        "%c0%af", "%", "x", "%20", "admin", "ADMIN", "%61dmin", "/admin", "/login", "~",
    ];
    let mut led = 0;
    for first in scraps {
        for second in scraps {
            for third in scraps {
                for fourth in ["", "/admin", "/..", "login"] {
                    let path = ["/", first, second, third, fourth].concat();
                    let target = format!("/-/apps{path}?/../admin");
                    let Ok(way) = lead(&upstreams, &app, &[Method::GET], &target) else {
                        continue;
                    };
                    led += 1;
                    let there = way.target.path();
                    assert_eq!(there, path, "it goes on byte for byte");
                    let url = Url::parse(&format!("http://root.svc{path}")).unwrap();
                    assert_eq!(url.path(), path, "a browser reads the same");
                    let careless = carelessly(&path);
                    let is_admin = careless == "/admin" || careless.starts_with("/admin/");
                    let goes_there = way.upstream.url.as_str() == "http://admin.svc";
                    assert_eq!(goes_there, is_admin, "{path} {careless}");
                    assert!(!way.is_public || careless == "/admin/login", "{path}");
                }
            }
        }
    }
    assert!(led > 300, "{led}");
}

#[test]
fn what_was_not_led_here_leads_nowhere() {
    let (upstreams, app) = upstreams();
    for target in ["/", "/admin", "", "/-/appsx", "/-/apps"] {
        let way = lead(&upstreams, &app, &[Method::GET], target);
        assert_eq!(way.err(), Some(NoWay::Ambiguous), "{target}");
    }
    let elsewhere = Url::parse("https://b.example.com").unwrap();
    let elsewhere = Origin::of(&elsewhere).unwrap();
    let way = lead(&upstreams, &elsewhere, &[Method::GET], "/-/apps/");
    assert_eq!(way.err(), Some(NoWay::Nowhere));
}
