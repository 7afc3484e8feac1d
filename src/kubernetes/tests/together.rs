//! Many requests that a native carrier looks at in one question.

use super::*;

const WATCH: &str = "/k8s/api/v1/namespaces/demo/pods?watch=1";
const MANY: usize = 100;

/// The question about so `many` watches that were opened with `token`.
fn opened(proxy: &Proxy, token: &str, many: usize) -> Value {
    let authorization = format!("Bearer {token}");
    let open = json!({ "open": {
        "method": "GET", "target": WATCH, "headers": [["authorization", authorization]],
        "plain": true,
    } });
    let tickets = (0..many).map(|_| proxy.tunnel(&open)["connect"]["ticket"].clone());
    let asks = tickets.map(|ticket| json!({ "ticket": ticket, "stage": "answered" }));
    json!({ "look_all": asks.collect::<Vec<_>>() })
}

/// What is told five seconds later, and how often the store is read and written for it.
fn look(proxy: &Proxy, asked: &Value) -> (Value, usize, usize) {
    let world = &proxy.world;
    world.pass(5);
    let before = (world.reads.get(), world.writes.get());
    let told = proxy.tunnel(asked);
    let (reads, writes) = (world.reads.get(), world.writes.get());
    (told, reads - before.0, writes - before.1)
}

fn go_on(many: usize) -> Value {
    Value::from(vec![json!({ "go_on": true }); many])
}

#[test]
fn a_hundred_of_one_person_cost_what_one_costs_and_a_note_for_all_of_them() {
    let proxy = Proxy::new();
    let asked = opened(&proxy, &proxy.bearer, MANY);
    assert!(proxy.take_place(100).is_none());
    let of_one = 4;
    for _ in 0..4 {
        assert_eq!(look(&proxy, &asked), (go_on(MANY), of_one, 0));
    }
    // The first time it is also noted when the note may go. No ticket changes.
    assert_eq!(look(&proxy, &asked), (go_on(MANY), of_one + 1, 3));
    for _ in 0..4 {
        assert_eq!(look(&proxy, &asked), (go_on(MANY), of_one + 1, 0));
    }
    assert_eq!(look(&proxy, &asked), (go_on(MANY), of_one + 1, 1));
    assert!(proxy.take_place(100).is_none());
    let ticket = &asked["look_all"][7]["ticket"];
    proxy.tunnel(&json!({ "closed": {
        "ticket": ticket, "status": 200, "sent": 0, "received": 5, "milliseconds": 9,
    } }));
    assert!(proxy.take_place(100).is_some());
    assert!(proxy.take_place(100).is_none());
}

/// Nothing is known of those whose place cannot be noted. Their carrier asks again.
#[test]
fn where_no_place_can_be_noted_nobody_can_say_whether_they_go_on() {
    let proxy = Proxy::with(&[("kubernetes_token_passthrough", "true")]);
    let mut asked = opened(&proxy, &jwt(7), 3);
    let (told, _, writes) = look(&proxy, &asked);
    assert!(writes >= 3, "{writes}");
    for number in 0..3 {
        asked["look_all"][number]["ticket"] = told[number]["ticket"].clone();
    }
    proxy.world.store_is_down.set(true);
    for _ in 0..4 {
        assert_eq!(look(&proxy, &asked).0, go_on(3), "nothing is due");
    }
    assert_eq!(look(&proxy, &asked).0, json!([null, null, null]));
    proxy.world.store_is_down.set(false);
    assert_eq!(look(&proxy, &asked).0, go_on(3));
}
