//! Replicas are replaced by others with another format of records, and back again, as in an upgrade and its
//! roll-back. Nobody is signed out, and nobody gets an error.

use std::collections::BTreeMap;
use std::mem;
use std::ops::RangeInclusive;
use std::thread;

use e2e::{Browser, Builder, Ingress, Redis, Replica, Stack, free_port};

const SESSIONS: usize = 1000;
/// The number of simultaneous clients.
const CLIENTS: usize = 4;
/// The range for one half, as an ingress distributes requests.
const A_HALF: RangeInclusive<usize> = SESSIONS / 4..=SESSIONS * 3 / 4;

/// Two replicas behind an ingress, and the signed-in users.
struct Cluster<'a> {
    stack: &'a Stack,
    ingress: Ingress,
    replicas: [Replica; 2],
    sessions: Vec<Browser>,
}

impl<'a> Cluster<'a> {
    /// Both replicas write the first format.
    fn start(stack: &'a Stack) -> Self {
        let replicas = [writing(stack, "1"), writing(stack, "1")];
        Self {
            stack,
            ingress: Ingress::before(&replicas),
            replicas,
            sessions: Vec::new(),
        }
    }

    /// Signs more users in.
    fn sign_in(&mut self, count: usize) {
        let nobody = self.stack.browser().at(&self.ingress.origin());
        let mut new = vec![nobody; count];
        by_all(&mut new, |browser| {
            let answer = self.stack.sign_in(browser, "alice");
            assert_eq!(answer.status, 302, "{answer:?}");
        });
        self.sessions.append(&mut new);
    }

    /// Uses each session, at any replica.
    fn ask(&mut self, status: u16) {
        by_all(&mut self.sessions, |browser| {
            let answer = browser.get("/whoami");
            assert_eq!(answer.status, status, "{answer:?}");
        });
    }

    /// Replaces one replica by another that writes this format. All sessions are used with both there, and
    /// then without the old one.
    fn replace(&mut self, number: usize, format: &str) {
        let new = writing(self.stack, format);
        self.ingress.add(new.host());
        self.ask(200);
        let mut old = mem::replace(&mut self.replicas[number], new);
        self.ingress.remove(old.host());
        self.ask(200);
        old.process.terminate();
        old.process.wait();
    }
}

fn writing(stack: &Stack, format: &str) -> Replica {
    stack.replica_with(&[("SESSION_RECORD_FORMAT", format)])
}

/// Calls `what` for each of `browsers`, each with a connection of its own.
fn by_all(browsers: &mut [Browser], what: impl Fn(&mut Browser) + Sync) {
    let share = browsers.len().div_ceil(CLIENTS);
    thread::scope(|scope| {
        for browsers in browsers.chunks_mut(share) {
            scope.spawn(|| {
                for browser in browsers {
                    *browser = browser.afresh();
                    what(browser);
                    // No connection is left open.
                    *browser = browser.afresh();
                }
            });
        }
    });
}

#[test]
fn a_thousand_sessions_last_through_a_new_format_and_back() {
    // It does not crash, and need not wait for its disk.
    let redis = Redis::start_at("127.0.0.1", free_port(), &["--appendfsync", "no"]);
    let stack = Builder::default().clock().redis(&redis).start();
    let mut cluster = Cluster::start(&stack);
    cluster.sign_in(SESSIONS);
    assert_eq!(redis.formats("session"), BTreeMap::from([(1, SESSIONS)]));
    assert_eq!(redis.formats("tokens"), BTreeMap::from([(1, SESSIONS)]));

    cluster.replace(0, "2");
    // Every token is due, and any replica may write the new one.
    stack.at(4300);
    cluster.ask(200);
    both_are_there(&redis);
    cluster.replace(1, "2");
    cluster.sign_in(SESSIONS / 20);
    assert_eq!(redis.formats("session")[&2], SESSIONS / 20);

    cluster.replace(0, "1");
    stack.at(2 * 4300);
    cluster.ask(200);
    both_are_there(&redis);
    cluster.replace(1, "1");

    // A replica with the first format finds the sessions of both.
    let answer = cluster.sessions[0].send("POST", "/logout?everywhere=1", &[], "");
    assert_eq!(answer.status, 200, "{answer:?}");
    cluster.ask(401);
    assert_eq!(redis.formats("tokens"), BTreeMap::new());
}

/// Tokens are written in both formats, about equally often.
fn both_are_there(redis: &Redis) {
    let formats = redis.formats("tokens");
    let both = A_HALF.contains(&formats[&1]) && A_HALF.contains(&formats[&2]);
    assert!(both, "{formats:?}");
}
