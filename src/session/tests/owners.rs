//! Everything of a user, or of a session at Entra, ends at once.

use super::*;
use crate::session::Owner;

fn signed_in(records: &Records<'_, World>, oid: &str, sid: &str) -> Handle {
    let made = run(sign_in(records, &user(oid), sid, None));
    made.ok().unwrap().unwrap().handle
}

fn end_all(records: &Records<'_, World>, owner: &Owner) -> usize {
    run(owner.end_all(records, None)).ok().unwrap().len()
}

#[test]
fn a_user_is_signed_out_everywhere_and_nobody_else() {
    let (world, keyring) = (World::new(), keyring(ONE));
    let records = records(&world, &keyring);
    let [one, two, other] =
        [("a", "s1"), ("a", "s2"), ("b", "s3")].map(|(oid, sid)| signed_in(&records, oid, sid));
    let alice = Owner::user(&keyring, &user("a"));
    assert_eq!(end_all(&records, &alice), 2);
    assert!(!is_live(&records, &one) && !is_live(&records, &two));
    assert!(is_live(&records, &other));
    assert_eq!(end_all(&records, &alice), 0, "and may be repeated");
}

#[test]
fn a_session_at_entra_ends_what_was_made_with_it() {
    let (world, keyring) = (World::new(), keyring(ONE));
    let records = records(&world, &keyring);
    let (one, two) = (
        signed_in(&records, "a", "s1"),
        signed_in(&records, "a", "s2"),
    );
    assert_eq!(end_all(&records, &Owner::sid(&keyring, "s1")), 1);
    assert!(!is_live(&records, &one) && is_live(&records, &two));
    assert_eq!(end_all(&records, &Owner::sid(&keyring, "")), 0);
}

/// Sessions that end on any day up to the longest are found. Those that have ended are left.
#[test]
fn sessions_of_every_day_are_found() {
    let (world, keyring) = (World::new(), keyring(ONE));
    let records = records(&world, &keyring);
    let old = signed_in(&records, "a", "s");
    world.pass(ABSOLUTE);
    let handles: Vec<Handle> = (0..3)
        .map(|_| {
            world.pass(7000);
            signed_in(&records, "a", "s")
        })
        .collect();
    assert!(!is_live(&records, &old));
    assert_eq!(end_all(&records, &Owner::user(&keyring, &user("a"))), 3);
    assert!(!handles.iter().any(|handle| is_live(&records, handle)));
}

/// While a secret is being rotated, some replicas write under one and some under the other.
#[test]
fn both_secrets_of_a_rotation_are_looked_under() {
    let world = World::new();
    let [old, both, both_again, new] = [
        ONE.to_owned(),
        format!("{ONE} {TWO}"),
        format!("{TWO} {ONE}"),
        TWO.to_owned(),
    ]
    .map(|secrets| keyring(&secrets));
    for (writes, ends) in [(&old, &both), (&both, &both_again), (&both_again, &new)] {
        let handle = signed_in(&records(&world, writes), "a", "s");
        assert!(is_live(&records(&world, writes), &handle));
        let alice = Owner::user(ends, &user("a"));
        assert_eq!(end_all(&records(&world, ends), &alice), 1);
        assert!(!is_live(&records(&world, writes), &handle));
    }
}

#[test]
fn a_new_sign_in_of_the_same_user_keeps_the_grant_and_of_another_does_not() {
    let (world, keyring) = (World::new(), keyring(ONE));
    let records = records(&world, &keyring);
    let first = signed_in(&records, "a", "s1");
    let again = |oid| {
        let made = run(sign_in(&records, &user(oid), "s2", Some(&first)));
        made.ok().unwrap().unwrap()
    };
    let grant = |live: &Live| String::from(live.record.grant.clone());
    let before = grant(&live(&records, &first));
    world.pass(3600);
    let (same, other) = (again("a"), again("b"));
    assert_eq!(grant(&same), before);
    assert!(grant(&other) != before);
    world.pass(ABSOLUTE - 3600);
    run(same.record.grant.mark(&records)).ok().unwrap();
    assert!(!is_live(&records, &first), "a handle ends when it said");
    assert!(
        is_live(&records, &same.handle),
        "and the grant with its last one"
    );
    assert_eq!(
        end_all(&records, &Owner::sid(&keyring, "s1")),
        1,
        "listed under each sid"
    );
    assert!(!is_live(&records, &same.handle));
}

#[test]
fn a_grant_has_a_hundred_handles_and_then_there_is_a_new_one() {
    let (world, keyring) = (World::new(), keyring(ONE));
    let records = records(&world, &keyring);
    let mut handle = signed_in(&records, "a", "s");
    let first = String::from(live(&records, &handle).record.grant.clone());
    let mut grants = vec![first.clone()];
    for _ in 0..101 {
        let made = run(sign_in(&records, &user("a"), "s", Some(&handle)));
        let made = made.ok().unwrap().unwrap();
        grants.push(String::from(made.record.grant.clone()));
        handle = made.handle;
    }
    assert_eq!(grants.iter().filter(|grant| **grant == first).count(), 100);
    assert!(is_live(&records, &handle));
}
