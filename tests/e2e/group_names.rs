//! The names of groups on `/whoami`, from Graph.

use std::time::{Duration, Instant};

use e2e::{Browser, Builder, Stack};
use serde_json::json;

/// A stack whose operator wants the names, with a clock that the test moves.
fn stack() -> Stack {
    let builder = Builder::default().clock();
    builder.setting("SHOW_GROUP_NAMES", "true").start()
}

fn whoami(browser: &mut Browser) -> String {
    let page = browser.get("/whoami");
    assert_eq!(page.status, 200, "{page:?}");
    page.body
}

#[test]
fn an_administrator_grants_the_permission_and_the_names_are_there() {
    let stack = stack();
    let mut erin = stack.signed_in("erin").html();
    let page = whoami(&mut erin);
    assert!(page.contains("GroupMember.Read.All"), "{page}");
    assert!(page.contains("erin@contoso.example"), "{page}");
    let line = stack.proxy.line("group_names");
    assert!(
        line.contains("\"refused\"") && line.contains("65001"),
        "{line}"
    );
    assert_eq!(stack.count("graph"), 0);

    stack.control("group-names", &json!({ "granted": true }));
    stack.at(301);
    let page = whoami(&mut erin);
    for expected in ["<bdi>Group 1</bdi>", "and 230 more"] {
        assert!(page.contains(expected), "{expected}: {page}");
    }
    whoami(&mut erin);
    assert_eq!(stack.count("graph"), 1, "one question, and it is kept");
    let mut program = erin.afresh();
    program.headers.clear();
    stack.at(700);
    assert!(!whoami(&mut program).contains("Group 1"));
    assert_eq!(stack.count("graph"), 1, "a program's answer has none");
}

#[test]
fn the_page_comes_soon_whatever_graph_does() {
    let stack = stack();
    let mut alice = stack.signed_in("alice").html();
    for (number, kind) in ["close", "endless", "delay"].into_iter().enumerate() {
        stack.control("group-names", &json!({ "granted": true }));
        let fault = json!({ "at": "graph", "kind": kind, "delay_ms": 20_000, "times": 0 });
        stack.control("faults", &fault);
        stack.at(100 * i64::try_from(number).unwrap());
        let begun = Instant::now();
        let page = whoami(&mut alice);
        assert!(begun.elapsed() < Duration::from_secs(8), "{kind}");
        for expected in [
            "Microsoft Graph, which knows the names",
            "alice@contoso.example",
        ] {
            assert!(page.contains(expected), "{kind}: {expected}: {page}");
        }
        stack.reset();
    }
}
