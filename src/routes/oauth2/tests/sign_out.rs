//! Sign-out at the host of an app.

use super::*;

const ADDRESS: &str = "https://app.example.com/oauth2/sign_out";
/// The browser's headers for a link in the app itself.
const OWN_LINK: [(&str, &str); 4] = [
    ("sec-fetch-site", "same-origin"),
    ("sec-fetch-mode", "navigate"),
    ("sec-fetch-dest", "document"),
    ("accept", "text/html"),
];

fn signed_in() -> (Proxy, Browser) {
    let (proxy, browser) = (Proxy::new(), Browser::default());
    proxy.sign_in(&browser, Vec::new());
    proxy.open(&browser, APP);
    proxy.open(&browser, OTHER);
    (proxy, browser)
}

/// Whether the browser is signed in at an app, at another one, and at our own pages.
fn signed_in_at(proxy: &Proxy, browser: &Browser) -> [bool; 3] {
    let logout = proxy.ask(browser, Method::GET, "https://auth.example.com/logout", &[]);
    [
        proxy.check(browser, APP).status == 202,
        proxy.check(browser, OTHER).status == 202,
        logout.body.contains("true"),
    ]
}

#[test]
fn a_link_of_the_app_signs_out_everywhere_at_once() {
    let (proxy, browser) = signed_in();
    let thief = browser.clone();
    assert_eq!(signed_in_at(&proxy, &browser), [true; 3]);
    let told = proxy.ask(&browser, Method::GET, ADDRESS, &OWN_LINK);
    assert_eq!(told.status, 200);
    assert!(told.body.contains("Signed out"), "{}", told.body);
    assert!(browser.names(APP).is_empty(), "its cookie is cleared");
    assert_eq!(signed_in_at(&proxy, &thief), [false; 3]);
    let lines = proxy.world.lines.borrow();
    assert!(
        lines
            .iter()
            .any(|line| line.contains(r#""event":"sign_out""#))
    );
}

#[test]
fn whatever_else_leads_here_is_asked_first() {
    let (proxy, browser) = signed_in();
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("sec-fetch-site", "none"),
        ("sec-fetch-site", ""),
        ("sec-fetch-mode", "no-cors"),
        ("sec-fetch-dest", "image"),
        ("sec-fetch-dest", "iframe"),
    ] {
        let mut headers = OWN_LINK.to_vec();
        headers.retain(|(known, _)| *known != name);
        if !value.is_empty() {
            headers.push((name, value));
        }
        let told = proxy.ask(&browser, Method::GET, ADDRESS, &headers);
        assert_eq!(told.status, 200, "{name} {value}");
        let form = "method=\"post\" action=\"/oauth2/sign_out\">";
        assert!(told.body.contains(form), "{name} {value} {}", told.body);
    }
    let mut twice = OWN_LINK.to_vec();
    twice.push(("sec-fetch-site", "same-origin"));
    proxy.ask(&browser, Method::GET, ADDRESS, &twice);
    assert_eq!(signed_in_at(&proxy, &browser), [true; 3]);
}

#[test]
fn only_a_form_of_this_host_is_taken() {
    let (proxy, browser) = signed_in();
    let foreign: [&[(&str, &str)]; 5] = [
        &[("origin", "https://other.example.com")],
        &[("origin", "https://auth.example.com")],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[("sec-fetch-site", "same-origin")],
    ];
    for headers in foreign {
        let told = proxy.ask(&browser, Method::POST, ADDRESS, headers);
        assert_eq!(
            (told.status, told.kind().as_str()),
            (403, "foreign-origin"),
            "{headers:?}"
        );
    }
    assert_eq!(signed_in_at(&proxy, &browser), [true; 3]);
    let own = [("origin", "https://app.example.com")];
    assert_eq!(proxy.ask(&browser, Method::POST, ADDRESS, &own).status, 200);
    assert_eq!(signed_in_at(&proxy, &browser), [false; 3]);
}

#[test]
fn it_leads_on_to_where_it_may() {
    let (proxy, browser) = signed_in();
    for (rd, to) in [
        ("%2Fbye", "https://app.example.com/bye"),
        (
            "https%3A%2F%2Fother.example.com%2F",
            "https://other.example.com/",
        ),
    ] {
        let address = format!("{ADDRESS}?rd={rd}");
        let page = proxy.get(&browser, &address);
        let policy = page.header("content-security-policy");
        let origin = Url::parse(to).unwrap().origin().ascii_serialization();
        assert!(policy.contains(&origin), "{policy}");
        let told = proxy.ask(&browser, Method::GET, &address, &OWN_LINK);
        assert_eq!((told.status, told.location.as_str()), (303, to));
    }
}

/// OpenID Connect RP-Initiated Logout 1.0, section 2. Our session ends first: the user may not finish at
/// Entra.
#[test]
fn it_leads_on_to_entra_if_that_is_wanted() {
    let after = "https://www.example.com/goodbye";
    for (setting, rd, to) in [
        ("", "", "https://auth.example.com/"),
        (after, "", after),
        (after, "&rd=%2Fbye", "https://app.example.com/bye"),
    ] {
        let (proxy, browser) = signed_in();
        let setting = ("post_logout_redirect_uri".to_owned(), setting.to_owned());
        proxy.world.variables.borrow_mut().extend([setting]);
        let address = format!("{ADDRESS}?entra=1{rd}");
        let page = proxy.get(&browser, &address);
        let policy = page.header("content-security-policy");
        assert!(
            policy.contains("https://login.microsoftonline.com"),
            "{policy}"
        );
        assert!(page.body.contains("entra=1"), "{}", page.body);
        assert_eq!(
            signed_in_at(&proxy, &browser),
            [true; 3],
            "it has only asked"
        );
        let told = proxy.ask(&browser, Method::GET, &address, &OWN_LINK);
        let address = Url::parse(&told.location).unwrap();
        assert_eq!(told.status, 303);
        assert!(address.path().ends_with("/oauth2/v2.0/logout"), "{address}");
        let query: Vec<_> = address.query_pairs().collect();
        assert_eq!(query, [("post_logout_redirect_uri".into(), to.into())]);
        assert_eq!(signed_in_at(&proxy, &browser), [false; 3]);
    }
    let (proxy, browser) = signed_in();
    let wrong = format!("{ADDRESS}?entra=yes");
    assert_eq!(
        proxy.ask(&browser, Method::GET, &wrong, &OWN_LINK).status,
        400
    );
    let elsewhere = format!("{ADDRESS}?entra=1&rd=https://evil.example/");
    assert_eq!(
        proxy
            .ask(&browser, Method::GET, &elsewhere, &OWN_LINK)
            .status,
        400
    );
    assert_eq!(signed_in_at(&proxy, &browser), [true; 3]);
}

/// The same setting applies at our own pages.
#[test]
fn a_sign_out_at_our_own_pages_leads_on_by_the_same_setting() {
    let (proxy, browser) = signed_in();
    let after = "https://www.example.com/goodbye?from=aks";
    let setting = ("post_logout_redirect_uri".to_owned(), after.to_owned());
    proxy.world.variables.borrow_mut().extend([setting]);
    let page = proxy.get(&browser, "https://auth.example.com/logout");
    let policy = page.header("content-security-policy");
    assert!(policy.contains("https://www.example.com"), "{policy}");
    let own = [("origin", "https://auth.example.com")];
    let logout = "https://auth.example.com/logout?entra=1";
    let told = proxy.ask(&browser, Method::POST, logout, &own);
    let address = Url::parse(&told.location).unwrap();
    let (_, to) = address.query_pairs().next().unwrap();
    assert_eq!((told.status, to.as_ref()), (303, after));
}

/// A cookie planted by a sibling host must not protect the real one.
#[test]
fn a_planted_cookie_saves_nobody() {
    let (proxy, browser) = signed_in();
    let own = browser.cookies_for(APP);
    let planted = format!("__Host-proxy_session_app=1.abcdef.{}", "A".repeat(43));
    let both = format!("{planted}; {own}");
    let headers = [
        ("cookie", both.as_str()),
        ("origin", "https://app.example.com"),
    ];
    let nobody = Browser::default();
    assert_eq!(
        proxy.ask(&nobody, Method::POST, ADDRESS, &headers).status,
        200
    );
    assert_eq!(signed_in_at(&proxy, &browser), [false; 3]);
}

/// An app that has another one's cookie cannot even sign out with it.
#[test]
fn a_cookie_of_another_host_ends_nothing() {
    let (proxy, browser) = signed_in();
    let app = Browser::default();
    let stolen = browser.value(OTHER, "__Host-proxy_session_app");
    app.plant(APP, "__Host-proxy_session_app", &stolen);
    let own = [("origin", "https://app.example.com")];
    assert_eq!(proxy.ask(&app, Method::POST, ADDRESS, &own).status, 200);
    assert_eq!(signed_in_at(&proxy, &browser), [true; 3]);
}

#[test]
fn at_our_own_origin_it_leads_to_the_page_there() {
    let (proxy, browser) = signed_in();
    let told = proxy.get(&browser, "https://auth.example.com/oauth2/sign_out");
    assert_eq!((told.status, told.location.as_str()), (303, "/logout"));
}
