//! The answers to a proxy in front of an app.

use super::*;

#[test]
fn nobody_is_let_through_without_a_sign_in() {
    let (proxy, browser) = (Proxy::new(), Browser::default());
    let told = proxy.check(&browser, APP);
    assert_eq!((told.status, told.kind().as_str()), (401, "no-app-session"));
    assert!(proxy.world.lines.borrow().is_empty(), "that is no event");
    assert!(
        !told
            .headers
            .keys()
            .any(|name| name.as_str().starts_with("x-auth"))
    );
}

/// Without our header, a client's own copy would reach the app.
#[test]
fn every_identity_header_is_there_even_where_there_is_no_claim() {
    let (proxy, browser) = (Proxy::new(), Browser::default());
    let nameless = Claims {
        user: User {
            email: None,
            preferred_username: None,
            ..alice()
        },
        upn: None,
        groups: Vec::new(),
        roles: Vec::new(),
        at: proxy.world.now(),
    };
    let handle = run(proxy.session(&nameless, &Tokens::default()));
    browser.plant(OWN, "proxy_session", &handle);
    proxy.open(&browser, APP);
    let told = proxy.check(&browser, APP);
    assert_eq!(told.status, 202);
    assert_eq!(told.header("x-auth-request-user"), alice().oid);
    for name in ["email", "groups", "preferred-username", "access-token"] {
        assert_eq!(told.header(&format!("x-auth-request-{name}")), "");
    }
}

#[test]
fn a_check_asks_the_store_four_times() {
    let (proxy, browser) = (Proxy::new(), Browser::default());
    proxy.sign_in(&browser, Vec::new());
    proxy.open(&browser, APP);
    proxy.world.reads.set(0);
    proxy.world.writes.set(0);
    assert_eq!(proxy.check(&browser, APP).status, 202);
    assert_eq!((proxy.world.reads.get(), proxy.world.writes.get()), (4, 0));
}

/// Anybody can send any host, as often as they like.
#[test]
fn a_host_that_is_no_apps_is_logged_once_a_minute() {
    let (proxy, browser) = (Proxy::new(), Browser::default());
    let ask = |host: &str| {
        let told = proxy.check(&browser, host);
        assert_eq!((told.status, told.kind().as_str()), (401, "no-app-session"));
        proxy.world.lines.borrow().len()
    };
    assert_eq!(
        (ask("evil.example"), ask("evil.example"), ask("b.example")),
        (1, 1, 1)
    );
    assert!(proxy.world.lines.borrow()[0].contains("evil.example"));
    proxy.world.pass(60);
    assert_eq!((ask("b.example"), ask("b.example")), (2, 2));
}

/// The rules of admission are checked each time: the operator's changes take effect at once.
#[test]
fn who_is_not_admitted_any_more_is_signed_out() {
    let rules = [
        (
            "allowed_users",
            "bob@contoso.example",
            "alice@contoso.example",
        ),
        ("allowed_roles", "admin", "cluster-user"),
        (
            "allowed_groups",
            "6700d000-0000-4000-8000-000000000009",
            GROUP,
        ),
    ];
    for path in ["oauth2/auth", "oauth2/userinfo"] {
        for (rule, denying, admitting) in rules {
            let (proxy, browser) = (Proxy::new(), Browser::default());
            proxy.sign_in(&browser, vec![GROUP.to_owned()]);
            proxy.open(&browser, APP);
            let ask = |value: &str| {
                let setting = (rule.to_owned(), value.to_owned());
                proxy.world.variables.borrow_mut().extend([setting]);
                let address = format!("https://{APP}/{path}");
                let told = proxy.ask(&browser, Method::GET, &address, &[]);
                (told.status, told.kind())
            };
            assert!([200, 202].contains(&ask(admitting).0), "{rule}");
            assert_eq!(ask(denying), (403, "not-admitted".to_owned()), "{rule}");
            // The whole sign-in has ended, so the next request leads to Entra, and the rules are checked
            // there too.
            assert_eq!(ask(denying), (401, "no-app-session".to_owned()), "{rule}");
            assert_eq!(ask(admitting).0, 401, "{rule}");
            let logout = format!("https://{OWN}/logout");
            let told = proxy.ask(&browser, Method::GET, &logout, &[]);
            assert!(
                told.body.contains("\"signed_in\":false"),
                "{rule} {}",
                told.body
            );
        }
    }
}

#[test]
fn a_user_with_many_groups_has_a_small_cookie() {
    let (proxy, browser) = (Proxy::new(), Browser::default());
    let group = |n: u32| format!("6700d000-0000-4000-8000-{n:012}");
    proxy.sign_in(&browser, (0..250).map(group).collect());
    proxy.open(&browser, APP);
    assert!(browser.cookies_for(APP).len() < 200);
    let last = format!("https://{APP}/oauth2/auth?allowed_groups={}", group(249));
    let told = proxy.ask(&browser, Method::GET, &last, &[]);
    assert_eq!(told.status, 202);
    assert_eq!(told.header("x-auth-request-groups").split(',').count(), 250);
    let none = format!("https://{APP}/oauth2/auth?allowed_groups={}", group(250));
    let told = proxy.ask(&browser, Method::GET, &none, &[]);
    assert_eq!((told.status, told.kind().as_str()), (403, "app-denied"));
    let lines = proxy.world.lines.borrow();
    let line = lines.last().unwrap();
    assert!(
        line.contains("allowed_groups") && line.contains(&alice().oid),
        "{line}"
    );
}

