//! The apps on the first page: their names and icons, and those that the user may not open.

use base64ct::{Base64, Encoding};
use serde_json::{Value, json};

use super::pages::{BROWSER, Proxy, header, text};

const MEMBERS: &str = "6700d000-0000-4000-8000-000000000001";
const OTHERS: &str = "6700d000-0000-4000-8000-000000000009";
/// A picture that its author wants to have everything.
const HOSTILE: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"><script>alert(1)</script>\
                       <image href=\"https://evil.example/x.png\"/></svg>";

fn data(svg: &str) -> String {
    let content = Base64::encode_string(svg.as_bytes());
    format!("data:image/svg+xml;base64,{content}")
}

/// A proxy with apps of all kinds. The user is a member of one group, if `is_known`.
fn proxy(is_known: bool) -> Proxy {
    let proxy = match is_known {
        true => Proxy::signed_in_to_apps(&[MEMBERS]),
        false => Proxy::signed_in(&json!({})),
    };
    let group = |group: &str| json!({ "groups": [group] });
    let upstreams = json!([
        { "host": "open.example.com", "url": "http://app.svc", "policy": group(MEMBERS) },
        { "host": "closed.example.com", "url": "http://app.svc", "policy": group(OTHERS) },
        { "host": "closed.example.com", "url": "http://app.svc", "path": "/wiki" },
        { "host": "only.example.com", "url": "http://app.svc", "path": "/deep", "policy": group(OTHERS),
          "public": ["/deep/login"] },
    ]);
    let apps = json!([
        { "url": "https://grafana.example.com/d/home?a=1&b=2", "name": "Grafana", "icon": data(HOSTILE),
          "check": group(MEMBERS) },
        { "url": "https://vault.example.com/", "name": "Vault", "check": { "roles": ["admin"] } },
        { "url": "https://closed.example.com/", "name": "Closed" },
        { "url": "https://closed.example.com/wiki/", "name": "Wiki" },
        { "url": "https://only.example.com/deep/login", "name": "Public" },
        { "url": "https://x.apps.example.com/", "name": "Below" },
    ]);
    proxy.set("upstreams", &upstreams.to_string());
    proxy.set("apps", &apps.to_string());
    proxy.set(
        "allowed_return_origins",
        "https://grafana.example.com https://vault.example.com https://plain.example.com *.apps.example.com",
    );
    proxy
}

fn home(proxy: &Proxy) -> String {
    text(&proxy.get("home", "/", BROWSER))
}

/// The name in a link, and where it leads.
fn link(address: &str, name: &str) -> String {
    format!("<a href=\"{address}\"><bdi>{name}</bdi></a>")
}

#[test]
fn apps_have_names_and_those_that_the_user_may_not_open_are_left_out() {
    let page = home(&proxy(true));
    for (address, name) in [
        ("https://grafana.example.com/d/home?a=1&amp;b=2", "Grafana"),
        ("https://closed.example.com/wiki/", "Wiki"),
        ("https://only.example.com/deep/login", "Public"),
        ("https://x.apps.example.com/", "Below"),
        ("https://plain.example.com", "plain.example.com"),
        ("https://open.example.com", "open.example.com"),
    ] {
        assert!(page.contains(&link(address, name)), "{name}: {page}");
    }
    for left_out in ["Vault", "Closed", "may not open", "allowed_"] {
        assert!(!page.contains(left_out), "{left_out}: {page}");
    }
}

#[test]
fn the_rule_that_keeps_an_app_closed_is_told_if_the_operator_wants_it() {
    let proxy = proxy(true);
    proxy.set("show_denied_apps", "true");
    let page = home(&proxy);
    let (open, denied) = page.split_once("Apps that you may not open").unwrap();
    assert!(open.contains("Grafana") && !denied.contains("Grafana"));
    for (name, rule) in [
        (
            "Vault",
            "Only accounts with certain app roles (<code>allowed_roles</code>)",
        ),
        (
            "Closed",
            "Only members of certain groups (<code>allowed_groups</code>)",
        ),
    ] {
        let (_, rest) = denied.split_once(&format!("<bdi>{name}</bdi>")).unwrap();
        let tile = rest.split("</li>").next().unwrap();
        assert!(tile.contains(rule), "{name}: {tile}");
    }
    assert!(!denied.contains("<a href=\"https://vault"), "{denied}");
    assert!(!page.contains(OTHERS), "what a rule lists is told nobody");
}

