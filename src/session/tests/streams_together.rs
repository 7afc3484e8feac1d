//! Places that are looked at together, and renewed in one note.

use std::cell::RefCell;

use serde_json::{Value, json};

use super::schedule::{Actor, Events, Exhaustive, interleave};
use super::sweeping::{is_clean, let_expire};
use super::*;
use crate::session::streams::{Holder, Place, renew, take};

fn with_records(test: impl FnOnce(&World, &Records<'_, World>)) {
    let (world, keyring) = (World::new(), keyring(ONE));
    test(&world, &records(&world, &keyring));
}

fn alice() -> Holder {
    Holder::person(&user("alice"))
}

fn take_near(records: &Records<'_, World>, near: &str, most: u64) -> Option<Place> {
    run(take(records, &alice(), near, most)).ok().unwrap()
}

/// All of alice's places, of which there are so `many`.
fn take_all(records: &Records<'_, World>, many: u64) -> Vec<Place> {
    let all = (0..many).map(|_| take_near(records, "", many).unwrap());
    all.collect()
}

/// How many of alice's places are free.
fn free(records: &Records<'_, World>, most: u64) -> usize {
    let taken = std::iter::from_fn(|| take_near(records, "", most));
    let taken: Vec<Place> = taken.collect();
    let free = taken.len();
    for place in taken {
        run(place.release(records)).ok().unwrap();
    }
    free
}

/// One question of a carrier about all of `places`. How often the store was read and written.
fn look(records: &Records<'_, World>, places: &mut [Place]) -> (usize, usize) {
    let world = records.platform;
    let before = (world.reads.get(), world.writes.get());
    run(renew(records, places.iter_mut().collect()))
        .ok()
        .unwrap();
    (world.reads.get() - before.0, world.writes.get() - before.1)
}

/// The same, while others ask too.
fn asks<'a>(records: &'a Records<'a, World>, places: &'a mut [Place]) -> Actor<'a> {
    let asked = places.iter_mut().collect();
    Box::pin(async move { renew(records, asked).await.ok().unwrap() })
}

/// Takes all of alice's places and looks at them until their own notes are old.
fn held_for_long(records: &Records<'_, World>, many: u64) -> Vec<Place> {
    let mut places = take_all(records, many);
    for _ in 0..20 {
        records.platform.pass(5);
        look(records, &mut places);
    }
    places
}

/// The keys of this kind.
fn keys(world: &World, kind: &str) -> Vec<String> {
    let prefix = format!("aop-{kind}-");
    let store = world.store.borrow();
    let keys = store.keys().filter(|key| key.starts_with(&prefix));
    keys.cloned().collect()
}

#[test]
fn a_hundred_are_one_write_when_they_are_due_and_none_before() {
    with_records(|world, records| {
        let mut places = take_all(records, 100);
        let mut looks = |count| -> Vec<(usize, usize)> {
            let looks = (0..count).map(|_| {
                world.pass(5);
                look(records, &mut places)
            });
            looks.collect()
        };
        assert_eq!(looks(4), [(0, 0); 4]);
        // The first time it is also written when the note may go.
        assert_eq!(looks(1), [(1, 3)]);
        for _ in 0..20 {
            assert_eq!(looks(4), [(1, 0); 4]);
            assert_eq!(looks(1), [(1, 1)]);
        }
        assert_eq!(free(records, 100), 0);
    });
}

/// Watches that were opened one after the other are due together from then on.
#[test]
fn those_that_are_not_due_come_along() {
    with_records(|world, records| {
        let mut places = Vec::new();
        for _ in 0..5 {
            places.push(take_near(records, "", 100).unwrap());
            world.pass(5);
        }
        assert_eq!(look(records, &mut places).1, 3);
        for _ in 0..4 {
            world.pass(5);
            assert_eq!(look(records, &mut places), (1, 0));
        }
        world.pass(5);
        assert_eq!(look(records, &mut places), (1, 1));
    });
}

#[test]
fn who_crashes_gives_all_back() {
    with_records(|world, records| {
        held_for_long(records, 3);
        world.pass(60);
        assert_eq!(free(records, 3), 0);
        world.pass(1);
        assert_eq!(free(records, 3), 3);
    });
}

#[test]
fn one_among_many_is_free_as_soon_as_it_is_given_back() {
    with_records(|_, records| {
        let mut places = held_for_long(records, 3);
        run(places.remove(1).release(records)).ok().unwrap();
        assert_eq!(free(records, 3), 1);
        look(records, &mut places);
        assert_eq!(free(records, 3), 1);
    });
}