/// Each row of the table of rules, through the function.
#[test]
fn the_rules_of_the_query_are_asked() {
    let (proxy, browser) = (Proxy::new(), Browser::default());
    let groups = (1..=2).map(|n| format!("6700d000-0000-4000-8000-{n:012}"));
    proxy.sign_in(&browser, groups.collect());
    proxy.open(&browser, APP);
    for row in crate::apps::TABLE {
        let ask = |value: &str| {
            let query = form_urlencoded::Serializer::new(String::new())
                .append_pair(row.rule.parameter(), value)
                .finish();
            let address = format!("https://{APP}/oauth2/auth?{query}");
            proxy.ask(&browser, Method::GET, &address, &[]).status
        };
        for value in row.admitting {
            assert_eq!(ask(value), 202, "{} {value}", row.rule.parameter());
        }
        for value in row.denying {
            assert_eq!(ask(value), 403, "{} {value}", row.rule.parameter());
        }
    }
}

#[test]
fn a_cookie_counts_at_its_own_host() {
    let (proxy, browser) = (Proxy::new(), Browser::default());
    proxy.sign_in(&browser, Vec::new());
    proxy.open(&browser, APP);
    let stolen = browser.value(APP, "__Host-proxy_session_app");
    let app = Browser::default();
    app.plant(OTHER, "__Host-proxy_session_app", &stolen);
    let before = proxy.world.store.borrow().clone();
    proxy.world.pass(120);
    assert_eq!(proxy.check(&app, OTHER).status, 401);
    assert!(
        *proxy.world.store.borrow() == before,
        "that keeps nothing alive"
    );
    proxy.open(&browser, OTHER);
    assert_eq!(proxy.check(&browser, OTHER).status, 202);
}

/// A session cookie opens no app, and an app cookie none of our pages.
#[test]
fn a_session_opens_no_app() {
    let (proxy, browser) = (Proxy::new(), Browser::default());
    proxy.sign_in(&browser, Vec::new());
    let session = browser.value(OWN, "proxy_session");
    browser.plant(APP, "proxy_session", &session);
    browser.plant(APP, "__Host-proxy_session_app", &session);
    for path in ["oauth2/auth", "oauth2/userinfo"] {
        let told = proxy.get(&browser, &format!("https://{APP}/{path}"));
        assert_eq!(told.status, 401, "{path}");
    }
}

#[test]
fn two_different_cookies_count_as_none() {
    let (proxy, browser) = (Proxy::new(), Browser::default());
    proxy.sign_in(&browser, Vec::new());
    proxy.open(&browser, APP);
    let own = browser.cookies_for(APP);
    let planted = format!("__Host-proxy_session_app=1.abcdef.{}", "A".repeat(43));
    let two = format!("{own}; {planted}");
    let address = format!("https://{APP}/oauth2/auth");
    let nobody = Browser::default();
    let told = proxy.ask(&nobody, Method::GET, &address, &[("cookie", &two)]);
    assert_eq!(told.status, 401);
}

/// A way to end a sign-in.
type End<'a> = &'a dyn Fn(&Proxy, &Browser);

#[test]
fn it_ends_with_the_sign_in() {
    let end: [(&str, End<'_>); 3] = [
        ("sign-out", &|proxy, browser| {
            let own = [("origin", "https://auth.example.com")];
            let logout = format!("https://{OWN}/logout");
            proxy.ask(browser, Method::POST, &logout, &own);
        }),
        ("idle", &|proxy, _| proxy.world.pass(1800)),
        ("absolute", &|proxy, browser| {
            for _ in 0..32 {
                proxy.world.pass(900);
                proxy.check(browser, APP);
            }
        }),
    ];
    for (why, end) in end {
        let (proxy, browser) = (Proxy::new(), Browser::default());
        proxy.sign_in(&browser, Vec::new());
        proxy.open(&browser, APP);
        proxy.world.pass(1799);
        assert_eq!(proxy.check(&browser, APP).status, 202, "{why}");
        end(&proxy, &browser);
        assert_eq!(proxy.check(&browser, APP).status, 401, "{why}");
    }
}

#[test]
fn a_store_that_is_away_signs_nobody_out() {
    let (proxy, browser) = (Proxy::new(), Browser::default());
    proxy.sign_in(&browser, Vec::new());
    proxy.open(&browser, APP);
    proxy.world.store_is_down.set(true);
    let told = proxy.check(&browser, APP);
    assert_eq!((told.status, told.set_cookies().len()), (503, 0));
    proxy.world.store_is_down.set(false);
    assert_eq!(proxy.check(&browser, APP).status, 202);
}

#[test]
fn userinfo_is_oauth2_proxys_document() {
    let (proxy, browser) = (Proxy::new(), Browser::default());
    proxy.sign_in(&browser, vec![GROUP.to_owned()]);
    proxy.open(&browser, APP);
    let told = proxy.get(&browser, "https://app.example.com/oauth2/userinfo");
    let document: serde_json::Value = serde_json::from_str(&told.body).unwrap();
    let expected = serde_json::json!({
        "user": alice().oid,
        "email": "alice@contoso.example",
        "groups": [GROUP],
        "preferredUsername": "alice@contoso.example",
    });
    assert_eq!(document, expected);
    assert_eq!(told.header("cache-control"), "no-store");
}

#[test]
fn probes_get_oauth2_proxys_words() {
    let (proxy, browser) = (Proxy::new(), Browser::default());
    for path in ["ping", "ready"] {
        let told = proxy.get(&browser, &format!("https://{APP}/{path}"));
        assert_eq!((told.status, told.body.as_str()), (200, "OK"), "{path}");
    }
    proxy.world.store_is_down.set(true);
    let status = |path: &str| proxy.get(&browser, &format!("https://{APP}/{path}")).status;
    assert_eq!((status("ping"), status("ready")), (200, 503));
}
