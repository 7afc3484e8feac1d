//! The sweep deletes what has expired, and nothing else.

use super::schedule::{Actor, Events, Exhaustive, interleave};
use super::*;
use crate::session::expiry::entries;
use crate::session::{end, sweep};

const HOUR: u64 = 3600;

/// Sweeps until nothing is left to do, and says how many entries that took.
fn sweep_all(records: &Records<'_, World>) -> usize {
    let mut entries = 0;
    // Most of a month may have to be walked, fifty hours in a step.
    for _ in 0..40 {
        entries += run(sweep(records)).ok().unwrap().entries;
    }
    entries
}

/// The kinds of the keys in the store.
fn kinds(world: &World) -> Vec<String> {
    let kind = |key: &String| key.split('-').nth(1).unwrap().to_owned();
    world.store.borrow().keys().map(kind).collect()
}

/// Whether nothing of any session is left. Only the sweep's own position may be left, counters of
/// hours, and entries about counters. These counters and entries are swept later.
pub(super) fn is_clean(world: &World) -> bool {
    kinds(world)
        .iter()
        .all(|kind| ["sweep", "expiries", "expiry"].contains(&kind.as_str()))
}

/// Lets everything expire, and sweeps.
pub(super) fn let_expire(world: &World, records: &Records<'_, World>) {
    world.pass(ABSOLUTE + 48 * HOUR);
    sweep_all(records);
    world.pass(3 * HOUR);
    sweep_all(records);
}

#[test]
fn a_session_that_ended_leaves_nothing() {
    let (world, keyring) = (World::new(), keyring(ONE));
    let records = records(&world, &keyring);
    let one = session(&records);
    let two = session(&records);
    run(end(&records, &live(&records, &two).holder()))
        .ok()
        .unwrap();
    let _ = run(sign_in(&records, &user("o"), "sid", Some(&one)));
    assert!(!is_clean(&world));
    let_expire(&world, &records);
    assert!(is_clean(&world), "{:?}", kinds(&world));
    assert!(world.store.borrow().len() < 12, "{:?}", kinds(&world));
}

#[test]
fn nothing_goes_before_its_hour_is_long_over() {
    let (world, keyring) = (World::new(), keyring(ONE));
    let records = records(&world, &keyring);
    let handle = session(&records);
    let end = live(&records, &handle).record.end.0;
    let before = world.store.borrow().len();
    while world.now.get() + 600 < (end / HOUR + 2) * HOUR {
        world.pass(600);
        run(sweep(&records)).ok().unwrap();
        assert!(world.store.borrow().len() >= before);
    }
    world.pass(600);
    assert!(sweep_all(&records) > 0);
}

#[test]
fn a_grant_that_was_renewed_stays_until_its_new_end() {
    let (world, keyring) = (World::new(), keyring(ONE));
    let records = records(&world, &keyring);
    let first = session(&records);
    world.pass(5 * HOUR);
    let renewed = run(sign_in(&records, &user("o"), "sid", Some(&first)));
    let renewed = renewed.ok().unwrap().unwrap();
    // This is long enough to sweep the hour of the first end, and not that of the second.
    for _ in 0..7 {
        world.pass(HOUR);
        sweep_all(&records);
        run(renewed.record.grant.mark(&records)).ok().unwrap();
    }
    assert!(!is_live(&records, &first));
    assert!(is_live(&records, &renewed.handle));
    let_expire(&world, &records);
    assert!(is_clean(&world), "{:?}", kinds(&world));
}

#[test]
fn a_step_is_fifty_entries_and_two_sweepers_share() {
    let (world, keyring) = (World::new(), keyring(ONE));
    let records = records(&world, &keyring);
    for _ in 0..30 {
        session(&records);
    }
    world.pass(ABSOLUTE + 3 * HOUR);
    let mut steps = Vec::new();
    for _ in 0..40 {
        let swept = run(sweep(&records)).ok().unwrap();
        steps.extend((swept.entries > 0).then_some(swept.entries));
    }
    assert!(steps.iter().all(|entries| *entries <= 50), "{steps:?}");
    assert!(steps.len() > 1, "{steps:?}");
}

/// A replica with another secret sees garbage: it must not throw away what others can read.
#[test]
fn what_does_not_open_is_left_for_who_can_open_it() {
    let (world, right, wrong) = (World::new(), keyring(ONE), keyring(TWO));
    session(&records(&world, &right));
    world.pass(ABSOLUTE + 48 * HOUR);
    sweep_all(&records(&world, &wrong));
    assert!(!is_clean(&world));
    let_expire(&world, &records(&world, &right));
    assert!(is_clean(&world), "{:?}", kinds(&world));
}

/// A clock that was far ahead moved the position. With the right time the sweep begins anew.
#[test]
fn a_position_from_the_future_is_not_believed() {
    let (world, keyring) = (World::new(), keyring(ONE));
    let records = records(&world, &keyring);
    session(&records);
    let now = world.now.get();
    world.pass(365 * 24 * HOUR);
    world
        .store
        .borrow_mut()
        .retain(|key, _| !key.starts_with("aop-sweep-"));
    let backup = world.store.borrow().clone();
    sweep_all(&records);
    world.now.set(now);
    world.store.borrow_mut().extend(backup);
    let_expire(&world, &records);
    assert!(is_clean(&world), "{:?}", kinds(&world));
}

/// Two sweepers at once, one of which may crash, leave no counter behind that nobody sweeps.
#[test]
fn two_sweepers_leave_no_counter_behind() {
    let events = Events {
        interruptions: 2,
        crashes: 1,
    };
    Exhaustive::explore(|explorer| {
        let (world, keyring) = (World::new(), keyring(ONE));
        let records = records(&world, &keyring);
        session(&records);
        // Both begin at the hour that has something in it.
        world.pass(ABSOLUTE - 3 * HOUR);
        sweep_all(&records);
        world.pass(6 * HOUR);
        let sweeps = || -> Actor<'_> {
            Box::pin(async {
                let _ = sweep(&records).await;
            })
        };
        interleave(&world, explorer, events, vec![sweeps(), sweeps()]);
        for _ in 0..80 {
            world.pass(HOUR);
            run(sweep(&records)).ok().unwrap();
        }
        let now = world.now.get() / HOUR;
        let left = |hour: &u64| {
            world
                .store
                .borrow()
                .contains_key(&entries(*hour).counter_key())
        };
        assert_eq!((now - 200..now - 2).find(left), None);
        assert!(is_clean(&world), "{:?}", kinds(&world));
    });
}
