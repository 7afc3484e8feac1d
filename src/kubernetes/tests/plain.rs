//! Plain requests that native code carries: their places, and what it is told of them.

use super::*;
use crate::session::streams::{Holder, take};

const PODS: &str = "/k8s/api/v1/namespaces/demo/pods";
const WATCH: &str = "/k8s/api/v1/namespaces/demo/pods?watch=1";

/// A proxy on which everybody has one place.
fn one_place() -> Proxy {
    Proxy::with(&[
        ("kubernetes_max_streams", "1"),
        ("kubernetes_token_passthrough", "true"),
    ])
}

/// The verdict on `GET target` with this token.
fn open(proxy: &Proxy, target: &str, token: &str) -> Value {
    let authorization = format!("Bearer {token}");
    proxy.tunnel(&json!({ "open": {
        "method": "GET", "target": target, "headers": [["authorization", authorization]],
        "plain": true,
    } }))
}

/// What a look after 30 seconds says.
fn look(proxy: &Proxy, ticket: &Value, stage: &Value) -> Value {
    proxy.world.pass(30);
    proxy.tunnel(&json!({ "look": { "ticket": ticket, "stage": stage } }))
}

fn close(proxy: &Proxy, ticket: &Value) {
    proxy.tunnel(&json!({ "closed": {
        "ticket": ticket, "status": 200, "sent": 0, "received": 5, "milliseconds": 9,
        "outcome": "ok",
    } }));
}

fn is_free(proxy: &Proxy) -> bool {
    let place = proxy.take_place(1);
    let is_free = place.is_some();
    if let Some(place) = place {
        run(place.release(&proxy.records())).ok().unwrap();
    }
    is_free
}

#[test]
fn the_place_of_what_lasts_is_free_when_its_end_is_told() {
    let proxy = one_place();
    let told = open(&proxy, WATCH, &proxy.bearer);
    let connect = &told["connect"];
    assert_eq!(connect["plain"]["holds_place"], true);
    for _ in 0..5 {
        let looked = look(&proxy, &connect["ticket"], &json!({ "events": "json" }));
        // An older ticket does too.
        assert_eq!(looked["go_on"], true);
        assert!(!is_free(&proxy));
    }
    close(&proxy, &connect["ticket"]);
    assert!(is_free(&proxy));
    // The carrier has the line.
    assert!(proxy.world.lines.borrow().is_empty());
}

#[test]
fn what_turns_out_to_last_takes_one_place_and_keeps_it() {
    for stage in ["sending", "waiting", "answered", "refused"] {
        let proxy = one_place();
        let told = open(&proxy, PODS, &proxy.bearer);
        let connect = &told["connect"];
        assert_eq!(connect["is_known"], true);
        assert_eq!(connect["plain"]["holds_place"], false);
        assert!(is_free(&proxy));
        let looked = look(&proxy, &connect["ticket"], &json!(stage));
        assert_eq!(looked["go_on"], true, "{stage}");
        let mut ticket = looked["ticket"].clone();
        for _ in 0..3 {
            assert!(!is_free(&proxy), "{stage}");
            let again = look(&proxy, &ticket, &json!("answered"));
            assert_eq!(again["go_on"], true, "{stage}");
            if let Some(other) = again.get("ticket") {
                ticket = other.clone();
            }
        }
        close(&proxy, &ticket);
        assert!(is_free(&proxy), "{stage}");
    }
}

