//! Lasting requests to apps: places, looks, and their ends.

use super::native::{Native, header, ticket, told};
use super::*;
use crate::routes::oauth2::tests::access_tokens;
use crate::routes::oauth2::tests::entra::{Entra, signed};
use crate::session::end;
use crate::session::streams::{Holder, take};

#[test]
fn what_lasts_ends_with_the_sign_in() {
    let native = Native::new(json!({}));
    let (socket, plain) = (native.websocket(&[]), native.plain(&[]));
    for _ in 0..3 {
        native.proxy.world.pass(5);
        assert_eq!(native.look(ticket(&socket), "answered")["go_on"], true);
        assert_eq!(native.look(ticket(&plain), "answered")["go_on"], true);
    }
    native.sign_out();
    for told in [&socket, &plain] {
        let ended = native.look(ticket(told), "answered");
        assert_eq!(ended, json!({ "go_on": false, "outcome": "session_ended" }));
    }
    let waiting = native.look(ticket(&plain), "waiting");
    assert_eq!(told(&waiting), problem(401, "no-app-session"));
    let body = waiting["answer"]["body"].as_str().unwrap();
    assert!(body.contains("rd=%2Fpage"), "{body}");
}

#[test]
fn what_everybody_may_ask_for_costs_the_store_nothing() {
    let native = Native::new(json!({ "public": ["/ws", "/page"] }));
    let nobody = [("cookie", "")];
    let before = (
        native.proxy.world.reads.get(),
        native.proxy.world.writes.get(),
    );
    let socket = native.websocket(&nobody);
    let plain = native.open(true, APP, "/page", &[]);
    for told in [&socket, &plain] {
        for stage in ["sending", "waiting", "answered"] {
            assert_eq!(
                native.look(ticket(told), stage),
                json!({ "go_on": true }),
                "{stage}"
            );
        }
    }
    let after = (
        native.proxy.world.reads.get(),
        native.proxy.world.writes.get(),
    );
    assert_eq!(before, after);
}

/// Places are counted per user over all apps, and apart from those at the API server.
#[test]
fn a_person_has_so_many_requests_that_last() {
    let native = Native::with(json!({}), &[("upstreams_max_streams", "1")]);
    let socket = native.websocket(&[]);
    let full = problem(429, "app-too-many-streams");
    assert_eq!(told(&native.websocket(&[])), full);
    let upload = [("content-length", "100000")];
    assert_eq!(told(&native.plain(&upload)), full);
    let plain = native.plain(&[]);
    assert_eq!(native.look(ticket(&plain), "sending")["go_on"], false);
    assert_eq!(told(&native.look(ticket(&plain), "waiting")), full);
    let ended = native.look(ticket(&plain), "answered");
    assert_eq!(ended["outcome"], "too_many_streams");
    let records = native.proxy.records();
    let kubernetes = Holder::person(&alice());
    assert!(
        run(take(&records, &kubernetes, "", 1))
            .ok()
            .unwrap()
            .is_some()
    );
    native.says(&json!({ "closed": {
        "ticket": ticket(&socket), "status": 101, "sent": 5, "received": 7, "milliseconds": 9,
    }}));
    let line = native.proxy.line();
    for (name, value) in [
        ("status", 101),
        ("sent", 5),
        ("received", 7),
        ("milliseconds", 9),
    ] {
        assert_eq!(line[name], value, "{line}");
    }
    assert_eq!(
        (&line["event"], &line["outcome"]),
        (&json!("app"), &json!("ok"))
    );
    let upload = native.plain(&upload);
    assert_eq!(upload["connect"]["plain"]["holds_place"], true);
    assert_eq!(told(&native.websocket(&[])), full);
}

