//! Access to an app, and the answers to everybody else.

use super::*;
use crate::apps::{Rule, TABLE};
use crate::platform::Progress;
use crate::routes::oauth2::tests::entra::Entra;

/// `GET /` of alice, in the groups 1 and 2, if the upstream has these fields.
fn alice_asks(fields: Value) -> (u16, String) {
    let proxy = Proxy::new(fields);
    let groups = [GROUP, "6700d000-0000-4000-8000-000000000002"].map(str::to_owned);
    let cookie = proxy.sign_in_at(APP, &groups);
    let told = proxy.ask(Method::GET, "/", &[("cookie", &cookie)]);
    assert_eq!(told.is_carried(), proxy.count() == 1);
    told.problem()
}

fn name(rule: Rule) -> &'static str {
    rule.parameter().strip_prefix("allowed_").unwrap()
}

/// The same table as for forward-auth. GHSA-652x-m2gr-hppm: each rule has a test that notices if it is
/// switched off.
#[test]
fn ghsa_652x_m2gr_hppm_each_rule_admits_and_denies() {
    for row in TABLE {
        let rule = name(row.rule);
        let asks = |value: &str| {
            let entries: Vec<&str> = value.split(',').collect();
            alice_asks(json!({ "policy": { rule: entries } }))
        };
        for value in row.admitting {
            assert_eq!(asks(value), problem(0, ""), "{rule} {value}");
        }
        // An empty list is a mistake, not a rule, and an error for the operator.
        for value in row.denying.iter().filter(|value| !value.is_empty()) {
            assert_eq!(asks(value), problem(403, "app-denied"), "{rule} {value}");
        }
        let empty = alice_asks(json!({ "policy": { rule: [] } }));
        assert_eq!(empty, problem(500, "misconfigured"), "{rule}");
    }
}

#[test]
fn of_several_rules_each_must_admit_or_any_may() {
    let policy = |how: &str, role: &str| json!({ "policy": { "match": how, "groups": [GROUP], "roles": [role] } });
    assert_eq!(alice_asks(policy("all", "cluster-user")), problem(0, ""));
    assert_eq!(
        alice_asks(policy("all", "admin")),
        problem(403, "app-denied")
    );
    assert_eq!(alice_asks(policy("any", "admin")), problem(0, ""));
    let nobody = json!({ "policy": { "match": "any", "groups": ["x"], "roles": ["admin"] } });
    assert_eq!(alice_asks(nobody), problem(403, "app-denied"));
    assert_eq!(
        alice_asks(json!({ "policy": { "match": "any" } })),
        problem(0, "")
    );
}

#[test]
fn a_person_is_led_to_sign_in_and_comes_back_to_the_page() {
    let proxy = Proxy::new(json!({}));
    let asks = |method, headers: &[(&str, &str)]| proxy.ask(method, "/page?a=b&c", headers);
    let start = "https://podinfo.example.com/oauth2/start?rd=%2Fpage%3Fa%3Db%26c";
    assert_eq!(asks(Method::GET, &NAVIGATION).location(), start);
    assert_eq!(asks(Method::HEAD, &NAVIGATION).location(), start);
    assert_eq!(
        asks(Method::GET, &[("accept", "text/html")]).location(),
        start
    );
    assert_eq!(proxy.world.reads.get(), 0);
}

/// A program cannot sign in, and a form would lose its input.
#[test]
fn nobody_else_is_redirected() {
    let proxy = Proxy::new(json!({}));
    let with = |more: &[(&'static str, &'static str)]| [&NAVIGATION[..], more].concat();
    for (method, headers) in [
        (Method::GET, vec![]),
        (Method::GET, vec![("accept", "application/json")]),
        (
            Method::GET,
            vec![("accept", "text/html"), ("sec-fetch-mode", "cors")],
        ),
        (Method::GET, with(&[("x-requested-with", "XMLHttpRequest")])),
        (Method::GET, with(&[("content-length", "4")])),
        (Method::GET, with(&[("transfer-encoding", "chunked")])),
        (Method::POST, with(&[])),
        (Method::PUT, with(&[])),
        (Method::OPTIONS, vec![("origin", "https://a.example")]),
    ] {
        let response = proxy.ask(method.clone(), "/page", &headers).0.unwrap();
        assert_eq!(response.status(), 401, "{method} {headers:?}");
        assert!(response.headers().get("location").is_none());
    }
    assert_eq!(proxy.count(), 0);
}

#[test]
fn only_the_app_cookie_of_this_host_counts() {
    let proxy = Proxy::new(json!({}));
    let elsewhere = proxy.sign_in_at(OTHER, &[]);
    let (_, handle) = elsewhere.split_once('=').unwrap();
    let here = proxy.sign_in();
    let (_, own) = here.split_once('=').unwrap();
    for cookie in [
        elsewhere.clone(),
        format!("proxy_session={handle}"),
        format!("proxy_session={own}"),
        format!("proxy_session_app={own}"),
        format!("{here}; {elsewhere}"),
        "__Host-proxy_session_app=x".to_owned(),
    ] {
        let told = proxy.ask(Method::GET, "/", &[("cookie", &cookie)]);
        assert_eq!(told.problem(), problem(401, "no-app-session"), "{cookie}");
    }
    let bearer = format!("Bearer {own}");
    let told = proxy.ask(Method::GET, "/", &[("authorization", &bearer)]);
    assert_eq!(told.problem(), problem(401, "no-app-session"));
}

