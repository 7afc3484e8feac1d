//! What a user sees of their sign-ins, and how each is ended.

use super::*;
use crate::platform::UnixTime;
use crate::session::credential::{self, Issue};
use crate::session::sign_ins::{self, Listed};
use crate::session::{CredentialRecord, Owner, sweep};
use crate::terms::Browser;

fn signed_in(records: &Records<'_, World>, oid: &str) -> Live {
    let made = run(sign_in(records, &user(oid), "sid", None));
    made.ok().unwrap().unwrap()
}

fn listed(records: &Records<'_, World>, session: &Live) -> Vec<Listed> {
    run(sign_ins::listed(records, session, ABSOLUTE))
        .ok()
        .unwrap()
}

fn end(records: &Records<'_, World>, session: &Live, id: &str) -> bool {
    let ended = run(sign_ins::end(records, session, ABSOLUTE, id));
    ended.ok().unwrap().is_some()
}

/// The ids of the others.
fn others(records: &Records<'_, World>, session: &Live) -> Vec<String> {
    let others = listed(records, session).into_iter();
    let others = others.filter(|sign_in| !sign_in.current);
    others.map(|sign_in| sign_in.id).collect()
}

fn kubeconfig(records: &Records<'_, World>, session: &Live) -> Live<CredentialRecord> {
    let issued = run(credential::issue(records, session, "x".to_owned(), 3600));
    match issued.ok().unwrap() {
        Issue::Credential(credential) => *credential,
        _ => unreachable!("it is issued"),
    }
}

/// Lets the store have what a release has written that kept a bare name of a grant.
fn as_older_release(world: &World) {
    let is_told = |key: &String| key.starts_with("aop-sign-in-");
    let mut store = world.store.borrow_mut();
    let before = store.len();
    store.retain(|key, _| !is_told(key));
    assert!(store.len() < before, "there was something to forget");
}

#[test]
fn each_has_its_browser_and_its_times() {
    let (world, keyring) = (World::new(), keyring(ONE));
    let records = records(&world, &keyring);
    let start = world.now.get();
    let first = signed_in(&records, "a");
    signed_in(&records, "b");
    world.pass(100);
    let second = signed_in(&records, "a");
    let seen = listed(&records, &second);
    assert_eq!(seen.len(), 2, "and nobody else's");
    assert!(seen[0].current && !seen[1].current, "the latest first");
    assert_eq!(seen[1].browser, browser());
    assert_eq!(seen[1].at, Some(UnixTime(start)));
    assert_eq!(seen[1].last_used, Some(UnixTime(start)));
    assert_eq!(seen[1].end, first.record.end);
    // Used again and again, in this hour and in the next two.
    for _ in 0..5 {
        world.pass(1600);
        assert!(is_live(&records, &first.handle));
        assert!(is_live(&records, &second.handle));
    }
    let used = start + 2 * 3600;
    assert_eq!(listed(&records, &second)[1].last_used, Some(UnixTime(used)));
}

/// One write an hour, beside the mark that moves each minute.
#[test]
fn the_hour_of_the_last_use_costs_one_write() {
    let (world, keyring) = (World::new(), keyring(ONE));
    let records = records(&world, &keyring);
    let session = signed_in(&records, "a");
    let mut writes = Vec::new();
    for _ in 0..4 {
        world.pass(1200);
        let before = world.writes.get();
        assert!(is_live(&records, &session.handle));
        writes.push(world.writes.get() - before);
    }
    assert_eq!(writes, [1, 1, 2, 1]);
}

#[test]
fn who_ends_one_ends_it_with_its_kubeconfigs_and_no_other() {
    let (world, keyring) = (World::new(), keyring(ONE));
    let records = records(&world, &keyring);
    let [one, two, asking] = [(), (), ()].map(|()| {
        world.pass(10);
        signed_in(&records, "a")
    });
    let stranger = signed_in(&records, "b");
    let credential = kubeconfig(&records, &one);
    let ids = others(&records, &asking);
    assert_eq!(ids.len(), 2);
    assert!(!end(&records, &stranger, &ids[1]), "nobody else may");
    let own = listed(&records, &asking)[0].id.clone();
    for wrong in [own.as_str(), "", "x", "1"] {
        assert!(!end(&records, &asking, wrong), "{wrong}");
    }
    assert!(end(&records, &asking, &ids[1]), "the first that was made");
    assert!(!is_live(&records, &one.handle));
    let opened = run(credential::open(&records, credential.handle, None));
    assert!(opened.ok().unwrap().is_none());
    for other in [&two, &asking, &stranger] {
        assert!(is_live(&records, &other.handle));
    }
    assert!(!end(&records, &asking, &ids[1]), "it has ended already");
    assert_eq!(others(&records, &asking), [ids[0].clone()]);
}

