//! What stands in the store about them: what cannot be read, what is missing, and how much it is.

use super::super::sweeping::{is_clean, let_expire};
use super::*;

/// The keys of this kind.
fn keys(world: &World, kind: &str) -> Vec<String> {
    let prefix = format!("aop-{kind}-");
    let store = world.store.borrow();
    let keys = store.keys().filter(|key| key.starts_with(&prefix));
    keys.cloned().collect()
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
