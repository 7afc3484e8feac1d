//! Many requests that a native carrier looks at in one question.

use super::*;

const WATCH: &str = "/k8s/api/v1/namespaces/demo/pods?watch=1";
const MANY: usize = 100;
/// With what the records of the next release begin.
const NEWER: u8 = 3;

/// So `many` watches that were opened with `token`: their tickets, and what they have together.
fn verdicts(proxy: &Proxy, token: &str, many: usize) -> Vec<(Value, Value)> {
    let authorization = format!("Bearer {token}");
    let open = json!({ "open": {
        "method": "GET", "target": WATCH, "headers": [["authorization", authorization]],
        "plain": true,
    } });
    let verdicts = (0..many).map(|_| proxy.tunnel(&open)["connect"].clone());
    verdicts
        .map(|connect| (connect["ticket"].clone(), connect["together"].clone()))
        .collect()
}

/// The question about so `many` watches that were opened with `token`.
fn opened(proxy: &Proxy, token: &str, many: usize) -> Value {
    let verdicts = verdicts(proxy, token, many).into_iter();
    let asks = verdicts.map(|(ticket, _)| json!({ "ticket": ticket, "stage": "answered" }));
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
    // The credential, whether its grant is closing, and when it was last used.
    let of_one = 3;
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

#[test]
fn a_hundred_sign_ins_cost_two_questions() {
    let mut proxy = Proxy::new();
    let mut asks = Vec::new();
    for _ in 0..MANY {
        let one = opened(&proxy, &proxy.bearer, 1);
        asks.extend(one["look_all"].as_array().unwrap().clone());
        proxy.sign_in_again();
    }
    let asked = json!({ "look_all": asks });
    let before = proxy.world.questions.get();
    assert_eq!(look(&proxy, &asked), (go_on(MANY), 3 * MANY, 0));
    assert_eq!(proxy.world.questions.get() - before, 2);
    proxy.world.pass(20);
    let before = proxy.world.questions.get();
    look(&proxy, &asked);
    let asked_for_places = 1;
    assert_eq!(proxy.world.questions.get() - before, 2 + asked_for_places);
}

/// Who has signed out is told so, whoever is asked about in the same question.
#[test]
fn each_of_many_sign_ins_ends_by_itself() {
    let mut proxy = Proxy::new();
    let mut asks = Vec::new();
    for number in 0..4 {
        let one = opened(&proxy, &proxy.bearer, 1);
        asks.extend(one["look_all"].as_array().unwrap().clone());
        if number % 2 == 1 {
            proxy.sign_out();
        }
        proxy.sign_in_again();
    }
    let asked = json!({ "look_all": asks });
    let (told, ..) = look(&proxy, &asked);
    for number in 0..4 {
        assert_eq!(told[number]["go_on"], number % 2 == 0, "{told}");
    }
}

/// One whose record a newer release has written is not known, and all others are.
#[test]
fn what_a_newer_release_has_written_is_not_known_and_hides_nobody_else() {
    let mut proxy = Proxy::new();
    let first = opened(&proxy, &proxy.bearer, 1);
    let credential = |proxy: &Proxy| -> Vec<String> {
        let store = proxy.world.store.borrow();
        let keys = store.keys().filter(|key| {
            let rest = key.strip_prefix("aop-credential-");
            rest.is_some_and(|rest| rest.len() == 43)
        });
        keys.cloned().collect()
    };
    for key in credential(&proxy) {
        let mut store = proxy.world.store.borrow_mut();
        store.get_mut(&key).unwrap()[0] = NEWER;
    }
    proxy.sign_in_again();
    let other = opened(&proxy, &proxy.bearer, 1);
    let asks = [&first, &other].map(|one| one["look_all"][0].clone());
    let (told, ..) = look(&proxy, &json!({ "look_all": asks }));
    assert_eq!(told, json!([null, { "go_on": true }]));
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

/// The question about the first of these, in place of all.
fn in_place_of_all(verdicts: &[(Value, Value)]) -> Value {
    let (first, others) = verdicts.split_first().unwrap();
    let also: Vec<_> = others
        .iter()
        .map(|(_, together)| together["place"].clone())
        .collect();
    json!({ "look_all": [{ "ticket": first.0, "stage": "answered", "also": also }] })
}

#[test]
fn one_answer_keeps_the_places_of_a_hundred() {
    let proxy = Proxy::new();
    let verdicts = verdicts(&proxy, &proxy.bearer, MANY);
    assert!(
        verdicts
            .iter()
            .all(|(_, together)| together["whose"] == verdicts[0].1["whose"])
    );
    let asked = in_place_of_all(&verdicts);
    // The note for all says nothing of them yet. It is also noted when it may go.
    assert_eq!(look(&proxy, &asked), (go_on(1), 4, 3));
    let mut written = 0;
    for _ in 1..20 {
        let (told, reads, writes) = look(&proxy, &asked);
        assert_eq!((told, reads), (go_on(1), 4));
        written += writes;
    }
    // After 25, 50 and 75 seconds, and once a minute that the credential is in use.
    assert_eq!(written, 3 + 1);
    assert!(proxy.take_place(100).is_none());
    // Whose is not named any more is free.
    let asked = in_place_of_all(&verdicts[..MANY - 1]);
    for _ in 0..13 {
        look(&proxy, &asked);
    }
    assert!(proxy.take_place(100).is_some());
    assert!(proxy.take_place(100).is_none());
}

#[test]
fn one_answer_is_for_one_sign_in_alone() {
    let mut proxy = Proxy::new();
    let first = proxy.bearer.clone();
    let whose = |token: &str| verdicts(&proxy, token, 1)[0].1["whose"].clone();
    let of_first = whose(&first);
    assert_eq!(whose(&first), of_first);
    proxy.sign_in_again();
    let second = proxy.bearer.clone();
    let whose = |token: &str| verdicts(&proxy, token, 1)[0].1["whose"].clone();
    assert_ne!(whose(&second), of_first);
}

#[test]
fn who_has_signed_out_keeps_no_place_for_others() {
    let proxy = Proxy::new();
    let verdicts = verdicts(&proxy, &proxy.bearer, MANY);
    let asked = in_place_of_all(&verdicts);
    look(&proxy, &asked);
    proxy.sign_out();
    let (told, _, writes) = look(&proxy, &asked);
    assert_eq!((&told[0]["go_on"], writes), (&json!(false), 0));
}

#[test]
fn a_name_that_is_none_keeps_nothing_and_harms_nothing() {
    let proxy = Proxy::new();
    let ticket = verdicts(&proxy, &proxy.bearer, 1)[0].0.clone();
    let names = [
        "",
        ".",
        "1",
        "1.",
        ".1",
        "1.x",
        "-1.1",
        "1.1.1",
        "1.4294967296",
        "18446744073709551616.1",
    ];
    let before = proxy.world.writes.get();
    for name in names {
        let asked =
            json!({ "look_all": [{ "ticket": ticket, "stage": "answered", "also": [name] }] });
        assert_eq!(proxy.tunnel(&asked), go_on(1), "{name}");
    }
    assert_eq!(proxy.world.writes.get(), before);
}
