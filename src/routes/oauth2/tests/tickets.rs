//! A ticket is valid once, for a minute, at one host, in one browser.

use super::*;

/// The address with a ticket, for a browser that has begun and is signed in.
fn ticket(proxy: &Proxy, browser: &Browser) -> String {
    proxy.sign_in(browser, Vec::new());
    let start = "https://app.example.com/oauth2/start?rd=%2Fpage";
    let to_us = proxy.get(browser, start).location;
    let address = proxy.get(browser, &to_us).location;
    assert!(
        address.starts_with("https://app.example.com/oauth2/ticket?state="),
        "{address}"
    );
    address
}

fn present(proxy: &Proxy, browser: &Browser, address: &str) -> (u16, String) {
    let told = proxy.ask(browser, Method::GET, address, &[]);
    (told.status, told.kind())
}

fn refused(kind: &str) -> (u16, String) {
    (400, kind.to_owned())
}

#[test]
fn it_is_good_once() {
    let (proxy, browser) = (Proxy::new(), Browser::default());
    let address = ticket(&proxy, &browser);
    let before = browser.clone();
    assert_eq!(present(&proxy, &browser, &address).0, 302);
    assert_eq!(
        present(&proxy, &browser, &address),
        refused("app-not-begun")
    );
    // The cookie of the start is not valid a second time either.
    assert_eq!(
        present(&proxy, &before, &address),
        refused("app-ticket-used")
    );
}

/// An attacker can neither sign a victim in as themselves (login CSRF) nor use a ticket that they saw.
#[test]
fn cve_2017_1000069_it_is_for_the_browser_that_began() {
    let (proxy, attacker, victim) = (Proxy::new(), Browser::default(), Browser::default());
    let address = ticket(&proxy, &attacker);
    assert_eq!(present(&proxy, &victim, &address), refused("app-not-begun"));
    // A browser with its own start has another challenge.
    proxy.get(&victim, "https://app.example.com/oauth2/start");
    assert_eq!(present(&proxy, &victim, &address), refused("app-not-begun"));
    let own = ticket(&proxy, &victim);
    let (state, _) = own.split_once("&ticket=").unwrap();
    let (_, stolen) = address.split_once("&ticket=").unwrap();
    let mixed = format!("{state}&ticket={stolen}");
    assert_eq!(present(&proxy, &victim, &mixed), refused("app-not-begun"));
    assert!(victim.names(APP).iter().all(|name| !name.ends_with("_app")));
}

/// A script of the app can lead its victim to us with an attacker's start. The attacker could use the ticket.
/// So no page may be at the ticket's address, where the script could read it.
#[test]
fn no_page_is_shown_at_the_address_of_a_ticket_for_somebody_else() {
    let (proxy, attacker, victim) = (Proxy::new(), Browser::default(), Browser::default());
    proxy.sign_in(&victim, Vec::new());
    let start = "https://app.example.com/oauth2/start";
    let begun_by_attacker = proxy.get(&attacker, start).location;
    for has_begun in [false, true] {
        if has_begun {
            proxy.get(&victim, start);
        }
        let address = proxy.get(&victim, &begun_by_attacker).location;
        let (_, ticket) = address.split_once("&ticket=").unwrap();
        let names = victim.names(APP);
        let told = proxy.get(&victim, &address);
        assert_eq!(
            (told.status, told.location.as_str()),
            (302, "/oauth2/ticket")
        );
        assert!(!told.body.contains(ticket));
        // An `object` or `embed` is shown at its address too, and may ask for anything.
        let embedded = [("accept", "*/*"), ("sec-fetch-mode", "navigate")];
        let told = proxy.ask(&victim, Method::GET, &address, &embedded);
        assert_eq!(
            (told.status, told.location.as_str()),
            (302, "/oauth2/ticket")
        );
        assert_eq!(
            victim.names(APP),
            names,
            "what it began itself is still there"
        );
        let page = proxy.get(&victim, "https://app.example.com/oauth2/ticket");
        assert_eq!(page.status, 400);
        assert!(page.body.contains("<h1"), "{}", page.body);
        // A program gets the error at once: it has no history.
        assert_eq!(present(&proxy, &victim, &address), refused("app-not-begun"));
    }
}

#[test]
fn it_is_for_one_host() {
    let (proxy, browser) = (Proxy::new(), Browser::default());
    let address = ticket(&proxy, &browser);
    // Even if the start's cookie got there.
    for name in browser.names(APP) {
        let value = browser.value(APP, &name);
        browser.plant(OTHER, &name, &value);
    }
    let elsewhere = address.replace(APP, OTHER);
    assert_eq!(
        present(&proxy, &browser, &elsewhere),
        refused("app-not-begun")
    );
    assert_eq!(
        present(&proxy, &browser, &address).0,
        302,
        "it is not used up"
    );
}

#[test]
fn it_is_good_for_a_minute() {
    for (seconds, expected) in [(59, (302, String::new())), (60, refused("app-ticket-late"))] {
        let (proxy, browser) = (Proxy::new(), Browser::default());
        let address = ticket(&proxy, &browser);
        proxy.world.pass(seconds);
        assert_eq!(present(&proxy, &browser, &address), expected, "{seconds}");
    }
}

#[test]
fn a_beginning_lasts_twenty_minutes() {
    let (proxy, browser) = (Proxy::new(), Browser::default());
    let to_us = proxy
        .get(&browser, "https://app.example.com/oauth2/start")
        .location;
    proxy.world.pass(1200);
    proxy.sign_in(&browser, Vec::new());
    let address = proxy.get(&browser, &to_us).location;
    assert_eq!(
        present(&proxy, &browser, &address),
        refused("app-ticket-late")
    );
}

#[test]
fn it_ends_with_its_session() {
    let (proxy, browser) = (Proxy::new(), Browser::default());
    let address = ticket(&proxy, &browser);
    let own = [("origin", "https://auth.example.com")];
    let logout = format!("https://{OWN}/logout");
    assert_eq!(proxy.ask(&browser, Method::POST, &logout, &own).status, 200);
    assert_eq!(
        present(&proxy, &browser, &address),
        refused("app-session-ended")
    );
}

#[test]
fn what_is_not_ours_opens_nothing_and_costs_nothing() {
    let (proxy, browser) = (Proxy::new(), Browser::default());
    let address = ticket(&proxy, &browser);
    let (start, text) = address.split_once("&ticket=").unwrap();
    let other = if &text[20..21] == "A" { "B" } else { "A" };
    let flipped = [&text[..20], other, &text[21..]].concat();
    proxy.world.reads.set(0);
    proxy.world.writes.set(0);
    for wrong in ["", "x", flipped.as_str(), &text[..text.len() - 4]] {
        let address = format!("{start}&ticket={wrong}");
        assert_eq!(
            present(&proxy, &browser, &address),
            refused("app-not-begun"),
            "{wrong}"
        );
    }
    assert_eq!((proxy.world.reads.get(), proxy.world.writes.get()), (0, 0));
    assert_eq!(
        present(&proxy, &browser, &address).0,
        302,
        "the real one is still good"
    );
}

/// The page leads to a new start at the same host, not at our own origin.
#[test]
fn the_page_leads_to_a_new_beginning() {
    let (proxy, browser) = (Proxy::new(), Browser::default());
    let address = ticket(&proxy, &browser);
    proxy.world.pass(60);
    let told = proxy.get(&browser, &address);
    assert!(
        told.body.contains("href=\"/oauth2/start?rd=%2Fpage\""),
        "{}",
        told.body
    );
}
