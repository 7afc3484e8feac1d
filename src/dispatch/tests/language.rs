//! In which language pages are, and how it is chosen.

use http::{HeaderMap, Method, header};

use super::pages::{BROWSER, Proxy, header, text};
use crate::dispatch::respond;
use crate::platform::double::run;
use crate::request::Request;

#[test]
fn the_language_is_the_chosen_one_or_else_the_browsers() {
    let proxy = Proxy::new();
    let title = |accepted: &str, cookie: &str| {
        let headers = [
            ("accept", BROWSER),
            ("accept-language", accepted),
            ("cookie", cookie),
        ];
        let page = text(&proxy.ask("not-found", Method::GET, "/x", &headers));
        let (_, rest) = page.split_once("<h1>").unwrap();
        rest.split('<').next().unwrap().to_owned()
    };
    assert_eq!(title("fr", ""), "Not found");
    assert_eq!(title("de-AT, en;q=0.5", ""), "Nicht gefunden");
    assert_eq!(title("de", "proxy_language=en"), "Not found");
    assert_eq!(title("en", "a=b; proxy_language=de"), "Nicht gefunden");
    assert_eq!(title("de", "proxy_language=x"), "Nicht gefunden");
}

/// What Entra sent is for nobody else, and a callback that is asked again is none.
#[test]
fn a_choice_of_language_leads_back_to_no_callback() {
    for (function, path) in [
        ("callback", "/callback"),
        ("app-callback", "/oauth2/callback"),
    ] {
        let proxy = Proxy::new();
        let uri = format!("https://aks.example.com{path}");
        let uri = ("redirect_uri".to_owned(), uri);
        proxy.world.variables.borrow_mut().extend([uri]);
        let target = format!("{path}?code=secret-code&state=x");
        let headers = [("accept", BROWSER)];
        let request = Request {
            method: Method::GET,
            target: target.clone(),
            authority: "aks.example.com".to_owned(),
            headers: HeaderMap::from_iter(headers.map(|(name, value)| {
                let name: header::HeaderName = name.parse().unwrap();
                (name, value.parse().unwrap())
            })),
        };
        let variables = [("function".to_owned(), function.to_owned())];
        proxy.world.variables.borrow_mut().extend(variables);
        let answer = run(respond(&proxy.world, request)).unwrap();
        let page = String::from_utf8(answer.into_body()).unwrap();
        assert!(page.contains("/language?to=de"), "{page}");
        assert!(!page.contains("secret-code"), "{page}");
    }
}

#[test]
fn a_choice_of_language_is_kept_in_a_cookie_of_its_own() {
    let proxy = Proxy::new();
    let choose = |query: &str, origin: &str| {
        let target = format!("/language?{query}");
        proxy.ask("language", Method::POST, &target, &[("origin", origin)])
    };
    let here = "https://aks.example.com";
    let chosen = choose("to=de&rd=%2Fwhoami", here);
    assert_eq!(
        (chosen.status().as_u16(), header(&chosen, "location")),
        (303, "/whoami")
    );
    let cookie = "proxy_language=de; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=31536000";
    assert_eq!(header(&chosen, "set-cookie"), cookie);
    assert_eq!(header(&choose("to=en", here), "location"), "/");
    for (query, origin, status) in [
        ("to=de", "https://evil.example", 403),
        ("to=fr", here, 400),
        ("", here, 400),
        ("to=de&to=en", here, 400),
        ("to=de&rd=https://evil.example", here, 400),
        ("to=de&rd=//evil.example", here, 400),
    ] {
        let refused = choose(query, origin);
        assert_eq!(refused.status(), status, "{query} {origin}");
        assert_eq!(header(&refused, "set-cookie"), "", "{query} {origin}");
    }
    assert!(!proxy.world.body_was_read.get());
    assert_eq!((proxy.world.reads.get(), proxy.world.writes.get()), (0, 0));
}
