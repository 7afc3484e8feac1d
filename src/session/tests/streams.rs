//! Places for long answers.

use super::*;
use crate::platform::UnixTime;
use crate::session::{GrantId, streams};

const MOST: u64 = 3;

fn with_grant(test: impl FnOnce(&World, &Records<'_, World>, &GrantId)) {
    let (world, keyring) = (World::new(), keyring(ONE));
    let grant = GrantId::new([7; 32]);
    test(&world, &records(&world, &keyring), &grant);
}

fn take(records: &Records<'_, World>, grant: &GrantId) -> Option<streams::Place> {
    let end = UnixTime(1_800_010_000);
    run(streams::take(records, &grant.name(), end, MOST))
        .ok()
        .unwrap()
}

#[test]
fn there_are_so_many_and_a_place_that_is_given_back_is_free() {
    with_grant(|_, records, grant| {
        let mut places: Vec<_> = (0..MOST).map(|_| take(records, grant).unwrap()).collect();
        assert!(take(records, grant).is_none());
        run(places.remove(1).release(records)).ok().unwrap();
        assert!(take(records, grant).is_some());
        assert!(take(records, grant).is_none());
    });
}

#[test]
fn another_grant_has_its_own() {
    with_grant(|_, records, grant| {
        let _places: Vec<_> = (0..MOST).map(|_| take(records, grant)).collect();
        assert!(take(records, &GrantId::new([8; 32])).is_some());
    });
}

#[test]
fn who_does_not_renew_loses_the_place() {
    with_grant(|world, records, grant| {
        let mut kept = take(records, grant).unwrap();
        let _lost: Vec<_> = (1..MOST).map(|_| take(records, grant).unwrap()).collect();
        for _ in 0..4 {
            world.pass(15);
            run(kept.renew(records)).ok().unwrap();
        }
        assert!(take(records, grant).is_none());
        world.pass(1);
        assert!(take(records, grant).is_some());
        assert!(take(records, grant).is_some());
        assert!(take(records, grant).is_none(), "the kept one is kept");
    });
}

#[test]
fn a_place_that_somebody_else_has_by_now_is_not_given_back() {
    with_grant(|world, records, grant| {
        let old: Vec<_> = (0..MOST).map(|_| take(records, grant).unwrap()).collect();
        world.pass(61);
        let _new: Vec<_> = (0..MOST).map(|_| take(records, grant).unwrap()).collect();
        for place in old {
            run(place.release(records)).ok().unwrap();
        }
        assert!(take(records, grant).is_none());
    });
}
