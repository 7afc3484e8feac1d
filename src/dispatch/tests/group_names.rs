//! The names of the user's groups on `/whoami`, from Microsoft Graph.

use http::{Request, Response};
use serde_json::{Value, json};

use super::pages::{BROWSER, Proxy, text};
use crate::platform::{Clock, HttpError};

/// What Graph and Entra answer: status and body.
#[derive(Clone)]
struct Others {
    entra: (u16, Value),
    graph: (u16, Value),
}

impl Others {
    fn with_groups(groups: &Value) -> Self {
        Self {
            entra: (
                200,
                json!({ "access_token": "for-graph", "expires_in": 60 }),
            ),
            graph: (200, json!({ "value": groups })),
        }
    }
}

/// A proxy whose operator wants the names.
fn proxy(others: Others) -> Proxy {
    let proxy = Proxy::signed_in(&json!({ "groups": ["6700d000-0000-4000-8000-000000000001"] }));
    proxy.set("show_group_names", "true");
    proxy.set("graph_url", "https://graph.example");
    proxy.world.answers(move |request| answer(&others, request));
    proxy
}

fn answer(others: &Others, request: &Request<Vec<u8>>) -> Result<Response<Vec<u8>>, HttpError> {
    let (status, body) = match request.uri().host() {
        Some("127.0.0.1") => (200, json!({ "token": "a.b.c", "expires_at": 0 })),
        Some("graph.example") => {
            assert_eq!(request.headers()["authorization"], "Bearer for-graph");
            assert_eq!(request.headers()["consistencylevel"], "eventual");
            others.graph.clone()
        }
        _ => {
            let form = String::from_utf8_lossy(request.body()).into_owned();
            let scope = "scope=https%3A%2F%2Fgraph.example%2FGroupMember.Read.All&";
            assert!(form.contains(scope), "{form}");
            others.entra.clone()
        }
    };
    let answer = Response::builder().status(status);
    answer
        .body(body.to_string().into_bytes())
        .map_err(|error| HttpError::Failed(error.to_string()))
}

fn page(proxy: &Proxy) -> String {
    text(&proxy.get("whoami", "/whoami", BROWSER))
}

fn groups(names: &[&str]) -> Value {
    let groups = names.iter().enumerate();
    let groups = groups.map(|(n, name)| json!({ "id": format!("id-{n}"), "displayName": name }));
    groups.collect()
}

/// How often Graph was asked.
fn asked(proxy: &Proxy) -> usize {
    let called = proxy.world.called.borrow();
    called.iter().filter(|url| url.contains("graph")).count()
}

#[test]
fn groups_have_their_names_in_order() {
    let mut all = groups(&["zebra", "Apes", "bees"]);
    let nameless = json!({ "id": "id-9", "displayName": null });
    all.as_array_mut().unwrap().push(nameless);
    let proxy = proxy(Others::with_groups(&all));
    let page = page(&proxy);
    let (_, card) = page.split_once("<h2>Your groups</h2>").unwrap();
    let places = ["Apes", "bees", "zebra", "id-9"].map(|name| card.find(name));
    assert!(places.is_sorted() && places[0].is_some(), "{card}");
    assert_eq!(asked(&proxy), 1);
}

/// One question a page, however many groups there are, and one in five minutes.
#[test]
fn what_graph_has_said_holds_for_a_while() {
    let names: Vec<String> = (0..25).map(|n| format!("group {n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut others = Others::with_groups(&groups(&names));
    let next = json!("https://graph.example/v1.0/next");
    others.graph.1["@odata.nextLink"] = next;
    let proxy = proxy(others);
    assert!(page(&proxy).contains("and more than 5 more"));
    proxy.world.pass(299);
    assert!(page(&proxy).contains("and more than 5 more"));
    assert_eq!(asked(&proxy), 1);
    proxy.world.pass(2);
    page(&proxy);
    assert_eq!(asked(&proxy), 2);
    for value in proxy.world.store.borrow().values() {
        assert!(
            !String::from_utf8_lossy(value).contains("group 1"),
            "sealed"
        );
    }
}

#[test]
fn the_page_comes_without_names_and_says_which_permission_is_missing() {
    let refusal = json!({
        "error": "invalid_grant", "error_codes": [65001], "suberror": "consent_required",
        "error_description": "AADSTS65001: The user or administrator has not consented",
    });
    let mut others = Others::with_groups(&groups(&[]));
    others.entra = (400, refusal);
    let proxy = proxy(others);
    for _ in 0..2 {
        let page = page(&proxy);
        assert!(
            page.contains("the permission is GroupMember.Read.All"),
            "{page}"
        );
        assert!(page.contains("alice@contoso.example"), "{page}");
    }
    let called = proxy.world.called.borrow();
    assert_eq!(called.len(), 2, "an assertion, and one refusal: {called:?}");
}

/// Whatever Graph does, there is a page, and soon.
#[test]
fn the_page_comes_when_graph_is_away() {
    for graph in [
        (500, json!({})),
        (429, json!({})),
        (403, json!({})),
        (200, json!("nonsense")),
        (
            200,
            json!({ "value": [{ "displayName": "without an id" }] }),
        ),
    ] {
        let mut others = Others::with_groups(&groups(&[]));
        others.graph = graph.clone();
        let proxy = proxy(others);
        let begun = proxy.world.monotonic();
        let shown = page(&proxy);
        assert!(
            shown.contains("Microsoft Graph, which knows the names"),
            "{graph:?}"
        );
        assert!(shown.contains("alice@contoso.example"), "{shown}");
        assert!(proxy.world.monotonic() - begun < std::time::Duration::from_secs(4));
        let before = asked(&proxy);
        page(&proxy);
        assert_eq!(asked(&proxy), before, "not asked again at once");
        proxy.world.pass(61);
        page(&proxy);
        assert!(asked(&proxy) > before, "asked again soon");
    }
}

#[test]
fn nobody_is_asked_unless_the_operator_wants_it() {
    let asks_nobody = |change: &dyn Fn(&Proxy), accept: &str| {
        let proxy = proxy(Others::with_groups(&groups(&["a"])));
        change(&proxy);
        let answer = text(&proxy.get("whoami", "/whoami", accept));
        assert!(
            answer.contains("6700d000-0000-4000-8000-000000000001"),
            "{answer}"
        );
        assert_eq!(proxy.world.called.borrow().len(), 0);
        assert!(!answer.contains("Your groups"), "{answer}");
    };
    asks_nobody(&|proxy| proxy.set("show_group_names", "false"), BROWSER);
    asks_nobody(&|_| {}, "application/json");
}
