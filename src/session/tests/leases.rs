//! One request at a time changes a grant's tokens.

use std::cell::Cell;

use super::schedule::{Actor, Events, Exhaustive, interleave};
use super::*;
use crate::session::lease::{self, Turn};

/// Asks Entra once with the lease, and writes a new generation.
async fn refresh(records: &Records<'_, World>, session: &Live, asked: &Cell<usize>) {
    loop {
        let seen = session.record.grant.tokens(records).await.ok().unwrap();
        let Some(seen) = seen.filter(|tokens| tokens.generation == 1) else {
            return;
        };
        match lease::take(records, TOLERANCE, &session.holder(), &seen)
            .await
            .ok()
            .unwrap()
        {
            Turn::Mine(lease) => {
                asked.set(asked.get() + 1);
                let mut tokens = lease.tokens.clone();
                tokens.generation += 1;
                assert!(lease.write(records, &mut tokens).await.ok().unwrap());
                return;
            }
            Turn::Moved | Turn::Ended => {}
            Turn::Another => return,
        }
    }
}

fn contend(
    actors: usize,
    events: Events,
    check: impl Fn(&World, &Records<'_, World>, &Live, usize),
) {
    let courses = Exhaustive::explore(|explorer| {
        let (world, keyring) = (World::new(), keyring(ONE));
        let records = records(&world, &keyring);
        let session = live(&records, &session(&records));
        let asked = Cell::new(0);
        let actors = (0..actors)
            .map(|_| Box::pin(refresh(&records, &session, &asked)) as Actor<'_>)
            .collect();
        interleave(&world, explorer, events, actors);
        check(&world, &records, &session, asked.get());
    });
    assert!(courses > 50, "{courses}");
}

#[test]
fn of_two_requests_one_asks_however_they_interleave() {
    let events = Events {
        interruptions: usize::MAX,
        crashes: 0,
    };
    contend(2, events, |_, _, _, asked| assert_eq!(asked, 1));
}

#[test]
fn of_four_requests_one_asks() {
    let events = Events {
        interruptions: 3,
        crashes: 0,
    };
    contend(4, events, |_, _, _, asked| assert_eq!(asked, 1));
}

/// After a crash at any point, nobody else asks within the time of a lease. After it, exactly one
/// does.
#[test]
fn after_a_crash_exactly_one_more_asks() {
    let events = Events {
        interruptions: 2,
        crashes: 1,
    };
    contend(2, events, |world, records, session, asked| {
        assert!(asked <= 1, "{asked}");
        let done = |records| {
            let tokens = run(session.record.grant.tokens(records)).ok().unwrap();
            tokens.unwrap().generation == 2
        };
        if done(records) {
            return;
        }
        let again = Cell::new(0);
        world.pass(99);
        run(refresh(records, session, &again));
        world.pass(1);
        run(refresh(records, session, &again));
        if again.get() == 0 {
            // A claim without a start counts from when somebody first sees it.
            world.pass(100);
            run(refresh(records, session, &again));
        }
        assert_eq!(again.get(), 1);
        assert!(done(records));
    });
}

#[test]
fn whoever_was_slow_neither_writes_nor_loses_what_another_wrote() {
    let (world, keyring) = (World::new(), keyring(ONE));
    let records = records(&world, &keyring);
    let session = live(&records, &session(&records));
    let tokens = || {
        run(session.record.grant.tokens(&records))
            .ok()
            .unwrap()
            .unwrap()
    };
    let take = || {
        let turn = run(lease::take(
            &records,
            TOLERANCE,
            &session.holder(),
            &tokens(),
        ));
        match turn.ok().unwrap() {
            Turn::Mine(lease) => Some(*lease),
            _ => None,
        }
    };
    let slow = take().unwrap();
    assert!(take().is_none());
    world.pass(100);
    let next = take().unwrap();
    let write = |lease: lease::Lease, generation| {
        let mut tokens = Tokens {
            generation,
            ..Tokens::default()
        };
        run(lease.write(&records, &mut tokens)).ok().unwrap()
    };
    assert!(write(next, 2));
    assert!(!write(slow, 7), "its caller is told");
    assert_eq!(tokens().generation, 2);
}

/// After hours of failed tries the next one still gets its turn at once.
#[test]
fn a_try_that_failed_gives_its_lease_back() {
    let (world, keyring) = (World::new(), keyring(ONE));
    let records = records(&world, &keyring);
    let session = live(&records, &session(&records));
    for number in 1..=300 {
        let fail = |tokens: &mut Tokens| tokens.refresh_token = None;
        let changed = run(lease::change(&records, TOLERANCE, &session.holder(), fail));
        assert_eq!(changed.ok().unwrap().unwrap().next_try, number);
    }
}

/// A clock that was a day ahead when the lease began must not block it for a day.
#[test]
fn a_lease_from_the_future_is_over() {
    let (world, keyring) = (World::new(), keyring(ONE));
    let records = records(&world, &keyring);
    let session = live(&records, &session(&records));
    let seen = run(session.record.grant.tokens(&records))
        .ok()
        .unwrap()
        .unwrap();
    let take = || {
        run(lease::take(&records, TOLERANCE, &session.holder(), &seen))
            .ok()
            .unwrap()
    };
    world.pass(ABSOLUTE - 10);
    assert!(matches!(take(), Turn::Mine(_)));
    world.now.set(world.now.get() + 10 - ABSOLUTE);
    assert!(matches!(take(), Turn::Mine(_)));
}

/// A request that saw the tokens long ago, and finds its try unclaimed or over, must not ask with
/// them.
#[test]
fn whoever_saw_old_tokens_gives_up() {
    let (world, keyring) = (World::new(), keyring(ONE));
    let records = records(&world, &keyring);
    let session = live(&records, &session(&records));
    let seen = run(session.record.grant.tokens(&records))
        .ok()
        .unwrap()
        .unwrap();
    run(refresh(&records, &session, &Cell::new(0)));
    world.pass(100);
    let turn = run(lease::take(&records, TOLERANCE, &session.holder(), &seen))
        .ok()
        .unwrap();
    assert!(matches!(turn, Turn::Moved));
}