#[test]
fn what_is_public_needs_nobody_and_tells_of_nobody() {
    let public = json!(["/healthz", "/static/", { "path": "/hook", "methods": ["POST"] }]);
    let proxy = Proxy::new(json!({ "public": public, "policy": { "roles": ["nobody"] } }));
    let cookie = proxy.sign_in();
    for (method, target) in [
        (Method::GET, "/healthz"),
        (Method::HEAD, "/healthz?x=/y"),
        (Method::GET, "/static/"),
        (Method::GET, "/static/a/b.css"),
        (Method::POST, "/hook"),
    ] {
        let headers = [("cookie", cookie.as_str()), ("x-auth-request-user", "root")];
        assert!(proxy.ask(method, target, &headers).is_carried(), "{target}");
        let headers = proxy.relayed().headers().clone();
        assert!(!headers.contains_key("x-auth-request-user"), "{target}");
        assert!(!headers.contains_key("cookie"), "{target}");
    }
    // GHSA-7rh7-c77v-6434: only the path counts, never the query.
    for (method, target) in [
        (Method::POST, "/healthz"),
        (Method::GET, "/healthz/"),
        (Method::GET, "/healthz/x"),
        (Method::GET, "/HEALTHZ"),
        (Method::GET, "/static"),
        (Method::GET, "/statics/x"),
        (Method::GET, "/x?/static/"),
        (Method::GET, "/x%23/static/"),
        (Method::GET, "/hook"),
        (Method::DELETE, "/hook"),
    ] {
        let told = proxy.ask(method, target, &[]).problem();
        assert_eq!(told, problem(401, "no-app-session"), "{target}");
    }
    for target in ["/static/../x", "/static/..%2fx", "/static/%2e%2e/x"] {
        let told = proxy.ask(Method::GET, target, &[]).problem();
        assert_eq!(told, problem(400, "ambiguous-path"), "{target}");
    }
}

#[test]
fn an_app_may_take_some_methods_only() {
    let proxy = Proxy::new(json!({ "methods": ["GET", "POST"] }));
    let cookie = proxy.sign_in();
    let asks = |method| proxy.ask(method, "/", &[("cookie", &cookie)]);
    assert!(asks(Method::GET).is_carried() && asks(Method::POST).is_carried());
    for method in [Method::DELETE, Method::HEAD, Method::TRACE] {
        let told = asks(method);
        assert_eq!(told.problem(), problem(405, "method-not-allowed"));
        assert_eq!(told.0.unwrap().headers()["allow"], "GET, POST");
    }
    let any = Proxy::new(json!({}));
    for method in [Method::TRACE, Method::CONNECT] {
        let told = any.ask(method, "/", &[]);
        assert_eq!(told.problem(), problem(405, "method-not-allowed"));
        let allowed = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
        assert_eq!(told.0.unwrap().headers()["allow"], allowed);
    }
}

/// Frameworks take a method from these headers, whatever that of the request is.
#[test]
fn a_method_that_the_request_names_besides_counts_as_well() {
    let some = Proxy::new(json!({ "methods": ["GET", "POST", "PUT"], "public": ["/open"] }));
    let cookie = some.sign_in();
    let ask = |proxy: &Proxy, target: &str, cookie: &str, name: &str, value: &str| {
        let headers = [("cookie", cookie), (name, value)];
        proxy.ask(Method::POST, target, &headers)
    };
    for name in [
        "X-HTTP-Method-Override",
        "x_http_method_override",
        "X-Method-Override",
        "X-HTTP-Method",
        "X+HTTP+Method",
    ] {
        for value in ["DELETE", "delete", " Delete ", "PUT, DELETE", "TRACE"] {
            let told = ask(&some, "/", &cookie, name, value).problem();
            assert_eq!(told, problem(405, "method-not-allowed"), "{name} {value}");
        }
        for value in ["PUT", "post", "", "?"] {
            assert!(ask(&some, "/", &cookie, name, value).is_carried(), "{name}");
        }
        let headers = [(name, "POST")];
        let told = some.ask(Method::GET, "/open", &headers).problem();
        assert_eq!(told, problem(401, "no-app-session"), "{name}");
    }
    assert!(some.ask(Method::GET, "/open", &[]).is_carried());
    for query in [
        "?_method=delete",
        "?a&%5FMETHOD=DELETE",
        "?X-HTTP-Method-Override=DELETE",
    ] {
        let told = ask(&some, &format!("/{query}"), &cookie, "accept", "*/*");
        assert_eq!(
            told.problem(),
            problem(405, "method-not-allowed"),
            "{query}"
        );
        let told = some.ask(Method::GET, &format!("/open{query}"), &[]);
        assert_eq!(
            told.problem(),
            problem(405, "method-not-allowed"),
            "{query}"
        );
    }
    let told = some.ask(Method::GET, "/open?_method=put", &[]).problem();
    assert_eq!(told, problem(401, "no-app-session"));
    for query in [
        "?_method=card",
        "?_method",
        "?method=DELETE",
        "?x=_method=DELETE",
    ] {
        let told = some.ask(Method::GET, &format!("/open{query}"), &[]);
        assert!(told.is_carried(), "{query}");
    }
    let any = Proxy::new(json!({}));
    let cookie = any.sign_in();
    let name = "x-http-method-override";
    assert!(ask(&any, "/", &cookie, name, "DELETE").is_carried());
    let told = ask(&any, "/", &cookie, name, "TRACE").problem();
    assert_eq!(told, problem(405, "method-not-allowed"));
}

