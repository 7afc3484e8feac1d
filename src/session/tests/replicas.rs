//! Several replicas at once. None of them brings back what another one ended. Nobody is signed out
//! for no reason.

use std::cell::RefCell;

use super::schedule::{Actor, Chooser, Events, Exhaustive, Random, interleave};
use super::sweeping::{is_clean, let_expire};
use super::*;
use crate::session::lease;
use crate::session::{Owner, end, sweep};

const TWO_INTERRUPTIONS: Events = Events {
    interruptions: 2,
    crashes: 0,
};

/// Runs two requests on one session in every order with two interruptions. The second comes to a replica
/// that writes another format.
fn together(
    one: impl for<'a> Fn(&'a Records<'a, World>, &'a Live, &'a RefCell<Vec<Live>>) -> Actor<'a>,
    two: impl for<'a> Fn(&'a Records<'a, World>, &'a Live, &'a RefCell<Vec<Live>>) -> Actor<'a>,
    check: impl Fn(&Records<'_, World>, &Live, &[Live]),
) {
    let courses = Exhaustive::explore(|explorer| {
        let (world, keyring, other) = (World::new(), keyring(ONE), writing("2", ONE));
        let (records, others) = (records(&world, &keyring), records(&world, &other));
        let session = live(&records, &session(&records));
        let made = RefCell::default();
        let actors = vec![
            one(&records, &session, &made),
            two(&others, &session, &made),
        ];
        interleave(&world, explorer, TWO_INTERRUPTIONS, actors);
        check(&records, &session, &made.borrow());
        let_expire(&world, &records);
        assert!(is_clean(&world), "something is never swept");
    });
    assert!(courses > 100, "{courses}");
}

fn signs_out<'a>(
    records: &'a Records<'a, World>,
    session: &'a Live,
    _: &'a RefCell<Vec<Live>>,
) -> Actor<'a> {
    Box::pin(async { end(records, &session.holder()).await.ok().unwrap() })
}

fn signs_out_everywhere<'a>(
    records: &'a Records<'a, World>,
    session: &'a Live,
    _: &'a RefCell<Vec<Live>>,
) -> Actor<'a> {
    Box::pin(async {
        let owner = Owner::user(records.keyring, &session.record.user);
        owner.end_all(records, Some(session)).await.ok().unwrap();
        end(records, &session.holder()).await.ok().unwrap();
    })
}

fn refreshes<'a>(
    records: &'a Records<'a, World>,
    session: &'a Live,
    _: &'a RefCell<Vec<Live>>,
) -> Actor<'a> {
    Box::pin(async {
        let renew = |tokens: &mut Tokens| tokens.generation += 1;
        let _ = lease::change(records, TOLERANCE, &session.holder(), renew).await;
        session.record.grant.mark(records).await.ok().unwrap();
    })
}

fn signs_in_again<'a>(
    records: &'a Records<'a, World>,
    session: &'a Live,
    made: &'a RefCell<Vec<Live>>,
) -> Actor<'a> {
    Box::pin(async {
        let signed_in = sign_in(records, &user("o"), "s2", Some(&session.handle)).await;
        made.borrow_mut().extend(signed_in.ok().unwrap());
    })
}

#[test]
fn a_refresh_in_flight_brings_no_session_back() {
    together(signs_out, refreshes, |records, session, _| {
        assert!(!is_live(records, &session.handle));
    });
}

#[test]
fn a_sign_out_of_one_tab_ends_the_grant_that_another_tab_renews() {
    together(signs_out, signs_in_again, |records, session, made| {
        assert!(!is_live(records, &session.handle));
        let grant = String::from(session.record.grant.clone());
        for new in made {
            let same = String::from(new.record.grant.clone()) == grant;
            assert_eq!(is_live(records, &new.handle), !same);
        }
    });
}

/// After a sign-out everywhere, a sign-in that was under way is withdrawn, or it began later.
#[test]
fn a_sign_in_in_flight_does_not_slip_through_a_sign_out_everywhere() {
    together(
        signs_out_everywhere,
        signs_in_again,
        |records, session, made| {
            assert!(!is_live(records, &session.handle));
            let owner = Owner::user(records.keyring, &user("o"));
            let left = made
                .iter()
                .filter(|new| is_live(records, &new.handle))
                .count();
            assert_eq!(
                run(owner.end_all(records, None)).ok().unwrap().len(),
                left,
                "what is left is listed"
            );
        },
    );
}