/// It may be a stranger's, and made up. The API server has not said that it knows it before it answers, nor by a
/// 401, whoever reads that slowly.
#[test]
fn a_token_of_ones_own_leaves_nothing_in_the_store_before_it_is_accepted() {
    let proxy = one_place();
    let token = jwt(7);
    let before = proxy.world.writes.get();
    let told = open(&proxy, WATCH, &token);
    let connect = &told["connect"];
    assert_eq!(connect["asks_again"], json!([]));
    assert_eq!(connect["is_known"], false);
    for stage in ["sending", "waiting", "refused"] {
        let looked = look(&proxy, &connect["ticket"], &json!(stage));
        assert_eq!(looked, json!({ "go_on": true }), "{stage}");
    }
    assert_eq!(proxy.world.writes.get(), before);
    let looked = look(&proxy, &connect["ticket"], &json!("answered"));
    let ticket = looked["ticket"].clone();
    assert!(ticket.is_string(), "{looked}");
    assert_eq!(look(&proxy, &ticket, &json!("answered"))["go_on"], true);
    let holder = Holder::of_token(&Secret::new(token));
    let records = proxy.records();
    assert!(run(take(&records, &holder, "", 1)).ok().unwrap().is_none());
    close(&proxy, &ticket);
    assert!(run(take(&records, &holder, "", 1)).ok().unwrap().is_some());
}

#[test]
fn what_has_no_answer_frees_its_place() {
    let proxy = one_place();
    let told = open(&proxy, WATCH, &proxy.bearer);
    let ticket = &told["connect"]["ticket"];
    let told = proxy.tunnel(&json!({ "failed": { "ticket": ticket, "fault": "silent" } }));
    assert_eq!(told["answer"]["status"], 504);
    assert!(is_free(&proxy));
    let line = proxy.audit();
    assert_eq!(
        (&line["outcome"], &line["verb"]),
        (&json!("api-server-silent"), &json!("watch"))
    );
}

/// Until it has an answer, a client gets ours. From then on only the log says why it has no more.
#[test]
fn who_has_signed_out_is_told_as_long_as_there_is_no_answer() {
    for (stage, is_answered) in [
        (json!("sending"), false),
        (json!("waiting"), false),
        (json!("answered"), true),
        (json!({ "events": "protobuf" }), true),
    ] {
        let proxy = one_place();
        let told = open(&proxy, PODS, &proxy.bearer);
        proxy.sign_out();
        let looked = look(&proxy, &told["connect"]["ticket"], &stage);
        assert_eq!(looked["go_on"], false, "{stage}");
        assert_eq!(looked["answer"].is_object(), !is_answered, "{stage}");
        assert_eq!(looked["outcome"].is_string(), is_answered, "{stage}");
        assert_eq!(looked["last"].is_string(), stage.is_object(), "{stage}");
        assert_eq!(
            proxy.world.lines.borrow().is_empty(),
            is_answered,
            "{stage}"
        );
    }
}

#[test]
fn a_ticket_that_we_have_not_sealed_opens_nothing() {
    let proxy = one_place();
    let forged = json!("AAAA");
    assert_eq!(
        look(&proxy, &forged, &json!("waiting")),
        json!({ "go_on": false })
    );
    let failed = json!({ "failed": { "ticket": forged, "fault": { "unreachable": "no" } } });
    assert_eq!(proxy.tunnel(&failed)["answer"]["status"], 503);
    let lines = proxy.world.lines.borrow().len();
    close(&proxy, &forged);
    assert_eq!(proxy.world.lines.borrow().len(), lines);
}

/// So does what carries upgrades, with a token of one's own: each look had taken another place.
#[test]
fn an_upgrade_with_a_token_of_ones_own_has_one_place() {
    let proxy = one_place();
    let authorization = format!("Bearer {}", jwt(7));
    let told = proxy.tunnel(&json!({ "open": {
        "method": "GET", "target": "/k8s/api/v1/namespaces/demo/pods/p/exec",
        "headers": [["authorization", authorization]], "client": "192.0.2.1:4711",
    } }));
    let mut ticket = told["connect"]["ticket"].clone();
    for _ in 0..5 {
        let looked = look(&proxy, &ticket, &json!("answered"));
        assert_eq!(looked["go_on"], true);
        if looked["ticket"].is_string() {
            ticket = looked["ticket"].clone();
        }
    }
    close(&proxy, &ticket);
    assert_eq!(proxy.audit()["received"], 5);
}