/// Its carrier has asked about it before it told its end.
#[test]
fn a_look_in_flight_holds_nothing_that_was_given_back() {
    with_records(|world, records| {
        let mut places = held_for_long(records, 3);
        world.pass(25);
        run(places[1].clone().release(records)).ok().unwrap();
        assert_eq!(look(records, &mut places), (1, 1));
        assert_eq!(free(records, 3), 1);
    });
}

/// As where the component carries without native code, or where a person has nothing else.
#[test]
fn one_that_is_looked_at_alone_counts_beside_the_others() {
    with_records(|world, records| {
        let mut places = held_for_long(records, 3);
        let mut alone = places.split_off(2);
        for _ in 0..10 {
            world.pass(25);
            assert_eq!(look(records, &mut alone), (0, 1));
            assert_eq!(look(records, &mut places), (1, 1));
        }
        assert_eq!(free(records, 3), 0);
        world.pass(60);
        look(records, &mut places);
        world.pass(1);
        assert_eq!(free(records, 3), 1);
    });
}

/// The predecessor's renewal counts for nobody else.
#[test]
fn a_place_that_changes_hands_is_free_when_the_last_one_gives_it_back() {
    with_records(|_, records| {
        let mut places = held_for_long(records, 3);
        for _ in 0..5 {
            run(places.remove(0).release(records)).ok().unwrap();
            assert_eq!(free(records, 3), 1);
            places.push(take_near(records, "", 3).unwrap());
            assert_eq!(free(records, 3), 0);
        }
    });
}

/// Two questions, at two replicas that write different formats, in every order. Each may lose what the other
/// writes.
#[test]
fn what_is_lost_is_there_again_after_the_next_look_and_is_never_free() {
    let all = Events {
        interruptions: usize::MAX,
        crashes: 0,
    };
    let lost = RefCell::new(0);
    let courses = Exhaustive::explore(|explorer| {
        let (world, one, two) = (World::new(), keyring(ONE), writing("2", ONE));
        let (one, two) = (records(&world, &one), records(&world, &two));
        let mut places = take_all(&one, 4);
        let mut others = places.split_off(2);
        world.pass(25);
        let actors = vec![asks(&one, &mut places), asks(&two, &mut others)];
        interleave(&world, explorer, all, actors);
        assert_eq!(free(&one, 4), 0);
        world.pass(5);
        let writes = look(&one, &mut places).1 + look(&two, &mut others).1;
        assert!(writes <= 1, "{writes}");
        *lost.borrow_mut() += writes;
        // Nobody looks any more: what stands there counts.
        world.pass(55);
        assert_eq!(free(&two, 4), 0);
    });
    assert!(courses > 50, "{courses}");
    assert!(lost.take() > 0, "nothing was lost in any order");
}

/// Both are there, and one of them counts. If that one ends, the other counts from its next renewal on.
#[test]
fn of_two_who_took_the_same_place_one_counts() {
    with_records(|world, records| {
        let mut places = held_for_long(records, 3);
        // Nobody looks for a while.
        world.pass(61);
        let other = take_near(records, "", 3).unwrap();
        look(records, &mut places);
        assert_eq!(free(records, 3), 0);
        run(other.release(records)).ok().unwrap();
        assert_eq!(free(records, 3), 1);
        world.pass(25);
        look(records, &mut places);
        assert_eq!(free(records, 3), 0);
    });
}

/// A program that closes many at once has all of these places at once, whatever is looked at meanwhile.
#[test]
fn of_many_that_are_given_back_at_once_none_is_lost() {
    let some = Events {
        interruptions: 3,
        crashes: 0,
    };
    Exhaustive::explore(|explorer| {
        let (world, keyring) = (World::new(), keyring(ONE));
        let records = records(&world, &keyring);
        let mut all = held_for_long(&records, 4);
        world.pass(25);
        let release = |place: Place| -> Actor<'_> {
            let records = &records;
            Box::pin(async move { place.release(records).await.ok().unwrap() })
        };
        let ended = all.clone().into_iter().skip(1);
        let mut actors: Vec<Actor<'_>> = ended.map(release).collect();
        actors.push(asks(&records, &mut all));
        interleave(&world, explorer, some, actors);
        assert_eq!(free(&records, 4), 3);
    });
}

