//! From the app to the sign-in and back.

use super::*;

#[test]
fn who_opens_an_app_signs_in_and_comes_back_to_the_page_they_wanted() {
    let (proxy, browser) = (Proxy::new(), Browser::default());
    let start = "https://app.example.com/oauth2/start?rd=%2Fpage%3Fa%3Db%2526c";
    // Without a session it leads to our own origin, and there to the sign-in.
    let (address, _) = proxy.follow(&browser, start);
    let login = Url::parse(&address).unwrap();
    assert_eq!((login.host_str(), login.path()), (Some(OWN), "/login"));
    let rd = login
        .query_pairs()
        .find(|(name, _)| name == "rd")
        .unwrap()
        .1;
    assert!(rd.starts_with("/login/app?app="), "{rd}");
    // After the sign-in it continues.
    proxy.sign_in(&browser, vec![GROUP.to_owned()]);
    let (address, told) = proxy.follow(&browser, &format!("https://{OWN}{rd}"));
    assert_eq!(address, "https://app.example.com/page?a=b%26c");
    let cookie = told.set_cookies()[0];
    assert!(
        cookie.starts_with("__Host-proxy_session_app=1."),
        "{cookie}"
    );
    for attribute in [
        "HttpOnly",
        "Secure",
        "SameSite=Lax",
        "Path=/",
        "Max-Age=28800",
    ] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    assert!(!cookie.contains("Domain") && cookie.len() < 200, "{cookie}");
    assert_eq!(browser.names(APP), ["__Host-proxy_session_app"]);
    assert_eq!(browser.names(OWN), ["proxy_session"]);
    let check = proxy.check(&browser, APP);
    assert_eq!(check.status, 202);
    assert_eq!(
        check.header("x-auth-request-email"),
        "alice@contoso.example"
    );
    assert_eq!(check.header("x-auth-request-groups"), GROUP);
}

#[test]
fn beginning_writes_nothing_and_costs_the_store_nothing() {
    let (proxy, browser) = (Proxy::new(), Browser::default());
    let told = proxy.get(&browser, "https://app.example.com/oauth2/start?rd=/x");
    assert_eq!(told.status, 302);
    assert_eq!((proxy.world.reads.get(), proxy.world.writes.get()), (0, 0));
}

#[test]
fn five_tabs_begin_at_once_and_all_of_them_end() {
    let (proxy, browser) = (Proxy::new(), Browser::default());
    let begun: Vec<String> = (0..5)
        .map(|tab| {
            let start = format!("https://app.example.com/oauth2/start?rd=%2F{tab}");
            proxy.get(&browser, &start).location
        })
        .collect();
    assert_eq!(browser.names(APP).len(), 5);
    proxy.sign_in(&browser, Vec::new());
    for (tab, address) in begun.iter().enumerate() {
        let (address, _) = proxy.follow(&browser, address);
        assert_eq!(address, format!("https://app.example.com/{tab}"));
    }
    assert_eq!(browser.names(APP), ["__Host-proxy_session_app"]);
}

/// A grant has a hundred places for handles. A page that sends a browser here repeatedly takes only one.
#[test]
fn who_is_signed_in_keeps_their_cookie() {
    let (proxy, browser) = (Proxy::new(), Browser::default());
    proxy.sign_in(&browser, Vec::new());
    proxy.open(&browser, APP);
    let first = browser.value(APP, "__Host-proxy_session_app");
    proxy.open(&browser, APP);
    assert_eq!(browser.value(APP, "__Host-proxy_session_app"), first);
}

#[test]
fn the_other_name_of_start_is_the_same() {
    let (proxy, browser) = (Proxy::new(), Browser::default());
    proxy.sign_in(&browser, Vec::new());
    let start = "https://app.example.com/oauth2/sign_in?rd=%2Fpage";
    let (address, _) = proxy.follow(&browser, start);
    assert_eq!(address, "https://app.example.com/page");
}

#[test]
fn without_rd_it_leads_to_the_root_or_where_the_proxy_says() {
    let proxy = Proxy::new();
    let lead = |headers: &[(&str, &str)]| {
        let browser = Browser::default();
        proxy.sign_in(&browser, Vec::new());
        let start = "https://app.example.com/oauth2/start";
        let told = proxy.ask(&browser, Method::GET, start, headers);
        proxy.follow(&browser, &told.location).0
    };
    assert_eq!(lead(&[]), "https://app.example.com/");
    let said = [("x-auth-request-redirect", "/wanted?x=y")];
    assert_eq!(lead(&said), "https://app.example.com/wanted?x=y");
}

#[test]
fn it_begins_at_the_host_to_which_it_leads() {
    let (proxy, browser) = (Proxy::new(), Browser::default());
    let to_other = "rd=https%3A%2F%2Fother.example.com%2Fx%3Fy";
    for host in [APP, OWN] {
        let told = proxy.get(&browser, &format!("https://{host}/oauth2/start?{to_other}"));
        let expected = "https://other.example.com/oauth2/start?rd=%2Fx%3Fy";
        assert_eq!(told.location, expected, "{host}");
    }
    let told = proxy.get(
        &browser,
        &format!("https://{OWN}/oauth2/start?rd=%2Fkubeconfig"),
    );
    assert_eq!(
        told.location,
        "https://auth.example.com/login?rd=%2Fkubeconfig"
    );
}

