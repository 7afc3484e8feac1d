//! The client's part of an app's answer, however hostile that is.

use super::*;

/// The head that a client gets of an answer with these headers.
fn led_back(fields: Value, headers: &'static [(&'static str, &'static str)]) -> HeaderMap {
    let proxy = Proxy::new(fields);
    proxy.world.serves(move |_| answer(200, headers));
    assert!(proxy.get("/app/page", &[]).is_carried());
    proxy.begun().headers().clone()
}

fn all(headers: &HeaderMap, name: &str) -> Vec<String> {
    let values = headers.get_all(name).iter();
    values
        .map(|value| value.to_str().unwrap().to_owned())
        .collect()
}

#[test]
fn an_app_sets_its_own_cookies_and_none_of_ours() {
    let headers = led_back(
        json!({}),
        &[
            ("set-cookie", "theirs=1; Path=/"),
            (
                "set-cookie",
                "__Host-proxy_session_app=stolen; Secure; Path=/",
            ),
            (
                "set-cookie",
                "__Secure-proxy_session_app=x; Domain=example.com",
            ),
            ("set-cookie", "proxy_session=x; Domain=example.com"),
            ("set-cookie", "__Host-proxy_session_start_abcdefgh=x"),
            ("set-cookie", "proxy_language=xx"),
            ("set-cookie", "=proxy_session=x"),
            ("set-cookie", "proxy_sessions=2"),
            ("strict-transport-security", "max-age=1"),
            ("alt-svc", "h3=\":443\""),
            ("x-own", "1"),
        ],
    );
    assert_eq!(
        all(&headers, "set-cookie"),
        ["theirs=1; Path=/", "proxy_sessions=2"]
    );
    assert_eq!(all(&headers, "x-own"), ["1"]);
    assert_eq!(all(&headers, "strict-transport-security"), ["max-age=1"]);
    assert!(!headers.contains_key("alt-svc"));
}

#[test]
fn a_redirect_of_an_app_to_itself_leads_to_where_its_client_reaches_it() {
    let location = |fields: Value, address: &'static str| {
        let proxy = Proxy::new(fields);
        proxy
            .world
            .serves(move |_| answer(302, &[("location", address)]));
        assert!(proxy.get("/app/page", &[]).is_carried());
        all(proxy.begun().headers(), "location").remove(0)
    };
    let stripped = || json!({ "path": "/app", "rewrite": "/" });
    assert_eq!(location(json!({}), "http://podinfo.svc:9898/x?y"), "/x?y");
    assert_eq!(location(json!({}), "/x"), "/x");
    assert_eq!(location(stripped(), "http://podinfo.svc:9898/x"), "/app/x");
    assert_eq!(location(stripped(), "/x"), "/app/x");
    assert_eq!(location(stripped(), "/app/x"), "/app/x");
    for elsewhere in [
        "https://elsewhere.example/",
        "//evil.example",
        "x",
        "http://podinfo.svc:9898//e",
    ] {
        assert_eq!(location(json!({}), elsewhere), elsewhere);
    }
}

#[test]
fn status_and_body_are_the_apps() {
    let proxy = Proxy::new(json!({}));
    for status in [200, 204, 206, 304, 401, 403, 404, 500, 503] {
        proxy
            .world
            .serves(move |_| answer(status, &[("content-range", "bytes 0-9/10")]));
        assert!(proxy.get("/", &[("range", "bytes=0-9")]).is_carried());
        assert_eq!(proxy.begun().status(), status);
        assert_eq!(proxy.line()["status"], status);
    }
    assert_eq!(proxy.count(), 9, "a 401 of the app is asked about once");
}

#[test]
fn an_app_that_is_away_slow_or_speaks_no_http_is_told_in_words() {
    let cases = [
        (
            Some(HttpError::Unreachable("refused".to_owned())),
            503,
            "app-unreachable",
        ),
        (
            Some(HttpError::Failed("no HTTP".to_owned())),
            503,
            "app-unreachable",
        ),
        (Some(HttpError::Denied), 503, "app-unreachable"),
        (Some(HttpError::TimedOut), 504, "app-silent"),
        // A switch to another protocol that nobody asked for.
        (None, 503, "app-unreachable"),
    ];
    for (error, status, kind) in cases {
        let proxy = Proxy::new(json!({}));
        proxy.world.serves(move |_| match &error {
            Some(error) => Err(error.clone()),
            None => answer(101, &[]),
        });
        let told = proxy.get("/", &[]);
        assert_eq!(told.problem(), problem(status, kind));
        let body = String::from_utf8(told.0.unwrap().into_body()).unwrap();
        assert!(!body.contains("podinfo.svc"), "{body}");
        assert_eq!(proxy.line()["event"], "fault");
    }
}

/// Pages never contain the rewritten address: it does not exist at the app's host.
#[test]
fn a_page_about_an_app_leads_to_its_own_address_again_or_to_our_first_page() {
    let away = HttpError::Unreachable("refused".to_owned());
    for (error, way) in [
        (away, "href=\"/page?a=b\""),
        (HttpError::TimedOut, "href=\"https://auth.example.com/\">To"),
    ] {
        let proxy = Proxy::new(json!({}));
        proxy.world.serves(move |_| Err(error.clone()));
        let told = proxy.get("/page?a=b", &NAVIGATION).0.unwrap();
        let page = String::from_utf8(told.into_body()).unwrap();
        assert!(page.contains(way), "{page}");
        assert!(!page.contains("/-/apps"), "{page}");
    }
}

#[test]
fn an_app_has_its_own_time_limit() {
    for (seconds, expected) in [
        (json!(20), problem(504, "app-silent")),
        (json!(0), problem(0, "")),
    ] {
        let proxy = Proxy::new(json!({ "response_timeout_seconds": seconds }));
        proxy.world.silent.set(3);
        assert_eq!(proxy.get("/", &[]).problem(), expected, "{seconds}");
    }
}

#[test]
fn a_body_goes_on_as_it_comes_up_to_a_limit() {
    let proxy = Proxy::new(json!({ "max_body_bytes": 200_000 }));
    let cookie = proxy.sign_in();
    let post = |length: &str| {
        let headers = [("cookie", cookie.as_str()), ("content-length", length)];
        proxy.ask(Method::POST, "/upload", &headers)
    };
    *proxy.world.body.borrow_mut() = Some(b"a=b".to_vec());
    assert!(post("3").is_carried());
    assert_eq!(*proxy.relayed().body(), Payload::Whole(b"a=b".to_vec()));
    assert!(post("200000").is_carried());
    assert_eq!(*proxy.relayed().body(), Payload::Client { limit: 200_000 });
    assert_eq!(proxy.relayed().headers()["content-length"], "200000");
    assert_eq!(post("200001").problem(), problem(413, "body-too-large"));
}
