//! Places that are looked at together, and renewed in one note.

mod older;
mod races;
mod stored;

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

/// Takes all of alice's places and looks at them until their own notes are old.
fn held_for_long(records: &Records<'_, World>, many: u64) -> Vec<Place> {
    let mut places = take_all(records, many);
    for _ in 0..20 {
        records.platform.pass(5);
        look(records, &mut places);
    }
    places
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