#[test]
fn cve_2017_1000070_nothing_leads_to_an_origin_that_is_not_allowed() {
    let (proxy, browser) = (Proxy::new(), Browser::default());
    proxy.sign_in(&browser, Vec::new());
    for rd in [
        "https%3A%2F%2Fevil.example%2F",
        "%2F%2Fevil.example",
        "%2F%5Cevil.example",
        "https%3A%2F%2Fapp.example.com%40evil.example%2F",
        "https%3A%2F%2Fapp.example.com.evil.example",
        "javascript%3Aalert(1)",
        "%2F%09%2Fevil.example",
    ] {
        for path in ["oauth2/start", "oauth2/sign_in", "oauth2/sign_out"] {
            let address = format!("https://{APP}/{path}?rd={rd}");
            let told = proxy.ask(&browser, Method::GET, &address, &[]);
            assert_eq!(
                (told.status, told.kind().as_str()),
                (400, "bad-parameter"),
                "{address}"
            );
        }
        let address = format!("https://{OWN}/login/app?rd={rd}");
        assert_eq!(
            proxy.ask(&browser, Method::GET, &address, &[]).status,
            400,
            "{rd}"
        );
    }
}

#[test]
fn a_host_that_is_no_apps_gets_nothing() {
    let (proxy, browser) = (Proxy::new(), Browser::default());
    proxy.sign_in(&browser, Vec::new());
    let told = proxy.ask(
        &browser,
        Method::GET,
        "https://evil.example/oauth2/start",
        &[],
    );
    assert_eq!((told.status, told.kind().as_str()), (400, "app-unknown"));
    let challenge = "A".repeat(43);
    for (app, status, kind) in [
        ("https://evil.example", 400, "app-unknown"),
        ("https://app.example.com/x", 400, "app-unknown"),
        ("https://app.example.com@evil.example", 400, "app-unknown"),
        ("http://app.example.com", 400, "app-unknown"),
        ("https://auth.example.com", 403, "app-on-own-origin"),
        ("x", 400, "app-unknown"),
        // Found by fuzzing: the parser would decode these.
        (
            "https://a.XN--X33333333333333333---bbbb.example.com",
            400,
            "app-unknown",
        ),
        ("https://%25CC.example.com", 400, "app-unknown"),
    ] {
        let address = format!("https://{OWN}/login/app?app={app}&challenge={challenge}");
        let told = proxy.ask(&browser, Method::GET, &address, &[]);
        assert_eq!((told.status, told.kind().as_str()), (status, kind), "{app}");
    }
    let shaped = "!".repeat(43);
    for wrong in ["", "x", "A&challenge=A", shaped.as_str()] {
        let address = format!("https://{OWN}/login/app?app=https://{APP}&challenge={wrong}");
        assert_eq!(proxy.ask(&browser, Method::GET, &address, &[]).status, 400);
    }
}

/// A browser sends the session cookie to every port of its host, so no app may be there.
#[test]
fn no_app_is_at_another_port_of_our_own_host() {
    let proxy = Proxy::with(&[
        ("allowed_return_origins", "*.example.com:8443"),
        ("forward_auth_profile", "nginx"),
        ("trusted_proxies", "10.0.0.0/8"),
    ]);
    let browser = Browser::default();
    proxy.sign_in(&browser, Vec::new());
    let challenge = "A".repeat(43);
    let beside = "https://auth.example.com:8443";
    let ask = |address: &str, headers: &[(&str, &str)]| {
        let told = proxy.ask(&browser, Method::GET, address, headers);
        (told.status, told.kind())
    };
    let login = format!("https://{OWN}/login/app?app={beside}&challenge={challenge}");
    assert_eq!(ask(&login, &[]), (403, "app-on-own-origin".to_owned()));
    let start = format!("https://{OWN}/oauth2/start?rd={beside}/x");
    assert_eq!(ask(&start, &[]), (400, "bad-parameter".to_owned()));
    let original = format!("{beside}/x");
    let described = [
        ("spin-client-addr", "10.0.0.1:1"),
        ("x-original-url", original.as_str()),
    ];
    let told = ask("https://proxy.svc/oauth2/auth", &described);
    assert_eq!(told, (403, "app-on-own-origin".to_owned()));
    let app = "https://app.example.com:8443";
    let login = format!("https://{OWN}/login/app?app={app}&challenge={challenge}");
    assert_eq!(ask(&login, &[]).0, 302);
}

/// A program cannot sign in by itself, and gets an error at our origin.
#[test]
fn a_program_is_told_where_to_sign_in() {
    let (proxy, browser) = (Proxy::new(), Browser::default());
    let start = "https://app.example.com/oauth2/start";
    let told = proxy.ask(&browser, Method::GET, start, &[]);
    let told = proxy.ask(&browser, Method::GET, &told.location, &[]);
    assert_eq!((told.status, told.kind().as_str()), (401, "no-session"));
}

/// The app has cookies of its own, and a server takes a head of 8 kB or so.
#[test]
fn all_our_cookies_at_a_host_together_are_less_than_4_kb() {
    let domain = [("cookie_domains", "example.com")];
    for (settings, host, begin) in [(&[][..], APP, "oauth2/start"), (&domain, OWN, "login")] {
        let (proxy, browser) = (Proxy::with(settings), Browser::default());
        proxy.sign_in(&browser, Vec::new());
        browser.plant(host, "proxy_language", "de");
        proxy.open(&browser, APP);
        for length in (0..1000).step_by(90).rev() {
            let long = "x".repeat(length);
            proxy.get(&browser, &format!("https://{host}/{begin}?rd=%2F{long}"));
            let cookies = browser.cookies_for(host);
            assert!(cookies.len() < 4096, "{host}: {}", cookies.len());
        }
        assert!(browser.names(host).len() > 5, "{:?}", browser.names(host));
    }
}