/// A session that is older than its apps: each app decides when it is opened.
#[test]
fn who_is_not_known_is_shown_all_apps() {
    let proxy = proxy(false);
    proxy.set("show_denied_apps", "true");
    let page = home(&proxy);
    for name in ["Grafana", "Vault", "Closed", "Wiki"] {
        assert!(page.contains(&format!("<bdi>{name}</bdi></a>")), "{name}");
    }
    assert!(!page.contains("may not open"), "{page}");
}

/// An app that only a part of its host is: its link leads there.
#[test]
fn an_app_without_an_entry_is_led_to_where_it_is() {
    let proxy = Proxy::signed_in(&json!({}));
    let upstreams = json!([
        { "host": "tools.example.com", "url": "http://app.svc", "path": "/wiki/deep" },
        { "host": "tools.example.com", "url": "http://app.svc", "path": "/wiki" },
    ]);
    proxy.set("upstreams", &upstreams.to_string());
    proxy.set("allowed_return_origins", "");
    let page = home(&proxy);
    let link = link("https://tools.example.com/wiki", "tools.example.com");
    assert_eq!(page.matches(&link).count(), 1, "{page}");
}

/// No script of an icon runs, and it asks nobody for anything.
#[test]
fn an_icon_is_served_harmlessly_by_its_digest() {
    let proxy = proxy(true);
    let page = proxy.get("home", "/", BROWSER);
    assert!(header(&page, "content-security-policy").contains("; img-src 'self' data:; "));
    let page = text(&page);
    assert!(!page.contains("alert") && !page.contains("evil.example"));
    let (_, rest) = page.split_once("<img class=\"icon\" src=\"").unwrap();
    let address = rest.split('"').next().unwrap().replace("&amp;", "&");
    let served = proxy.get("assets", &address, "image/*");
    assert_eq!(text(&served), HOSTILE);
    for (name, value) in [
        ("content-type", "image/svg+xml"),
        ("x-content-type-options", "nosniff"),
        (
            "content-security-policy",
            "default-src 'none'; style-src 'unsafe-inline'; sandbox",
        ),
        ("cache-control", "public, max-age=31536000, immutable"),
    ] {
        assert_eq!(header(&served, name), value);
    }
    // An address names one picture, or none.
    for digest in ["", "x", "0000000000000000"] {
        let other = proxy.get(
            "assets",
            &format!("/assets?file=icon&v={digest}"),
            "image/*",
        );
        assert_eq!(other.status(), 404, "{digest}");
    }
    proxy.set("apps", "");
    assert_eq!(proxy.get("assets", &address, "image/*").status(), 404);
    let page = proxy.get("home", "/", BROWSER);
    assert!(header(&page, "content-security-policy").contains("; img-src data:; "));
}

#[test]
fn a_page_with_all_apps_that_there_can_be_keeps_its_limits() {
    let proxy = Proxy::signed_in_to_apps(&[]);
    let icon = |n: usize| data(&format!("<svg><!--{n}--></svg>"));
    let app = |n: usize| {
        json!({
            "url": format!("https://app-number-{n}.example.com/"), "name": "x".repeat(60), "icon": icon(n),
            "check": { "email_domains": ["example.com"] },
        })
    };
    let apps: Vec<Value> = (0..50).map(app).collect();
    let origins: Vec<String> = (0..50)
        .map(|n| format!("https://app-number-{n}.example.com"))
        .collect();
    proxy.set("apps", &Value::from(apps).to_string());
    proxy.set("upstreams", "");
    proxy.set("show_denied_apps", "true");
    proxy.set("allowed_return_origins", &origins.join(" "));
    let page = home(&proxy);
    let file = |name: &str| {
        let address = format!("/assets?file={name}&v=");
        proxy.get("assets", &address, "*/*").body().len()
    };
    let weight = page.len() + file("style.css") + file("script.js");
    assert!(weight <= 30_000, "{weight}");
}

#[test]
fn what_is_wrong_with_an_entry_is_told_with_its_place() {
    let proxy = Proxy::signed_in(&json!({}));
    proxy.set("apps", r#"[{"url":"https://elsewhere.example.net/"}]"#);
    let page = proxy.get("home", "/", BROWSER);
    assert_eq!(page.status(), 500);
    assert!(
        text(&page).contains("APPS[0].url: is at none"),
        "{}",
        text(&page)
    );
}
