//! The life of one session.

use super::*;
use crate::session::{Holder, end, peek};
use crate::store::Context;

#[test]
fn a_session_idles_out() {
    let (world, keyring) = (World::new(), keyring(ONE));
    let records = records(&world, &keyring);
    let handle = session(&records);
    for _ in 0..3 {
        world.pass(IDLE - 1);
        assert!(is_live(&records, &handle));
    }
    world.pass(IDLE);
    assert!(!is_live(&records, &handle));
}

#[test]
fn a_session_ends_however_much_it_is_used() {
    let (world, keyring) = (World::new(), keyring(ONE));
    let records = records(&world, &keyring);
    let handle = session(&records);
    for _ in 0..ABSOLUTE / 900 - 1 {
        world.pass(900);
        assert!(is_live(&records, &handle));
    }
    world.pass(899);
    assert!(is_live(&records, &handle));
    world.pass(1);
    assert!(!is_live(&records, &handle));
}

#[test]
fn the_idle_mark_is_moved_at_most_once_a_minute() {
    let (world, keyring) = (World::new(), keyring(ONE));
    let records = records(&world, &keyring);
    let handle = session(&records);
    let before = world.writes.get();
    world.pass(59);
    assert!(is_live(&records, &handle));
    assert_eq!(world.writes.get(), before);
    world.pass(1);
    assert!(is_live(&records, &handle) && is_live(&records, &handle));
    assert_eq!(world.writes.get(), before + 1);
}

/// Tokens and claims are read with the question whether the session is in force, for the first who asks.
#[test]
fn tokens_that_were_read_ahead_serve_once() {
    let (world, keyring) = (World::new(), keyring(ONE));
    let records = records(&world, &keyring);
    let handle = session(&records);
    let session = run(resume(&records, handle, IDLE)).ok().unwrap().unwrap();
    let holder = session.holder();
    let generation = |holder: &Holder<'_>| {
        let tokens = run(holder.tokens(&records)).ok().unwrap();
        tokens.map(|tokens| tokens.generation)
    };
    let renewed = Tokens {
        generation: 2,
        ..Tokens::default()
    };
    run(holder.grant.write_tokens(&records, &renewed))
        .ok()
        .unwrap();
    let reads = world.reads.get();
    assert_eq!(generation(&holder), Some(1));
    assert_eq!(world.reads.get(), reads);
    // Whoever has waited wants what there is by now, by whatever holder.
    assert_eq!(generation(&session.holder()), Some(2));
    assert_eq!(world.reads.get(), reads + 1);
    run(end(&records, &holder)).ok().unwrap();
    assert_eq!(generation(&holder), None);
}

#[test]
fn a_session_with_a_short_idle_timeout_lives_while_it_is_used() {
    let (world, keyring) = (World::new(), keyring(ONE));
    let records = records(&world, &keyring);
    let handle = session(&records);
    for _ in 0..20 {
        world.pass(2);
        let used = run(resume(&records, handle.clone(), 10)).ok().unwrap();
        assert!(used.is_some());
    }
    world.pass(10);
    let used = run(resume(&records, handle, 10)).ok().unwrap();
    assert!(used.is_none());
}

#[test]
fn to_peek_is_no_use_and_opens_only_what_is_in_force() {
    let (world, keyring) = (World::new(), keyring(ONE));
    let records = records(&world, &keyring);
    let handle = session(&records);
    let peeked = || run(peek(&records, handle.clone(), IDLE)).ok().unwrap();
    let before = world.writes.get();
    world.pass(IDLE - 1);
    assert!(peeked().is_some());
    assert_eq!(world.writes.get(), before);
    world.pass(1);
    assert!(peeked().is_none(), "it has idled out all the same");
    let handle = session(&records);
    let live = run(find(&records, handle.clone())).ok().unwrap().unwrap();
    let backup = world.store.borrow().clone();
    run(end(&records, &live.holder())).ok().unwrap();
    world.store.borrow_mut().extend(backup);
    let peeked = run(peek(&records, handle, IDLE)).ok().unwrap();
    assert!(peeked.is_none(), "its grant is closing");
}

#[test]
fn a_sign_out_ends_it_even_where_deletions_are_lost() {
    let (world, keyring) = (World::new(), keyring(ONE));
    let records = records(&world, &keyring);
    let handle = session(&records);
    let backup = world.store.borrow().clone();
    let live = run(find(&records, handle.clone())).ok().unwrap().unwrap();
    run(end(&records, &live.holder())).ok().unwrap();
    assert!(!is_live(&records, &handle));
    world.store.borrow_mut().extend(backup);
    assert!(!is_live(&records, &handle), "the closing counter stands");
}

#[test]
fn a_store_that_is_down_is_an_error_and_ends_nothing() {
    let (world, keyring) = (World::new(), keyring(ONE));
    let records = records(&world, &keyring);
    let handle = session(&records);
    world.store_is_down.set(true);
    assert!(run(resume(&records, handle.clone(), IDLE)).is_err());
    world.store_is_down.set(false);
    assert!(is_live(&records, &handle));
}

#[test]
fn another_secret_or_another_handle_opens_nothing() {
    let (world, one, two) = (World::new(), keyring(ONE), keyring(TWO));
    let records = Records {
        platform: &world,
        keyring: &one,
    };
    let handle = session(&records);
    assert!(!is_live(&records, &Handle::new([9; 32])));
    assert!(!is_live(
        &Records {
            platform: &world,
            keyring: &two
        },
        &handle
    ));
}

#[test]
fn records_say_nothing_and_cannot_be_exchanged() {
    let (world, keyring) = (World::new(), keyring(ONE));
    let records = records(&world, &keyring);
    let (mine, theirs) = (session(&records), session(&records));
    let names: Vec<String> = world
        .store
        .borrow()
        .keys()
        .filter(|key| key.starts_with("aop-session-"))
        .cloned()
        .collect();
    assert_eq!(names.len(), 2);
    let swapped: Vec<Vec<u8>> = names
        .iter()
        .rev()
        .map(|name| world.store.borrow()[name].clone())
        .collect();
    world
        .store
        .borrow_mut()
        .extend(names.into_iter().zip(swapped));
    assert!(!is_live(&records, &mine) && !is_live(&records, &theirs));
    for (key, value) in world.store.borrow().iter() {
        assert!(
            key.bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)),
            "{key}"
        );
        assert!(!String::from_utf8_lossy(value).contains("whoami"));
    }
}

/// Somebody who has the store and the secret, but no cookie, does not learn which grants exist.
#[test]
fn what_opens_without_a_handle_names_no_grant() {
    let (world, keyring) = (World::new(), keyring(ONE));
    let records = records(&world, &keyring);
    let live = run(find(&records, session(&records)))
        .ok()
        .unwrap()
        .unwrap();
    run(end(&records, &live.holder())).ok().unwrap();
    let grant = String::from(live.record.grant.clone());
    let mut opened = 0;
    for (name, sealed) in world.store.borrow().iter() {
        let kind = name.split('-').nth(1).unwrap();
        let context = Context {
            kind,
            name,
            salt: &[],
        };
        if let Some(text) = plain(keyring.open(&context, sealed)) {
            opened += 1;
            assert!(!String::from_utf8(text).unwrap().contains(&grant), "{name}");
        }
    }
    assert!(opened > 0);
}
