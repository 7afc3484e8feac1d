//! Places for long answers.

use super::sweeping::{is_clean, let_expire};
use super::*;
use crate::session::streams::{self, Holder};
use crate::terms::Secret;

const MOST: u64 = 3;

fn with_records(test: impl FnOnce(&World, &Records<'_, World>)) {
    let (world, keyring) = (World::new(), keyring(ONE));
    test(&world, &records(&world, &keyring));
}

fn take_of(records: &Records<'_, World>, holder: &Holder) -> Option<streams::Place> {
    run(streams::take(records, holder, "", MOST)).ok().unwrap()
}

fn take(records: &Records<'_, World>) -> Option<streams::Place> {
    take_of(records, &Holder::person(&user("alice")))
}

fn renew(records: &Records<'_, World>, place: &mut streams::Place) {
    run(streams::renew(records, vec![place])).ok().unwrap();
}

#[test]
fn there_are_so_many_and_a_place_that_is_given_back_is_free() {
    with_records(|_, records| {
        let mut places: Vec<_> = (0..MOST).map(|_| take(records).unwrap()).collect();
        assert!(take(records).is_none());
        run(places.remove(1).release(records)).ok().unwrap();
        assert!(take(records).is_some());
        assert!(take(records).is_none());
    });
}

#[test]
fn everybody_else_has_their_own() {
    with_records(|_, records| {
        let _places: Vec<_> = (0..MOST).map(|_| take(records)).collect();
        let tokens = ["a.b.c", "a.b.d"].map(Secret::new);
        assert!(take_of(records, &Holder::person(&user("bob"))).is_some());
        for token in &tokens {
            assert!(take_of(records, &Holder::of_token(token)).is_some());
        }
    });
}

#[test]
fn a_place_leaves_nothing_in_the_store_however_long_it_is_held() {
    with_records(|world, records| {
        let mut place = take(records).unwrap();
        for _ in 0..600 {
            world.pass(25);
            renew(records, &mut place);
        }
        run(place.release(records)).ok().unwrap();
        let_expire(world, records);
        assert!(is_clean(world));
    });
}

#[test]
fn a_place_that_is_taken_again_is_one_write() {
    with_records(|world, records| {
        run(take(records).unwrap().release(records)).ok().unwrap();
        for _ in 1..MOST {
            take(records).unwrap();
        }
        let before = world.writes.get();
        take(records).unwrap();
        assert_eq!(world.writes.get(), before + 1);
    });
}

#[test]
fn who_does_not_renew_loses_the_place() {
    with_records(|world, records| {
        let mut kept = take(records).unwrap();
        let _lost: Vec<_> = (1..MOST).map(|_| take(records).unwrap()).collect();
        for _ in 0..4 {
            world.pass(15);
            renew(records, &mut kept);
        }
        assert!(take(records).is_none());
        world.pass(1);
        assert!(take(records).is_some());
        assert!(take(records).is_some());
        assert!(take(records).is_none(), "the kept one is kept");
    });
}

#[test]
fn a_place_that_somebody_else_has_by_now_is_not_given_back() {
    with_records(|world, records| {
        let old: Vec<_> = (0..MOST).map(|_| take(records).unwrap()).collect();
        world.pass(61);
        let _new: Vec<_> = (0..MOST).map(|_| take(records).unwrap()).collect();
        for place in old {
            run(place.release(records)).ok().unwrap();
        }
        assert!(take(records).is_none());
    });
}