#[test]
fn a_second_sign_in_in_the_same_browser_is_the_same() {
    let (world, keyring) = (World::new(), keyring(ONE));
    let records = records(&world, &keyring);
    let first = signed_in(&records, "a");
    let asking = signed_in(&records, "a");
    world.pass(7200);
    let again = run(sign_in(&records, &user("a"), "sid", Some(&first.handle)));
    let again = again.ok().unwrap().unwrap();
    let seen = listed(&records, &asking);
    assert_eq!(seen.len(), 2);
    assert_eq!(seen[0].at, Some(records.platform.now()), "the later time");
    assert_eq!(seen[0].end, again.record.end);
}

/// While releases change, and after it.
#[test]
fn what_an_older_release_wrote_is_listed_and_ended() {
    let (world, keyring) = (World::new(), keyring(ONE));
    let records = records(&world, &keyring);
    let old = signed_in(&records, "a");
    world.pass(20);
    as_older_release(&world);
    let asking = signed_in(&records, "a");
    let seen = listed(&records, &asking);
    assert_eq!(
        (seen.len(), seen[1].browser.clone()),
        (2, Browser::default())
    );
    assert_eq!((seen[1].at, seen[1].last_used), (None, None));
    assert_eq!(seen[1].end, old.record.end);
    world.pass(1700);
    assert!(is_live(&records, &old.handle), "nobody is signed out");
    let id = others(&records, &asking)[0].clone();
    assert!(end(&records, &asking, &id));
    assert!(!is_live(&records, &old.handle));
}

/// An older replica reads the slots that this one writes: what it reads is as it was.
#[test]
fn an_older_release_finds_what_this_one_wrote() {
    let (world, keyring) = (World::new(), keyring(ONE));
    let records = records(&world, &keyring);
    let new = signed_in(&records, "a");
    as_older_release(&world);
    let ended = run(Owner::user(&keyring, &user("a")).end_all(&records, None));
    assert_eq!(ended.ok().unwrap().len(), 1);
    assert!(!is_live(&records, &new.handle));
}

#[test]
fn what_has_ended_is_not_listed() {
    let (world, keyring) = (World::new(), keyring(ONE));
    let records = records(&world, &keyring);
    let (one, two) = (signed_in(&records, "a"), signed_in(&records, "a"));
    world.pass(3600);
    let asking = signed_in(&records, "a");
    run(crate::session::end(&records, &one.holder()))
        .ok()
        .unwrap();
    assert_eq!(others(&records, &asking).len(), 1);
    assert!(!is_live(&records, &two.handle), "it idled out");
    assert_eq!(
        others(&records, &asking).len(),
        1,
        "it may have kubeconfigs"
    );
    world.pass(ABSOLUTE - 3600);
    assert!(others(&records, &asking).is_empty());
}

/// However many there are, only so many are read, and nothing is written.
#[test]
fn only_so_many_are_looked_at() {
    let (world, keyring) = (World::new(), keyring(ONE));
    let records = records(&world, &keyring);
    let many: Vec<Live> = (0..60).map(|_| signed_in(&records, "a")).collect();
    let (reads, writes) = (world.reads.get(), world.writes.get());
    let seen = listed(&records, &many[59]);
    assert_eq!(seen.len(), 25);
    assert!(seen[0].current, "the latest are seen");
    // One slot and one closing counter each, the lists of two days.
    let cost = world.reads.get() - reads;
    assert!(cost <= 2 * 25 + 2, "{cost}");
    // The length of a list is read by adding 0.
    assert!(world.writes.get() - writes <= 2);
    assert_eq!(
        run(Owner::user(&keyring, &user("a")).end_all(&records, Some(&many[59])))
            .ok()
            .unwrap()
            .len(),
        59,
        "all others end, seen or not"
    );
    assert!(is_live(&records, &many[59].handle));
}

/// What is said of a sign-in goes with it.
#[test]
fn nothing_of_it_is_left_after_its_end() {
    let (world, keyring) = (World::new(), keyring(ONE));
    let records = records(&world, &keyring);
    let session = signed_in(&records, "a");
    for _ in 0..3 {
        world.pass(1700);
        assert!(is_live(&records, &session.handle));
    }
    world.pass(ABSOLUTE + 100 * 3600);
    for _ in 0..50 {
        run(sweep(&records)).ok().unwrap();
    }
    let left = world.store.borrow();
    let left: Vec<_> = left
        .keys()
        .filter(|key| key.starts_with("aop-sign-in-") || key.starts_with("aop-used-"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}