#[test]
fn what_cannot_be_read_keeps_nobody_from_a_place() {
    // The last one is what a newer release might have written.
    for garbage in [&b""[..], b"1", &[9; 80], b"\x01{}", &[3; 80]] {
        with_records(|world, records| {
            let mut places = held_for_long(records, 3);
            assert_eq!(
                (keys(world, "stream").len(), keys(world, "streams").len()),
                (3, 1)
            );
            let spoil = |kind| {
                for key in keys(world, kind) {
                    world.store.borrow_mut().insert(key, garbage.to_owned());
                }
            };
            spoil("stream");
            // It is not known who has them, but they are held.
            assert_eq!(free(records, 3), 0, "{garbage:?}");
            spoil("streams");
            let taken = take_near(records, "", 3).unwrap();
            run(taken.release(records)).ok().unwrap();
            spoil("stream");
            look(records, &mut places);
            assert_eq!(free(records, 3), 0, "{garbage:?}");
            for place in places {
                run(place.release(records)).ok().unwrap();
            }
            assert_eq!(free(records, 3), 3, "{garbage:?}");
        });
    }
}

#[test]
fn what_is_held_for_hours_counts_though_its_own_note_is_gone() {
    with_records(|world, records| {
        let mut places = held_for_long(records, 3);
        for key in keys(world, "stream") {
            world.store.borrow_mut().remove(&key);
        }
        assert_eq!(free(records, 3), 0);
        run(places.remove(0).release(records)).ok().unwrap();
        assert_eq!(free(records, 3), 1);
    });
}

#[test]
fn many_leave_nothing_in_the_store_however_long_they_are_held() {
    with_records(|world, records| {
        let mut places = take_all(records, 5);
        for _ in 0..600 {
            world.pass(25);
            look(records, &mut places);
        }
        assert_eq!(free(records, 5), 0);
        for place in places {
            run(place.release(records)).ok().unwrap();
        }
        assert_eq!(free(records, 5), 5);
        let_expire(world, records);
        assert!(is_clean(world));
    });
}

/// An hour of 100 places writes no more entries about what may go than that of one does.
#[test]
fn entries_about_what_may_go_are_bounded() {
    with_records(|world, records| {
        let mut places = take_all(records, 100);
        look(records, &mut places);
        let before = keys(world, "expiry").len();
        for _ in 0..10 * 3600 / 25 {
            world.pass(25);
            look(records, &mut places);
        }
        let written = keys(world, "expiry").len() - before;
        assert!(written <= 11, "{written} in ten hours");
    });
}

#[test]
fn a_clock_that_was_set_back_or_ahead_frees_places_until_the_next_look() {
    with_records(|world, records| {
        let mut places = held_for_long(records, 3);
        for now in [world.now.get() - 600, world.now.get() + 600] {
            world.now.set(now);
            let taken = take_near(records, "", 3).unwrap();
            run(taken.release(records)).ok().unwrap();
            look(records, &mut places);
            world.pass(25);
            look(records, &mut places);
            assert_eq!(free(records, 3), 0);
        }
    });
}

/// The most that a setting may be is far more than one note has room for.
#[test]
fn of_very_many_those_of_one_sign_in_are_renewed_together() {
    const MOST: u64 = 1000;
    with_records(|world, records| {
        let mut sign_ins: Vec<Vec<Place>> = (0..10)
            .map(|sign_in: u32| {
                let near = sign_in.to_string();
                let places = (0..100).map(|_| take_near(records, &near, MOST).unwrap());
                places.collect()
            })
            .collect();
        let before = world.reads.get();
        assert!(take_near(records, "0", MOST).is_none());
        let reads = world.reads.get() - before;
        assert!(reads < 1100, "{reads}");
        for _ in 0..2 {
            world.pass(25);
            for places in &mut sign_ins {
                look(records, places);
            }
        }
        let mut all = (0, 0);
        world.pass(25);
        for places in &mut sign_ins {
            let (reads, writes) = look(records, places);
            all = (all.0 + reads, all.1 + writes);
        }
        // Eight notes, of which some have places of two or three sign-ins.
        assert!(all.0 <= 30 && all.1 <= 30, "{all:?}");
        world.pass(59);
        assert_eq!(free(records, MOST), 0);
        let longest = keys(world, "streams")
            .iter()
            .map(|key| world.store.borrow()[key].len())
            .max();
        assert!(longest.unwrap() < 3000, "{longest:?}");
    });
}

/// A place as the release before this one kept it in tickets.
fn older_ticket(now: u64, number: u64) -> Value {
    json!({
        "of": user("alice").key(), "number": number, "ticket": u64::MAX - number, "noted": now,
        "kept_until": now + 3600,
    })
}

/// The release before this one had nothing but a note for each place.
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
