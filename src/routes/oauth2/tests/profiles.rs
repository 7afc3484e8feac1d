//! The proxies in front of an app, each with its own headers and answers.

use super::*;

const TRUSTED: [(&str, &str); 1] = [("trusted_proxies", "10.0.0.0/8")];

/// A proxy of ours behind one of `profile`, and a browser that is signed in at the app.
fn behind(profile: &str) -> (Proxy, Browser) {
    let settings = [TRUSTED[0], ("forward_auth_profile", profile)];
    let (proxy, browser) = (Proxy::with(&settings), Browser::default());
    proxy.sign_in(&browser, Vec::new());
    proxy.open(&browser, APP);
    (proxy, browser)
}

/// nginx asks at the service's address, and names the request in `X-Original-URL`.
#[test]
fn a_trusted_proxy_says_for_which_app_it_asks() {
    let (proxy, browser) = behind("nginx");
    let address = "https://proxy.svc/oauth2/auth";
    let cookie = browser.cookies_for(APP);
    let nobody = Browser::default();
    let ask = |peer: &str, url: &str| {
        let headers = [
            ("spin-client-addr", peer),
            ("x-original-url", url),
            ("cookie", cookie.as_str()),
        ];
        proxy.ask(&nobody, Method::GET, address, &headers).status
    };
    assert_eq!(ask("10.0.0.1:1", "https://app.example.com/x"), 202);
    assert_eq!(ask("10.0.0.1:1", "HTTPS://App.Example.com:443/x"), 202);
    assert_eq!(ask("192.0.2.1:1", "https://app.example.com/x"), 401);
    assert_eq!(ask("10.0.0.1:1", "https://other.example.com/x"), 401);
    assert_eq!(ask("10.0.0.1:1", "https://evil.example/x"), 401);
    // An app at our own origin could fetch kubeconfigs.
    assert_eq!(ask("10.0.0.1:1", "https://auth.example.com/x"), 403);
}

/// A browser's headers, as such a proxy passes them on.
fn described<'a>(method: &'a str, cookie: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("spin-client-addr", "10.0.0.1:1"),
        ("x-forwarded-method", method),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-host", APP),
        ("x-forwarded-uri", "/page?a=b"),
        ("accept", "text/html"),
        ("cookie", cookie),
    ]
}

#[test]
fn traefik_and_caddy_hand_the_redirect_to_the_browser() {
    for profile in ["traefik", "caddy"] {
        let (proxy, browser) = behind(profile);
        let address = "https://proxy.svc/oauth2/auth";
        let nobody = Browser::default();
        let ask = |headers: &[(&str, &str)]| proxy.ask(&nobody, Method::GET, address, headers);
        let told = ask(&described("GET", "x=y"));
        let start = "https://app.example.com/oauth2/start?rd=%2Fpage%3Fa%3Db";
        assert_eq!(
            (told.status, told.location.as_str()),
            (302, start),
            "{profile}"
        );
        // A redirect would lose the request, or a program could not follow it.
        for (name, value) in [
            ("x-requested-with", "XMLHttpRequest"),
            ("sec-fetch-mode", "cors"),
            ("content-length", "3"),
        ] {
            let mut headers = described("GET", "x=y");
            headers.push((name, value));
            assert_eq!(ask(&headers).status, 401, "{profile} {name}");
        }
        assert_eq!(ask(&described("POST", "x=y")).status, 401, "{profile}");
        let cookie = browser.cookies_for(APP);
        assert_eq!(ask(&described("POST", &cookie)).status, 202, "{profile}");
    }
}

/// Traefik sends `wss`, and some proxies no method; neither is a reason to refuse.
#[test]
fn what_is_not_needed_may_be_missing() {
    let (proxy, browser) = behind("traefik");
    let cookie = browser.cookies_for(APP);
    let nobody = Browser::default();
    let ask = |cookie: &str| {
        let mut headers = described("GET", cookie);
        headers.retain(|(name, _)| *name != "x-forwarded-method" && *name != "x-forwarded-proto");
        headers.push(("x-forwarded-proto", "wss"));
        let address = "https://proxy.svc/oauth2/auth";
        proxy.ask(&nobody, Method::GET, address, &headers).status
    };
    assert_eq!((ask(&cookie), ask("x=y")), (202, 401));
}

#[test]
fn envoy_appends_the_path_and_wants_200() {
    let (proxy, browser) = behind("envoy");
    let cookie = browser.cookies_for(APP);
    let nobody = Browser::default();
    let ask = |method: Method, cookie: &str| {
        let headers = [
            ("spin-client-addr", "10.0.0.1:1"),
            ("x-forwarded-proto", "https"),
            ("accept", "text/html"),
            ("cookie", cookie),
        ];
        // A parameter of the app is no rule.
        let address = format!("https://{APP}/oauth2/auth/page?allowed_groups=x");
        proxy.ask(&nobody, method, &address, &headers)
    };
    let told = ask(Method::PUT, &cookie);
    assert_eq!(
        (told.status, told.header("x-auth-request-user")),
        (200, alice().oid.as_str())
    );
    let told = ask(Method::GET, "x=y");
    let start = "https://app.example.com/oauth2/start?rd=%2Fpage%3Fallowed_groups%3Dx";
    assert_eq!((told.status, told.location.as_str()), (302, start));
    assert_eq!(ask(Method::PUT, "x=y").status, 401);
    let (proxy, browser) = behind("nginx");
    let told = proxy.get(&browser, "https://app.example.com/oauth2/auth/page");
    assert_eq!(told.status, 404, "other proxies have nothing there");
}

/// Its check is at `/oauth2/auth/`, which Spin routes to the function of `/oauth2/auth`.
#[test]
fn envoy_asks_about_the_root_of_an_app() {
    let (proxy, browser) = behind("envoy");
    let nobody = Browser::default();
    let ask = |proxy: &Proxy, cookie: &str, query: &str| {
        let headers = [
            ("spin-client-addr", "10.0.0.1:1"),
            ("x-forwarded-proto", "https"),
            ("accept", "text/html"),
            ("cookie", cookie),
        ];
        let address = format!("https://{APP}/oauth2/auth/{query}");
        proxy.ask(&nobody, Method::GET, &address, &headers)
    };
    let cookie = browser.cookies_for(APP);
    assert_eq!(ask(&proxy, &cookie, "").status, 200);
    assert_eq!(ask(&proxy, &cookie, "?allowed_groups=x").status, 200);
    let told = ask(&proxy, "x=y", "?a=b");
    let start = "https://app.example.com/oauth2/start?rd=%2F%3Fa%3Db";
    assert_eq!((told.status, told.location.as_str()), (302, start));
    let (proxy, browser) = behind("nginx");
    let told = ask(&proxy, &browser.cookies_for(APP), "");
    assert_eq!(told.status, 404, "other proxies have nothing there");
}
