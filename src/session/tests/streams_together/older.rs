//! What the release before this one has left, which had nothing but a note for each place.

use serde_json::{Value, json};

use super::*;

/// A place as the release before this one kept it in tickets.
fn older_ticket(now: u64, number: u64) -> Value {
    json!({
        "of": user("alice").key(), "number": number, "ticket": u64::MAX - number, "noted": now,
        "kept_until": now + 3600,
    })
}

#[test]
fn notes_of_the_release_before_count_for_a_minute() {
    with_records(|world, records| {
        let now = world.now.get();
        for number in 0..3_u64 {
            let id = [user("alice").key().as_bytes(), &number.to_be_bytes()].concat();
            let note = json!({ "ticket": number, "time": now, "kept_until": now + 3600 });
            run(records.write("stream", &id, &[], &note)).ok().unwrap();
        }
        world.pass(60);
        assert_eq!(free(records, 3), 0);
        world.pass(1);
        assert_eq!(free(records, 3), 3);
    });
}

#[test]
fn tickets_of_the_release_before_are_kept_and_ours_have_the_same_form() {
    with_records(|world, records| {
        let now = world.now.get();
        let older = (0..3).map(|number| serde_json::from_value(older_ticket(now, number)).unwrap());
        let mut places: Vec<Place> = older.collect();
        for _ in 0..10 {
            world.pass(25);
            look(records, &mut places);
        }
        assert_eq!(free(records, 3), 0);
        run(places.remove(0).release(records)).ok().unwrap();
        let ours = take_near(records, "", 3).unwrap();
        let names = |ticket: &Value| -> Vec<String> {
            let fields = ticket.as_object().unwrap();
            fields.keys().cloned().collect()
        };
        let ours = serde_json::to_value(&ours).unwrap();
        assert_eq!(names(&ours), names(&older_ticket(now, 0)));
        let number = ours["number"].as_u64().unwrap();
        let id = [user("alice").key().as_bytes(), &number.to_be_bytes()].concat();
        let note: Value = run(records.read("stream", &id, &[])).ok().unwrap().unwrap();
        let older = json!({ "ticket": 0, "time": 0, "kept_until": 0 });
        assert_eq!(names(&note), names(&older), "of what is held");
    });
}
