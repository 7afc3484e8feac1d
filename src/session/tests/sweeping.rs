//! The sweep deletes what has expired, and nothing else.

use std::time::Duration;

use super::schedule::{Actor, Events, Exhaustive, interleave};
use super::*;
use crate::platform::{Random, UnixTime};
use crate::session::expiry::{self, Entry, entries};
use crate::session::grant_id::GrantId;
use crate::session::{end, sweep, sweep_a_little};
use crate::terms::encoding;

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
    both_leave_nothing_behind(false);
}

/// The same for one with a session and one without, which may pass each other.
#[test]
fn two_different_sweepers_leave_no_counter_behind() {
    both_leave_nothing_behind(true);
}

fn both_leave_nothing_behind(different: bool) {
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
        let sweeps = |little: bool| -> Actor<'_> {
            let records = &records;
            Box::pin(async move {
                let _ = if little {
                    sweep_a_little(records).await
                } else {
                    sweep(records).await
                };
            })
        };
        interleave(
            &world,
            explorer,
            events,
            vec![sweeps(false), sweeps(different)],
        );
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

/// Writes `count` entries that are over after `hour`, each about a key of its own.
fn leave(records: &Records<'_, World>, hour: u64, count: usize) {
    for _ in 0..count {
        let number = encoding::base64url(&records.platform.bytes32());
        let key = format!("aop-claim-{hour}-{number}");
        let entry = Entry::Keys(vec![key.clone()]);
        run(expiry::note(records, UnixTime(hour * HOUR), &entry))
            .ok()
            .unwrap();
        let mut store = records.platform.store.borrow_mut();
        store.insert(key, Vec::new());
    }
}

/// Writes `count` entries that are over after `hour`, each about a grant, which cost a sweep the most.
pub(crate) fn leave_grants(records: &Records<'_, World>, hour: u64, count: usize) {
    for _ in 0..count {
        let grant = GrantId::new(records.platform.bytes32()).name();
        run(expiry::note(
            records,
            UnixTime(hour * HOUR),
            &Entry::Grant(grant),
        ))
        .ok()
        .unwrap();
    }
}

/// How many of the entries that [`leave`] wrote are over and have not been taken.
fn backlog(world: &World) -> usize {
    let now = world.now.get() / HOUR;
    let hour = |key: &String| -> Option<u64> {
        let rest = key.strip_prefix("aop-claim-")?;
        rest.split('-').next()?.parse().ok()
    };
    let store = world.store.borrow();
    let left = store.keys().filter_map(hour);
    left.filter(|hour| hour + 2 <= now).count()
}

/// Sweeps until nothing of the backlog is left; says what each sweep took.
fn sweeps_until_clean(world: &World, records: &Records<'_, World>) -> Vec<usize> {
    let mut took = Vec::new();
    while backlog(world) > 0 {
        let swept = run(sweep(records)).ok().unwrap();
        took.push(swept.entries);
        assert!(took.len() < 10_000, "it never ends");
    }
    took
}

/// Brings the sweep to the present, with nothing left.
fn start_of_backlog(world: &World, records: &Records<'_, World>) -> u64 {
    for _ in 0..40 {
        run(sweep(records)).ok().unwrap();
    }
    assert_eq!(backlog(world), 0);
    world.now.get() / HOUR
}

#[test]
fn every_backlog_goes_in_proportion_to_it() {
    // Entries in each hour, hours, and in how many sweeps they are gone at the latest.
    for (count, hours, most) in [
        (1, 1, 1),
        (50, 1, 1),
        (51, 1, 2),
        (1, 24, 1),
        (2, 24, 2),
        (1, 50, 2),
        (1, 700, 15),
        (40, 100, 110),
        (1000, 1, 21),
        (10_000, 1, 90),
        (10_000, 3, 230),
    ] {
        let (world, keyring) = (World::new(), keyring(ONE));
        let records = records(&world, &keyring);
        let first = start_of_backlog(&world, &records);
        for hour in first..first + hours {
            leave(&records, hour, count);
        }
        world.pass((hours + 2) * HOUR);
        let took = sweeps_until_clean(&world, &records);
        let case = format!("{count} in each of {hours} hours: {took:?}");
        assert!(took.len() <= most, "{} sweeps for {case}", took.len());
        assert!(took.iter().all(|entries| *entries <= 500), "{case}");
        assert!(kinds(&world).iter().all(|kind| kind != "claim"), "{case}");
    }
}