#[test]
fn a_websocket_is_refused_in_words() {
    let proxy = Proxy::new(json!({}));
    let told = proxy.get(
        "/ws",
        &[("sec-websocket-key", "x"), ("sec-websocket-version", "13")],
    );
    assert_eq!(told.problem(), problem(501, "app-upgrade"));
}

#[test]
fn who_signs_out_ends_what_is_under_way() {
    let proxy = Proxy::new(json!({}));
    let cookie = proxy.sign_in();
    proxy
        .world
        .progress
        .borrow_mut()
        .extend([Progress::Open, Progress::Open, Progress::Open]);
    let looks = std::cell::Cell::new(0);
    *proxy.world.meanwhile.borrow_mut() = Box::new(move |world| {
        looks.set(looks.get() + 1);
        if looks.get() == 2 {
            world.store.borrow_mut().clear();
        }
    });
    assert!(
        proxy
            .ask(Method::GET, "/events", &[("cookie", &cookie)])
            .is_carried()
    );
    assert_eq!(proxy.line()["outcome"], "session_ended");
}

#[test]
fn each_request_that_is_carried_leaves_a_line() {
    let proxy = Proxy::new(json!({}));
    assert!(proxy.get("/secret?token=x", &[]).is_carried());
    let line = proxy.line();
    assert_eq!(line["event"], "app");
    assert_eq!(line["outcome"], "ok");
    assert_eq!(line["app"], APP);
    assert_eq!(line["method"], "GET");
    assert_eq!(line["status"], 200);
    assert_eq!(line["oid"], alice().oid.as_str());
    assert!(!line.to_string().contains("secret"), "{line}");
    proxy.ask(Method::GET, "/", &[]);
    assert_eq!(
        proxy.line()["event"],
        "app",
        "who is not signed in is no event"
    );
}

/// The rules of admission hold for apps as at `/oauth2/auth`, also when the operator changes them.
#[test]
fn who_is_admitted_no_more_gets_to_no_app() {
    let proxy = Proxy::new(json!({}));
    let cookie = proxy.sign_in();
    let headers = [("cookie", cookie.as_str())];
    assert!(proxy.ask(Method::GET, "/", &headers).is_carried());
    let roles = |role: &str| ("allowed_roles".to_owned(), role.to_owned());
    proxy.world.variables.borrow_mut().extend([roles("admin")]);
    let told = proxy.ask(Method::GET, "/", &headers);
    assert_eq!(told.problem(), problem(403, "not-admitted"));
    // The user is signed out, so another change of the setting does not bring the session back.
    proxy
        .world
        .variables
        .borrow_mut()
        .extend([roles("cluster-user")]);
    let told = proxy.ask(Method::GET, "/", &headers);
    assert_eq!(told.problem(), problem(401, "no-app-session"));
    assert_eq!(proxy.count(), 1);
}

/// Entra is asked for the claims each hour, and the app's rules are checked with them.
#[test]
fn who_has_left_a_group_is_out_within_an_hour() {
    let proxy = Proxy::new(json!({ "policy": { "groups": [GROUP] } }));
    let entra = Entra::of(&proxy.world);
    let cookie = proxy.sign_in();
    let headers = [("cookie", cookie.as_str())];
    assert!(proxy.ask(Method::GET, "/", &headers).is_carried());
    *entra.says.borrow_mut() = json!({ "groups": ["6700d000-0000-4000-8000-000000000009"] });
    for _ in 0..6 {
        assert!(proxy.ask(Method::GET, "/", &headers).is_carried());
        entra.pass(&proxy.world, 600);
    }
    let told = proxy.ask(Method::GET, "/", &headers);
    assert_eq!(told.problem(), problem(403, "app-denied"));
}

/// Old claims do not suffice for a refusal: Entra is asked first.
#[test]
fn who_has_joined_a_group_gets_in_within_an_hour() {
    let proxy = Proxy::new(json!({ "policy": { "groups": [GROUP] } }));
    let entra = Entra::of(&proxy.world);
    let cookie = proxy.sign_in_at(APP, &[]);
    let headers = [("cookie", cookie.as_str())];
    for _ in 0..6 {
        let told = proxy.ask(Method::GET, "/", &headers);
        assert_eq!(told.problem(), problem(403, "app-denied"));
        entra.pass(&proxy.world, 600);
    }
    assert!(proxy.ask(Method::GET, "/", &headers).is_carried());
}