/// A ticket of one kind is never valid for the other.
#[test]
fn a_ticket_is_of_one_kind() {
    let native = Native::new(json!({}));
    let socket = native.websocket(&[]);
    let text = ticket(&socket).as_str().unwrap();
    let bare = json!(text.strip_prefix("app.").unwrap());
    let nothing = json!({ "go_on": false });
    assert_eq!(native.look(&bare, "answered"), nothing);
    assert_eq!(
        native.look(&json!(format!("app.{text}")), "answered"),
        nothing
    );
    assert_eq!(native.look(&json!("app."), "answered"), nothing);
    assert_eq!(native.look(ticket(&socket), "answered")["go_on"], true);
}

#[test]
fn many_are_looked_at_together_whatever_they_are_for() {
    let native = Native::new(json!({}));
    let (one, other) = (native.websocket(&[]), native.plain(&[]));
    let ask = |ticket: &Value| json!({ "ticket": ticket });
    let unknown = json!("AAAA");
    let asks = [
        ask(&unknown),
        ask(ticket(&one)),
        ask(&unknown),
        ask(ticket(&other)),
    ];
    let (go_on, stop) = (true, false);
    let looked = |asks: &[Value]| -> Vec<bool> {
        let told = native.says(&json!({ "look_all": asks }));
        let told = told.as_array().unwrap().clone();
        told.iter()
            .map(|told| told["go_on"].as_bool().unwrap())
            .collect()
    };
    assert_eq!(looked(&asks), [stop, go_on, stop, go_on]);
    // Once they have their places, a look at all of one sign-in costs as much as at one.
    let reads = |asks: &[Value]| {
        let before = native.proxy.world.reads.get();
        looked(asks);
        native.proxy.world.reads.get() - before
    };
    let socket = ask(ticket(&one));
    let (once, often) = (
        reads(std::slice::from_ref(&socket)),
        reads(&vec![socket.clone(); 5]),
    );
    assert_eq!(once, often);
    native.proxy.world.store_is_down.set(true);
    let away = native.says(&json!({ "look_all": [ask(ticket(&one)), ask(ticket(&other))] }));
    assert_eq!(away, json!([null, null]));
}

#[test]
fn what_was_opened_with_an_access_token_ends_with_it() {
    let native = Native::with(json!({}), &[access_tokens::ON]);
    let world = &native.proxy.world;
    let _entra = Entra::of(world);
    let token = signed(&access_tokens::header(), &access_tokens::claims(world));
    let bearer = format!("Bearer {token}");
    let none = ["cookie", "origin", "sec-fetch-mode"].map(|name| (name, ""));
    let brings = [&none[..], &[("authorization", &bearer)]].concat();
    let opened = native.websocket(&brings);
    assert!(header(&opened["connect"]["headers"], "authorization").is_empty());
    assert_eq!(native.look(ticket(&opened), "answered")["go_on"], true);
    // Its client waits for an answer, and gets the reason.
    let waits = native.open(true, APP, "/", &[("authorization", &bearer)]);
    // 600 seconds and the clock tolerance are over.
    world.pass(700);
    assert_eq!(native.look(ticket(&opened), "answered")["go_on"], false);
    let ended = native.look(ticket(&waits), "waiting");
    assert_eq!(told(&ended), (401, "bearer-refused".to_owned()));
}

/// A full sign-out ends the user's WebSockets too.
#[test]
fn a_sign_out_elsewhere_ends_what_lasts() {
    let native = Native::new(json!({}));
    let socket = native.websocket(&[]);
    let records = native.proxy.records();
    let name = native.cookie.split_once('=').unwrap().1;
    let handle = crate::session::Handle::<AppRecord>::parse(name).unwrap();
    let app = run(crate::session::find(&records, handle))
        .ok()
        .unwrap()
        .unwrap();
    run(end(&records, &app.holder())).ok().unwrap();
    let looked = native.look(ticket(&socket), "answered");
    assert_eq!(looked["outcome"], "session_ended");
    // Whoever has carried it says so at its end.
    native.says(&json!({ "closed": {
        "ticket": ticket(&socket), "status": 101, "sent": 1, "received": 1, "milliseconds": 1,
        "outcome": looked["outcome"],
    }}));
    assert_eq!(native.proxy.line()["outcome"], "session_ended");
}
