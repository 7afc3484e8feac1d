//! Client credentials: what opens them, and everything that ends them.

use super::*;
use crate::session::credential::{self, Issue, MOST};
use crate::session::{CredentialRecord, Live, end, sweep};

const LIFETIME: u64 = 3600;

/// A session of one user, and its world.
fn with_session(test: impl FnOnce(&World, &Records<'_, World>, &Live)) {
    let (world, keyring) = (World::new(), keyring(ONE));
    let records = records(&world, &keyring);
    let session = live(&records, &session(&records));
    test(&world, &records, &session);
}

fn try_issue(records: &Records<'_, World>, session: &Live) -> Issue {
    let issue = credential::issue(records, session, "laptop".to_owned(), LIFETIME);
    run(issue).ok().unwrap()
}

fn issue(records: &Records<'_, World>, session: &Live) -> Live<CredentialRecord> {
    match try_issue(records, session) {
        Issue::Credential(credential) => *credential,
        _ => unreachable!("it is issued"),
    }
}

fn opens(
    records: &Records<'_, World>,
    credential: &Live<CredentialRecord>,
    idle: Option<u64>,
) -> bool {
    let opened = run(credential::open(records, credential.handle.clone(), idle));
    opened.ok().unwrap().is_some()
}

fn listed(records: &Records<'_, World>, session: &Live) -> Vec<credential::Listed> {
    let name = session.record.grant.name();
    run(credential::listed(records, &name)).ok().unwrap()
}

fn revoke(records: &Records<'_, World>, session: &Live, id: i64) -> bool {
    let name = session.record.grant.name();
    run(credential::revoke(records, &name, id)).ok().unwrap()
}

#[test]
fn it_opens_its_grant_and_is_listed() {
    with_session(|world, records, session| {
        let credential = issue(records, session);
        assert!(opens(records, &credential, None));
        assert!(credential.record.user.is(&session.record.user));
        world.pass(100);
        assert!(opens(records, &credential, None));
        let listed = &listed(records, session)[0];
        assert_eq!((listed.id, listed.name.as_str()), (1, "laptop"));
        assert_eq!(listed.end, listed.created.plus(LIFETIME));
        assert_eq!(listed.last_used, Some(listed.created.plus(100)));
    });
}

#[test]
fn no_kind_of_handle_opens_another_kinds_record() {
    with_session(|_, records, session| {
        let credential = issue(records, session);
        let text = credential.handle.write(records.keyring);
        let as_session = Handle::parse(text.reveal()).unwrap();
        assert!(!is_live(records, &as_session));
        let text = session.handle.write(records.keyring);
        let handle = Handle::<CredentialRecord>::parse(text.reveal()).unwrap();
        let opened = run(credential::open(records, handle, None));
        assert!(opened.ok().unwrap().is_none());
    });
}

#[test]
fn it_ends_at_its_end_and_never_outlives_the_grant() {
    with_session(|world, records, session| {
        let first = issue(records, session);
        world.pass(LIFETIME - 1);
        assert!(opens(records, &first, None));
        world.pass(1);
        assert!(!opens(records, &first, None));
        assert!(listed(records, session).is_empty());
        world.pass(ABSOLUTE - LIFETIME - 10);
        let last = issue(records, session);
        assert_eq!(last.record.end, session.record.end);
        world.pass(10);
        assert!(!opens(records, &last, None));
    });
}

#[test]
fn it_does_not_idle_out_unless_that_is_asked_for() {
    with_session(|world, records, session| {
        let credential = issue(records, session);
        world.pass(3000);
        assert!(opens(records, &credential, None));
        world.pass(299);
        assert!(opens(records, &credential, Some(300)));
        world.pass(300);
        assert!(!opens(records, &credential, Some(300)));
    });
}

#[test]
fn its_last_use_is_noted_once_a_minute() {
    with_session(|world, records, session| {
        let credential = issue(records, session);
        assert!(opens(records, &credential, None));
        let before = world.writes.get();
        world.pass(59);
        assert!(opens(records, &credential, None));
        assert_eq!(world.writes.get(), before);
        world.pass(1);
        assert!(opens(records, &credential, None));
        assert_eq!(world.writes.get(), before + 1);
    });
}

#[test]
fn who_revokes_one_ends_that_one() {
    with_session(|_, records, session| {
        let (one, two) = (issue(records, session), issue(records, session));
        assert!(revoke(records, session, 1));
        assert!(!opens(records, &one, None));
        assert!(opens(records, &two, None));
        let ids: Vec<_> = listed(records, session).iter().map(|c| c.id).collect();
        assert_eq!(ids, [2]);
        for unknown in [0, 1, 3, -1, i64::MAX] {
            assert!(!revoke(records, session, unknown), "{unknown}");
        }
    });
}

#[test]
fn a_sign_out_ends_them_all() {
    with_session(|_, records, session| {
        let credential = issue(records, session);
        run(end(records, &session.holder())).ok().unwrap();
        assert!(!opens(records, &credential, None));
        assert!(matches!(try_issue(records, session), Issue::Ended));
    });
}

#[test]
fn only_so_many_live_at_once() {
    with_session(|world, records, session| {
        let all: Vec<_> = (0..MOST).map(|_| issue(records, session)).collect();
        assert!(matches!(try_issue(records, session), Issue::TooMany));
        assert!(
            all.iter()
                .all(|credential| opens(records, credential, None))
        );
        assert!(revoke(records, session, 3));
        issue(records, session);
        assert!(matches!(try_issue(records, session), Issue::TooMany));
        world.pass(LIFETIME);
        issue(records, session);
    });
}

#[test]
fn a_grant_whose_lists_are_full_gives_no_more() {
    with_session(|_, records, session| {
        let made = (0..200).find(|_| {
            let issue = try_issue(records, session);
            if let Issue::Credential(credential) = &issue {
                assert!(revoke(records, session, credential.record.id()));
            }
            matches!(issue, Issue::ListFull)
        });
        // The session's own handle has one of the places.
        assert_eq!(made, Some(99));
    });
}

#[test]
fn nothing_of_them_is_left_after_the_grants_end() {
    with_session(|world, records, session| {
        let credential = issue(records, session);
        assert!(opens(records, &credential, None));
        issue(records, session);
        assert!(revoke(records, session, 2));
        world.pass(ABSOLUTE + 100 * 3600);
        for _ in 0..50 {
            run(sweep(records)).ok().unwrap();
        }
        let left = world.store.borrow();
        let left: Vec<_> = left
            .keys()
            .filter(|key| key.contains("credential"))
            .collect();
        assert!(left.is_empty(), "{left:?}");
    });
}