/// A sign-in that began before a sign-out everywhere does not survive it, however they interleave.
/// It may be on a new grant, or on that of the existing session.
#[test]
fn a_sign_in_that_began_before_a_sign_out_everywhere_is_ended_by_it() {
    for joins in [false, true] {
        let courses = Exhaustive::explore(|explorer| {
            let (world, keyring) = (World::new(), keyring(ONE));
            let records = records(&world, &keyring);
            let session = live(&records, &session(&records));
            let begun = run(SignIn::begin(&records, user("o"), Some("s2")));
            let begun = begun.ok().unwrap();
            let made: RefCell<Vec<Live>> = RefCell::default();
            let finishes = async {
                let previous = joins.then_some(&session.handle);
                let new = finish(&records, begun, previous).await;
                made.borrow_mut().extend(new.ok().unwrap());
            };
            let ends = signs_out_everywhere(&records, &session, &made);
            let actors: Vec<Actor<'_>> = vec![Box::pin(finishes), ends];
            interleave(&world, explorer, TWO_INTERRUPTIONS, actors);
            assert!(!is_live(&records, &session.handle));
            let made = made.borrow();
            assert!(!made.iter().any(|new| is_live(&records, &new.handle)));
        });
        assert!(courses > 100, "{courses}");
    }
}

#[test]
fn two_tabs_that_sign_in_at_once_are_both_signed_in() {
    together(signs_in_again, signs_in_again, |records, session, made| {
        assert_eq!(made.len(), 2);
        assert!(made.iter().all(|new| is_live(records, &new.handle)));
        assert!(is_live(records, &session.handle));
    });
}

#[test]
fn a_refresh_beside_a_sign_in_loses_neither() {
    together(refreshes, signs_in_again, |records, session, made| {
        assert_eq!(made.len(), 1);
        assert!(is_live(records, &made[0].handle));
        let tokens = run(session.record.grant.tokens(records))
            .ok()
            .unwrap()
            .unwrap();
        assert!(tokens.generation >= 2);
    });
}

/// What a user's browser holds, and what must be true of it.
struct Held {
    browser: usize,
    live: Live,
    ended: bool,
}

/// Random programs of three replicas, which write two formats, against a simple model: a sign-in opens
/// until its browser, or its user, signs out.
#[test]
fn random_courses_agree_with_a_simple_model() {
    for seed in 1..=400 {
        let mut random = Random(seed * 0x9E37_79B9_7F4A_7C15);
        let (world, first, second) = (World::new(), keyring(ONE), writing("2", ONE));
        let replicas = [&first, &second].map(|keyring| records(&world, keyring));
        let records = &replicas[0];
        let held: RefCell<Vec<Held>> = RefCell::default();
        for _ in 0..6 {
            // No two actors of one round touch one browser, so it does not matter who is first.
            let actors = (0..3)
                .map(|browser| {
                    let replica = &replicas[random.choose(2)];
                    step(replica, &held, browser, random.choose(6))
                })
                .collect();
            let events = Events {
                interruptions: usize::MAX,
                crashes: 0,
            };
            interleave(&world, &mut random, events, actors);
            world.pass(60);
            for held in held.borrow().iter() {
                let lives = is_live(records, &held.live.handle);
                assert_eq!(lives, !held.ended, "seed {seed}, browser {}", held.browser);
            }
        }
        let_expire(&world, records);
        assert!(is_clean(&world), "seed {seed}");
    }
}

/// What `browser` does next. Each browser has another user.
fn step<'a>(
    records: &'a Records<'a, World>,
    held: &'a RefCell<Vec<Held>>,
    browser: usize,
    what: usize,
) -> Actor<'a> {
    let last = move |held: &[Held]| {
        let mine = held.iter().rev().find(|held| held.browser == browser)?;
        Some(Live::new(
            mine.live.handle.clone(),
            mine.live.record.clone(),
        ))
    };
    Box::pin(async move {
        let user = user(&browser.to_string());
        let session = last(&held.borrow());
        let end_mine = || {
            let mut held = held.borrow_mut();
            held.iter_mut()
                .filter(|h| h.browser == browser)
                .for_each(|h| h.ended = true);
        };
        match (what, session) {
            (0, session) => {
                let previous = session.as_ref().map(|session| &session.handle);
                let new = sign_in(records, &user, "s", previous).await.ok().unwrap();
                held.borrow_mut().extend(new.map(|live| Held {
                    browser,
                    live,
                    ended: false,
                }));
            }
            (1, Some(session)) => {
                let grant = String::from(session.record.grant.clone());
                end(records, &session.holder()).await.ok().unwrap();
                for held in held.borrow_mut().iter_mut() {
                    held.ended |= String::from(held.live.record.grant.clone()) == grant;
                }
            }
            (2, session) => {
                let owner = Owner::user(records.keyring, &user);
                owner.end_all(records, session.as_ref()).await.ok().unwrap();
                if let Some(session) = session {
                    end(records, &session.holder()).await.ok().unwrap();
                }
                end_mine();
            }
            (3, Some(session)) => {
                let renew = |tokens: &mut Tokens| tokens.generation += 1;
                let _ = lease::change(records, TOLERANCE, &session.holder(), renew).await;
            }
            (4, Some(session)) => {
                let _ = resume(records, session.handle, IDLE).await;
            }
            _ => {
                sweep(records).await.ok().unwrap();
            }
        }
    })
}
