//! Crashes between any two store operations, and failures of the store. They leave no session that
//! cannot be used, and no record that is never swept.

use super::schedule::{Actor, Events, Exhaustive, interleave};
use super::sweeping::{is_clean, let_expire};
use super::*;
use crate::session::lease;
use crate::session::{Owner, end, sweep};

const ONE_CRASH: Events = Events {
    interruptions: 0,
    crashes: 1,
};

/// Runs `program` on a session, with a crash at each point. `check` sees what it leaves.
fn at_each_point(
    program: impl for<'a> Fn(&'a Records<'a, World>, &'a Live) -> Actor<'a>,
    check: impl Fn(&World, &Records<'_, World>, &Live),
) {
    let courses = Exhaustive::explore(|explorer| {
        let (world, keyring) = (World::new(), keyring(ONE));
        let records = records(&world, &keyring);
        let session = live(&records, &session(&records));
        interleave(
            &world,
            explorer,
            ONE_CRASH,
            vec![program(&records, &session)],
        );
        check(&world, &records, &session);
        let_expire(&world, &records);
        assert!(is_clean(&world), "something is never swept");
    });
    assert!(courses > 3, "{courses}");
}

#[test]
fn of_a_sign_in() {
    at_each_point(
        |records, _| {
            Box::pin(async {
                let _ = sign_in(records, &user("x"), "s", None).await;
            })
        },
        |_, records, session| assert!(is_live(records, &session.handle)),
    );
}

#[test]
fn of_a_sign_in_on_the_same_grant() {
    at_each_point(
        |records, session| {
            Box::pin(async {
                let _ = sign_in(records, &user("o"), "s", Some(&session.handle)).await;
            })
        },
        |_, records, session| assert!(is_live(records, &session.handle)),
    );
}

/// Whatever was done, a second sign-out finishes it.
#[test]
fn of_a_sign_out() {
    at_each_point(
        |records, session| {
            Box::pin(async {
                let _ = end(records, &session.holder()).await;
            })
        },
        |_, records, session| {
            if let Some(left) = run(find(records, session.handle.clone())).ok().unwrap() {
                run(end(records, &left.holder())).ok().unwrap();
            }
            assert!(!is_live(records, &session.handle));
        },
    );
}

#[test]
fn of_a_sign_out_everywhere() {
    at_each_point(
        |records, session| {
            Box::pin(async {
                let owner = Owner::user(records.keyring, &session.record.user);
                let _ = owner.end_all(records, Some(session)).await;
                let _ = end(records, &session.holder()).await;
            })
        },
        |_, records, session| {
            let owner = Owner::user(records.keyring, &session.record.user);
            run(owner.end_all(records, None)).ok().unwrap();
            assert!(!is_live(records, &session.handle));
        },
    );
}

#[test]
fn of_a_refresh() {
    at_each_point(
        |records, session| {
            Box::pin(async {
                let renew = |tokens: &mut Tokens| tokens.generation += 1;
                let _ = lease::change(records, TOLERANCE, &session.holder(), renew).await;
            })
        },
        |_, records, session| assert!(is_live(records, &session.handle)),
    );
}

#[test]
fn of_a_sweep() {
    at_each_point(
        |records, _| {
            Box::pin(async {
                records.platform.pass(ABSOLUTE + 4 * 3600);
                for _ in 0..20 {
                    let _ = sweep(records).await;
                }
            })
        },
        |_, _, _| {},
    );
}
