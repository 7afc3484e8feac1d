//! App cookies on their grant: what ends them, what a crash leaves, how many there may be.

use std::cell::RefCell;

use super::schedule::{Actor, Events, Exhaustive, interleave};
use super::sweeping::{is_clean, let_expire};
use super::*;
use crate::session::app::{self, AppRecord, Presented, Scope, Start, TicketRefused};
use crate::session::{Claims, end};
use crate::terms::{Browser, Origin};

const HOST: &str = "app.example.com";

fn origin() -> Origin {
    Origin::of(&url::Url::parse("https://app.example.com").unwrap()).unwrap()
}

fn scope() -> Scope {
    Scope::Host(HOST.to_owned())
}

/// A session whose sign-in was for apps.
fn session_for_apps(records: &Records<'_, World>) -> Live {
    let claims = Claims {
        user: user("o"),
        upn: None,
        groups: vec!["g".to_owned()],
        roles: Vec::new(),
    };
    let new = NewSession {
        end: records.platform.now().plus(ABSOLUTE),
        browser: Browser::default(),
        tokens: &Tokens::default(),
        claims: Some(&claims),
        state_hash: String::new(),
        return_path: ReturnPath::whoami(),
        clock_tolerance: TOLERANCE,
    };
    let made = run(async {
        let sign_in = SignIn::begin(records, user("o"), None).await?;
        sign_in.finish(records, new, None).await
    });
    made.ok().unwrap().unwrap()
}

/// A start, and a ticket for it.
fn ticket(records: &Records<'_, World>, session: &Live) -> (Start, String) {
    let start = Start::begin(records.platform, ReturnPath::root());
    let ticket = app::ticket(records, session, &origin(), &start.challenge());
    (start, ticket.reveal().to_owned())
}

async fn redeem(
    records: &Records<'_, World>,
    start: &Start,
    ticket: &str,
) -> Result<Result<Live<AppRecord>, TicketRefused>, StoreFailure> {
    let presented = Presented {
        ticket,
        origin: &origin(),
        start,
        before: None,
        clock_tolerance: TOLERANCE,
    };
    app::redeem(records, presented, scope()).await
}

/// Redeems, and keeps what comes of it.
fn redeems<'a>(
    records: &'a Records<'a, World>,
    start: &'a Start,
    ticket: &'a str,
    made: &'a RefCell<Vec<Live<AppRecord>>>,
) -> Actor<'a> {
    Box::pin(async move {
        let redeemed = redeem(records, start, ticket).await;
        made.borrow_mut().extend(redeemed.ok().and_then(Result::ok));
    })
}

fn is_open(records: &Records<'_, World>, app: &Live<AppRecord>) -> bool {
    let scope = scope();
    let opened = app::open(records, app.handle.clone(), &scope, IDLE);
    run(opened).ok().unwrap().is_some()
}

/// Runs `redeem` beside `others`, with these events, in every order.
fn in_every_order(
    events: Events,
    others: impl for<'a> Fn(&'a Records<'a, World>, &'a Live) -> Option<Actor<'a>>,
    check: impl Fn(&Records<'_, World>, &[Live<AppRecord>]),
) {
    let courses = Exhaustive::explore(|explorer| {
        let (world, keyring) = (World::new(), keyring(ONE));
        let records = records(&world, &keyring);
        let session = session_for_apps(&records);
        let (start, ticket) = ticket(&records, &session);
        let made: RefCell<Vec<Live<AppRecord>>> = RefCell::default();
        let mut actors: Vec<Actor<'_>> = vec![redeems(&records, &start, &ticket, &made)];
        match others(&records, &session) {
            Some(other) => actors.push(other),
            None if events.crashes == 0 => actors.push(redeems(&records, &start, &ticket, &made)),
            None => {}
        }
        interleave(&world, explorer, events, actors);
        check(&records, &made.borrow());
        let_expire(&world, &records);
        assert!(is_clean(&world), "something is never swept");
    });
    assert!(courses > 3, "{courses}");
}

const TWO_INTERRUPTIONS: Events = Events {
    interruptions: 2,
    crashes: 0,
};

#[test]
fn a_ticket_makes_one_cookie_however_many_present_it_at_once() {
    in_every_order(
        TWO_INTERRUPTIONS,
        |_, _| None,
        |records, made| {
            assert!(made.len() <= 1, "{}", made.len());
            assert!(made.iter().all(|app| is_open(records, app)));
        },
    );
}

#[test]
fn no_cookie_survives_a_sign_out() {
    in_every_order(
        TWO_INTERRUPTIONS,
        |records, session| {
            Some(Box::pin(async {
                end(records, &session.holder()).await.ok().unwrap();
            }))
        },
        |records, made| assert!(!made.iter().any(|app| is_open(records, app))),
    );
}

#[test]
fn a_crash_leaves_nothing_that_is_never_swept() {
    let one_crash = Events {
        interruptions: 0,
        crashes: 1,
    };
    in_every_order(one_crash, |_, _| None, |_, _| {});
}

/// The sign-out at an app ends the session too.
#[test]
fn ending_by_the_app_cookie_ends_the_session() {
    let (world, keyring) = (World::new(), keyring(ONE));
    let records = records(&world, &keyring);
    let session = session_for_apps(&records);
    let (start, ticket) = ticket(&records, &session);
    let app = run(redeem(&records, &start, &ticket)).ok().unwrap();
    let app = app.ok().unwrap();
    run(end(&records, &app.holder())).ok().unwrap();
    assert!(!is_live(&records, &session.handle));
    assert!(!is_open(&records, &app));
    let claims = run(session.record.grant.claims(&records));
    assert!(claims.ok().unwrap().is_none());
}

#[test]
fn a_session_is_for_apps_if_its_sign_in_was_and_its_list_has_room() {
    let (world, keyring) = (World::new(), keyring(ONE));
    let records = records(&world, &keyring);
    let is_for_apps = |session: Live| {
        let session = app::for_apps(&records, Some(session));
        run(session).ok().unwrap().is_some()
    };
    let without = live(&records, &session(&records));
    assert!(!is_for_apps(without), "a sign-in before there were apps");
    let session = session_for_apps(&records);
    let again = || live(&records, &session.handle);
    assert!(is_for_apps(again()));
    for _ in 0..99 {
        let record = AppRecord {
            user: user("o"),
            end: session.record.end,
            grant: session.record.grant.clone(),
            scope: scope(),
        };
        assert!(
            run(app::issue(&records, record, None))
                .ok()
                .unwrap()
                .is_some()
        );
    }
    assert!(!is_for_apps(again()), "the hundred places are taken");
}
