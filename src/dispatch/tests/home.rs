//! The first page, and what programs get there.

use http::Method;
use serde_json::json;

use super::pages::{BROWSER, Proxy, header, text};
use crate::platform::double::World;

/// Probes ask there, without any settings.
#[test]
fn the_health_document_is_what_it_was() {
    let answer = Proxy::signed_in(&json!({})).get("home", "/", "*/*");
    assert_eq!(
        text(&answer),
        "{\"service\":\"aks-oauth-proxy\",\"status\":\"ok\"}\n"
    );
    let nothing = Proxy {
        world: World::new(),
        cookie: String::new(),
    };
    assert_eq!(nothing.get("home", "/", "*/*").body(), answer.body());
}

#[test]
fn the_first_page_leads_a_stranger_to_the_sign_in() {
    let page = Proxy::new().get("home", "/", BROWSER);
    assert_eq!(page.status(), 200);
    let page = text(&page);
    assert!(page.contains("href=\"/login?rd=%2F\""), "{page}");
    assert!(!page.contains("<nav"), "{page}");
}

#[test]
fn the_first_page_shows_the_token_and_the_kubeconfigs() {
    let proxy = Proxy::signed_in(&json!({}));
    let page = text(&proxy.get("home", "/", BROWSER));
    for expected in [
        "alice@contoso.example",
        "Valid for 1 h 7 min more",
        "It came from Microsoft Entra",
        "<form method=\"post\" action=\"/kubeconfig\">",
        "export KUBECONFIG=~/Downloads/kubeconfig-aks.example.com.kubeconfig",
    ] {
        assert!(page.contains(expected), "{expected}: {page}");
    }
    assert!(!page.contains("Kubeconfigs in force"), "{page}");
    *proxy.world.body.borrow_mut() = Some(b"name=my+laptop".to_vec());
    let here = ("origin", "https://aks.example.com");
    let file = proxy.ask("kubeconfig", Method::POST, "/kubeconfig", &[here]);
    assert!(text(&file).contains("kind: Config"));
    let page = text(&proxy.get("home", "/", BROWSER));
    assert!(page.contains("aria-label=\"Revoke my laptop\""), "{page}");
    *proxy.world.body.borrow_mut() = Some(b"id=1&rd=%2F".to_vec());
    let headers = [here, ("accept", BROWSER)];
    let revoked = proxy.ask(
        "credentials",
        Method::POST,
        "/kubeconfig/credentials",
        &headers,
    );
    assert_eq!(
        (revoked.status().as_u16(), header(&revoked, "location")),
        (303, "/")
    );
    let page = text(&proxy.get("home", "/", BROWSER));
    assert!(!page.contains("my laptop"), "{page}");
}

/// Those that the operator names: hosts below a domain are not known.
#[test]
fn the_first_page_leads_to_the_apps() {
    let proxy = Proxy::signed_in(&json!({}));
    proxy.world.variables.borrow_mut().remove("upstreams");
    let set = |value: &str| {
        let pair = ("allowed_return_origins".to_owned(), value.to_owned());
        proxy.world.variables.borrow_mut().extend([pair]);
        text(&proxy.get("home", "/", BROWSER))
    };
    let page = set("https://grafana.example.com *.apps.example.com https://a.example.com:8443");
    assert!(
        page.contains("<a href=\"https://grafana.example.com\"><bdi>grafana.example.com</bdi></a>"),
        "{page}"
    );
    assert!(page.contains(">a.example.com:8443</bdi></a>"), "{page}");
    assert!(!page.contains("apps.example.com"), "{page}");
    let many: Vec<String> = (0..500)
        .map(|n| format!("https://a{n}.example.com"))
        .collect();
    let page = set(&many.join(" "));
    assert!(page.contains("a49.example.com") && !page.contains("a50.example.com"));
    assert!(
        page.contains("and 450 more") && page.len() < 20_000,
        "{}",
        page.len()
    );
    assert!(!set("").contains("<h2>Apps</h2>"));
    assert!(!set("*.apps.example.com").contains("<h2>Apps</h2>"));
    let upstreams = json!([
        { "host": "podinfo.example.com", "url": "http://podinfo.svc" },
        { "host": "podinfo.example.com", "path": "/api", "url": "http://api.svc" },
    ]);
    let pair = ("upstreams".to_owned(), upstreams.to_string());
    proxy.world.variables.borrow_mut().extend([pair]);
    let link = "<a href=\"https://podinfo.example.com\">";
    assert_eq!(set("").matches(link).count(), 1, "an app is there once");
}

/// The token's end, and no other: without one there is a way to it.
#[test]
fn the_first_page_says_when_there_is_no_token() {
    let proxy = Proxy::signed_in(&json!({}));
    proxy.world.pass(1700);
    assert!(text(&proxy.get("home", "/", BROWSER)).contains("Valid for"));
    for _ in 0..2 {
        proxy.world.pass(1700);
        let page = text(&proxy.get("home", "/", BROWSER));
        assert!(page.contains("alice@contoso.example"), "{page}");
    }
    let page = text(&proxy.get("home", "/", BROWSER));
    assert!(page.contains("No valid token yet"), "{page}");
    assert_eq!(
        proxy.world.called.borrow().len(),
        0,
        "the first page asks nobody"
    );
}

/// What is wrong in the store is said on a page too, and nobody is signed out.
#[test]
fn the_first_page_says_what_is_away() {
    let proxy = Proxy::signed_in(&json!({}));
    proxy.world.store_is_down.set(true);
    let page = proxy.get("home", "/", BROWSER);
    assert_eq!(
        (page.status().as_u16(), header(&page, "retry-after")),
        (503, "5")
    );
    let page = text(&page);
    for expected in [
        "Nobody was signed out",
        "store-unavailable",
        "Try again",
        "data-seconds=\"5\"",
    ] {
        assert!(page.contains(expected), "{expected}: {page}");
    }
}