/// Where nobody else comes, each sign-in sweeps what the ones before it have left, however rare they are.
#[test]
fn rare_sign_ins_keep_up_with_what_they_leave() {
    for days in [1, 3, 7, 30] {
        let (world, keyring) = (World::new(), keyring(ONE));
        let records = records(&world, &keyring);
        let mut keys = Vec::new();
        for _ in 0..60 {
            session(&records);
            run(sweep(&records)).ok().unwrap();
            keys.push(world.store.borrow().len());
            world.pass(days * 24 * HOUR);
        }
        let (first, second) = keys.split_at(30);
        let grows = second.iter().max() > first.iter().max();
        assert!(!grows, "every {days} days: {keys:?}");
    }
}

/// What strangers leave at most (a claim and a count of failures for each request) they also take, in
/// every hour and at every pace.
#[test]
fn strangers_take_more_than_they_leave() {
    for (pace, requests) in [(1, 20_000), (60, 3_000), (1800, 200), (3600, 200)] {
        let (world, keyring) = (World::new(), keyring(ONE));
        let records = records(&world, &keyring);
        start_of_backlog(&world, &records);
        let mut most = 0;
        for request in 0..requests {
            let hour = world.now.get() / HOUR;
            leave(&records, hour, 1);
            leave(&records, hour + 1, 1);
            run(sweep_a_little(&records)).ok().unwrap();
            world.pass(pace);
            if request % 500 == 0 || pace > 60 {
                most = most.max(backlog(&world));
            }
        }
        // The hour that has just ended is a backlog, and is gone within the next one.
        let in_an_hour = usize::try_from(4 * HOUR.div_ceil(pace)).unwrap();
        assert!(most <= in_an_hour + 10, "{most} at {pace}");
        world.pass(3 * HOUR);
        run(sweep(&records)).ok().unwrap();
        sweeps_until_clean(&world, &records);
    }
}

#[test]
fn a_stranger_takes_little_and_makes_nobody_wait() {
    let (world, keyring) = (World::new(), keyring(ONE));
    let records = records(&world, &keyring);
    let first = start_of_backlog(&world, &records);
    leave(&records, first, 1000);
    world.pass(3 * HOUR);
    let before = (world.reads.get(), world.writes.get());
    assert_eq!(run(sweep_a_little(&records)).ok().unwrap().entries, 10);
    let (reads, writes) = (world.reads.get() - before.0, world.writes.get() - before.1);
    assert!(
        reads <= 25 && writes <= 14,
        "{reads} reads, {writes} writes"
    );
    assert_eq!(run(sweep(&records)).ok().unwrap().entries, 50, "at once");
}

/// Where each question to the store takes a millisecond, nobody waits for more than one step.
#[test]
fn a_request_sweeps_no_longer_than_a_moment() {
    let (world, keyring) = (World::new(), keyring(ONE));
    let records = records(&world, &keyring);
    let first = start_of_backlog(&world, &records);
    leave(&records, first, 10_000);
    world.pass(3 * HOUR);
    world.does_before_reads(|world| world.takes(Duration::from_millis(1)));
    assert_eq!(run(sweep(&records)).ok().unwrap().entries, 50);
    world.does_before_reads(|world| world.takes(Duration::from_micros(10)));
    assert_eq!(
        run(sweep(&records)).ok().unwrap().entries,
        497,
        "a twentieth"
    );
}
