//! One cookie for all hosts of a domain (`COOKIE_DOMAINS`).

use super::*;

const NAME: &str = "__Secure-proxy_session_app";

fn proxy(domains: &str) -> Proxy {
    let apps = "*.example.com *.apps.example.net";
    Proxy::with(&[
        ("cookie_domains", domains),
        ("allowed_return_origins", apps),
    ])
}

/// The app and our origin share the domain: our origin sets the cookie, and no ticket is needed.
#[test]
fn where_the_domain_is_ours_too_the_cookie_is_set_here() {
    let (proxy, browser) = (proxy("example.com"), Browser::default());
    let start = "https://app.example.com/oauth2/start?rd=%2Fpage%3Fx";
    let (address, _) = proxy.follow(&browser, start);
    let login = Url::parse(&address).unwrap();
    assert_eq!((login.host_str(), login.path()), (Some(OWN), "/login"));
    proxy.sign_in(&browser, Vec::new());
    let (address, told) = proxy.follow(&browser, start);
    assert_eq!(address, "https://app.example.com/page?x");
    let cookie = told.set_cookies()[0];
    assert!(cookie.starts_with(&format!("{NAME}=1.")), "{cookie}");
    assert!(
        cookie.contains("Domain=example.com") && cookie.len() < 200,
        "{cookie}"
    );
    // All hosts of the domain, in this browser.
    for host in [APP, OTHER, "a.b.example.com"] {
        assert_eq!(proxy.check(&browser, host).status, 202, "{host}");
    }
    assert_eq!(proxy.check(&browser, "a.apps.example.net").status, 401);
}

/// A ticket for a domain's cookie would be more powerful than one for a host, and is not needed.
#[test]
fn where_the_domain_is_ours_too_there_is_no_ticket() {
    let (proxy, browser) = (proxy("example.com"), Browser::default());
    proxy.sign_in(&browser, Vec::new());
    let ask = |app: &str| {
        let challenge = "A".repeat(43);
        let address = format!("https://{OWN}/login/app?app={app}&challenge={challenge}");
        let told = proxy.ask(&browser, Method::GET, &address, &[]);
        (told.status, told.location.contains("ticket="))
    };
    assert_eq!(ask("https://app.example.com"), (400, false));
    assert_eq!(ask("https://a.apps.example.net"), (302, true));
}

/// A check at our own address, as with such annotations for oauth2-proxy.
#[test]
fn a_check_at_our_own_host_is_for_the_whole_domain() {
    let (proxy, browser) = (proxy("example.com"), Browser::default());
    proxy.sign_in(&browser, Vec::new());
    let start = "https://auth.example.com/oauth2/start?rd=https%3A%2F%2Fapp.example.com%2Fpage";
    assert_eq!(
        proxy.follow(&browser, start).0,
        "https://app.example.com/page"
    );
    assert_eq!(proxy.check(&browser, OWN).status, 202);
    let alone = Proxy::new();
    alone.sign_in(&browser, Vec::new());
    assert_eq!(alone.check(&browser, OWN).status, 401);
}

#[test]
fn where_it_is_not_ours_a_ticket_brings_it() {
    let (proxy, browser) = (proxy("apps.example.net"), Browser::default());
    proxy.sign_in(&browser, Vec::new());
    let start = "https://a.apps.example.net/oauth2/start?rd=%2Fpage";
    let (address, told) = proxy.follow(&browser, start);
    assert_eq!(address, "https://a.apps.example.net/page");
    assert!(told.set_cookies()[0].contains("Domain=apps.example.net"));
    assert_eq!(proxy.check(&browser, "b.apps.example.net").status, 202);
    // An app outside the domain has a cookie of its own.
    proxy.open(&browser, APP);
    assert!(
        browser
            .names(APP)
            .contains(&"__Host-proxy_session_app".to_owned())
    );
}

#[test]
fn who_is_signed_in_keeps_their_cookie() {
    let (proxy, browser) = (proxy("example.com"), Browser::default());
    proxy.sign_in(&browser, Vec::new());
    proxy.open(&browser, APP);
    let first = browser.value("", NAME);
    proxy.open(&browser, OTHER);
    assert_eq!(browser.value("", NAME), first);
}

/// A smaller domain excludes the apps that are outside now, and the cookies that they have seen.
#[test]
fn a_cookie_of_a_larger_domain_does_not_count_any_more() {
    let (proxy, browser) = (proxy("example.com"), Browser::default());
    proxy.sign_in(&browser, Vec::new());
    proxy.open(&browser, APP);
    let host = "a.apps.example.com";
    assert_eq!(proxy.check(&browser, host).status, 202);
    let smaller = ("cookie_domains".to_owned(), "apps.example.com".to_owned());
    proxy.world.variables.borrow_mut().extend([smaller]);
    assert_eq!(proxy.check(&browser, host).status, 401);
}

/// A return path has at most 1 kB: a longer query is dropped, and the sign-in works.
#[test]
fn a_long_query_does_not_break_a_sign_in() {
    let proxy = proxy("example.com");
    let queries = [300, 900].map(|length| format!("/page?{}", "=".repeat(length)));
    for (page, whole) in queries.iter().zip([true, false]) {
        let browser = Browser::default();
        let encoded: String = form_urlencoded::byte_serialize(page.as_bytes()).collect();
        let start = format!("https://app.example.com/oauth2/start?rd={encoded}");
        let (login, _) = proxy.follow(&browser, &start);
        let login = Url::parse(&login).unwrap();
        let (_, back) = login.query_pairs().find(|(name, _)| name == "rd").unwrap();
        proxy.sign_in(&browser, Vec::new());
        let (address, told) = proxy.follow(&browser, &format!("https://{OWN}{back}"));
        let page = if whole { page.as_str() } else { "/page" };
        assert_eq!(
            address,
            format!("https://app.example.com{page}"),
            "{}",
            told.body
        );
    }
}

/// The domain's cookie and a host's are not confused when the setting changes.
#[test]
fn each_kind_has_a_name_of_its_own() {
    let (proxy, browser) = (proxy("example.com"), Browser::default());
    proxy.sign_in(&browser, Vec::new());
    proxy.open(&browser, APP);
    let value = browser.value("", NAME);
    let other = Browser::default();
    other.plant(APP, "__Host-proxy_session_app", &value);
    assert_eq!(proxy.check(&other, APP).status, 401);
}

#[test]
fn what_is_no_app_of_the_domain_gets_no_cookie() {
    let (proxy, browser) = (proxy("example.com"), Browser::default());
    proxy.sign_in(&browser, Vec::new());
    for rd in [
        "https://a.apps.example.net/",
        "https://auth.example.com/",
        "/x",
        "https://evil.example",
        "",
    ] {
        let address = format!("https://{OWN}/login/app?rd={rd}");
        let told = proxy.ask(&browser, Method::GET, &address, &[]);
        assert_eq!((told.status, told.set_cookies().len()), (400, 0), "{rd}");
    }
}
