//! Several `serve` processes on one Redis, and sessions that survive their failures.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use e2e::{Browser, Builder, Redis, Replica, Stack};
use serde_json::json;

/// How many of `browsers` get which status, with simultaneous requests.
fn all_at_once(browsers: Vec<Browser>) -> Vec<u16> {
    let asked: Vec<_> = browsers
        .into_iter()
        .map(|mut browser| thread::spawn(move || browser.get("/whoami").status))
        .collect();
    asked.into_iter().map(|it| it.join().unwrap()).collect()
}

fn storm(stack: &Stack, browsers: Vec<Browser>) {
    let before = stack.count("token");
    let slow = json!({ "at": "token", "kind": "delay", "delay_ms": 300 });
    stack.control("faults", &slow);
    let statuses = all_at_once(browsers);
    assert_eq!(statuses, vec![200; statuses.len()]);
    assert_eq!(stack.count("token"), before + 1, "one asks for all");
}

#[test]
fn fifty_requests_at_expiry_cause_one_token_request_on_two_replicas() {
    let redis = Redis::start();
    let stack = Builder::default().clock().redis(&redis).start();
    let replica = stack.replica();
    let alice = stack.signed_in("alice");
    // No token is valid any more: requests that do not refresh must wait.
    stack.at(4600);
    let browsers = |n: usize| match n % 2 {
        0 => alice.clone(),
        _ => replica.browser(&alice),
    };
    storm(&stack, (0..50).map(browsers).collect());
}

#[test]
fn fifty_requests_within_the_margin_cause_one_token_request_on_sqlite() {
    let stack = Stack::with_clock();
    let alice = stack.signed_in("alice");
    stack.at(4300);
    storm(&stack, vec![alice; 50]);
}

/// The lease's holder is killed while Entra is slow: no request refreshes during the lease, and exactly one
/// does after it.
#[test]
fn after_the_holder_was_killed_exactly_one_more_asks() {
    let redis = Redis::start();
    let stack = Builder::default().clock().redis(&redis).start();
    let mut replica = stack.replica();
    let mut alice = stack.signed_in("alice");
    stack.at(4300);
    let slow = json!({ "at": "token", "kind": "delay", "delay_ms": 5000 });
    stack.control("faults", &slow);
    let before = stack.count("token");
    let mut elsewhere = replica.browser(&alice);
    let asks = thread::spawn(move || elsewhere.try_get("/whoami"));
    while stack.count("token") == before {
        thread::yield_now();
    }
    replica.process.kill();
    assert!(asks.join().unwrap().is_err());
    assert_eq!(alice.get("/whoami").status, 200, "the old token lives");
    assert_eq!(stack.count("token"), before + 1);
    stack.at(4300 + 101);
    let statuses = all_at_once(vec![alice; 10]);
    assert_eq!(statuses, vec![200; 10]);
    assert_eq!(stack.count("token"), before + 2);
}

#[test]
fn a_sign_out_takes_effect_on_every_replica_at_once() {
    let redis = Redis::start();
    let stack = Builder::default().redis(&redis).start();
    let replica = stack.replica();
    let mut alice = stack.signed_in("alice");
    let mut elsewhere = replica.browser(&alice);
    assert_eq!(elsewhere.get("/whoami").status, 200);
    alice.send("POST", "/logout", &[], "");
    assert_eq!(elsewhere.get("/whoami").problem().0, 401);
}

/// Acknowledged writes are there when Redis returns. Meanwhile nobody is signed out, and `serve` needs no
/// restart.
#[test]
fn a_redis_that_is_killed_and_restarted_loses_no_session() {
    let mut redis = Redis::start();
    let stack = Builder::default().redis(&redis).start();
    let mut alice = stack.signed_in("alice");
    let size = redis.size();
    redis.kill();
    let away = alice.get("/whoami");
    assert_eq!(away.problem(), (503, "store-unavailable".to_owned()));
    assert!(!away.header("retry-after").is_empty());
    assert!(away.set_cookies().is_empty());
    redis.restart();
    assert_eq!(redis.size(), size);
    assert_eq!(alice.get("/whoami").status, 200);
    assert_eq!(stack.signed_in("alice").get("/whoami").status, 200);
}

#[test]
fn redis_over_tls_is_trusted_by_its_authority_only() {
    let redis = Redis::start_with_tls();
    let other = Redis::start_with_tls();
    let builder = Builder::default().redis(&redis);
    let ca_file = redis.authority().unwrap().display().to_string();
    let stack = builder.setting("SSL_CERT_FILE", &ca_file).start();
    assert_eq!(stack.signed_in("alice").get("/whoami").status, 200);
    assert!(redis.size() > 0);
    let wrong = other.authority().unwrap().display().to_string();
    for (ca_file, said) in [(wrong.as_str(), "certificate"), ("/no/such", "/no/such")] {
        let replica = stack.replica_with(&[("SSL_CERT_FILE", ca_file)]);
        let mut browser = replica.browser(&stack.signed_in("alice"));
        let away = browser.get("/whoami");
        assert_eq!(away.problem(), (503, "store-unavailable".to_owned()));
        let line = replica.process.line("store-unavailable");
        assert!(line.contains(said), "{line}");
    }
}

/// Users sign in all the time while Redis is killed and returns. Every acknowledged sign-in remains.
#[test]
fn what_redis_has_acknowledged_under_load_is_there_after_its_restart() {
    let mut redis = Redis::start();
    let stack = Builder::default().redis(&redis).start();
    let replica = stack.replica();
    let signed_in: Mutex<Vec<Browser>> = Mutex::default();
    let refused = AtomicUsize::new(0);
    let over = AtomicBool::new(false);
    let begun = || signed_in.lock().unwrap().len();
    thread::scope(|scope| {
        for number in 0..6 {
            let (stack, replica) = (&stack, &replica);
            let (signed_in, refused, over) = (&signed_in, &refused, &over);
            scope.spawn(move || {
                while !over.load(Ordering::Relaxed) {
                    let mut browser = match number % 2 {
                        0 => stack.browser(),
                        _ => replica.browser(&stack.browser()),
                    };
                    let response = stack.sign_in(&mut browser, "alice");
                    match response.status {
                        302 => signed_in.lock().unwrap().push(browser),
                        503 => drop(refused.fetch_add(1, Ordering::Relaxed)),
                        _ => panic!("{response:?}"),
                    }
                }
            });
        }
        for round in 1..=3 {
            while begun() < 20 * round {
                thread::yield_now();
            }
            redis.kill();
            let before = refused.load(Ordering::Relaxed);
            while refused.load(Ordering::Relaxed) < before + 6 {
                thread::yield_now();
            }
            redis.restart();
        }
        let before = begun();
        while begun() < before + 20 {
            thread::yield_now();
        }
        over.store(true, Ordering::Relaxed);
    });
    for mut browser in signed_in.into_inner().unwrap() {
        let response = browser.get("/whoami");
        assert_eq!(response.status, 200, "{response:?}");
    }
}

#[test]
fn five_tabs_can_all_finish_in_any_order() {
    let stack = Stack::start();
    let mut browser = stack.browser();
    let callbacks: Vec<String> = (0..5)
        .map(|_| stack.begin(&mut browser, "alice", "/whoami"))
        .collect();
    for tab in [3, 0, 4, 1, 2] {
        assert_eq!(browser.get(&callbacks[tab]).location(), "/whoami", "{tab}");
        assert_eq!(browser.get("/whoami").status, 200);
    }
}

/// Three roll-outs, each with an old and a new replica at the same time.
#[test]
fn the_secret_is_rotated_and_sessions_last() {
    let (a, b) = ("A".repeat(40), "B".repeat(40));
    let redis = Redis::start();
    let stack = Builder::default()
        .setting("SESSION_SECRET", &a)
        .redis(&redis)
        .start();
    let with = |secrets: &str| stack.replica_with(&[("SESSION_SECRET", secrets)]);
    let [appended, moved, removed] =
        [format!("{a} {b}"), format!("{b} {a}"), b.clone()].map(|secrets| with(&secrets));
    let status = |replica: &Replica, browser: &Browser| {
        let mut browser = replica.browser(browser);
        browser.get("/whoami").status
    };
    let old = stack.signed_in("alice");
    assert_eq!(status(&appended, &old), 200);
    let mut during = appended.browser(&stack.browser());
    stack.sign_in(&mut during, "alice");
    assert_eq!(stack.browser_like(&during).get("/whoami").status, 200);
    assert_eq!(status(&moved, &old), 200);
    assert_eq!(status(&moved, &during), 200);
    let mut new = moved.browser(&stack.browser());
    stack.sign_in(&mut new, "alice");
    assert_eq!(status(&appended, &new), 200);
    assert_eq!(status(&removed, &new), 200);
    // Removed too early: the sessions that it sealed have ended.
    assert_eq!(status(&removed, &old), 401);
    assert_eq!(status(&removed, &during), 401);
    // `everywhere` reaches the sessions of both.
    let mut new_there = moved.browser(&new);
    new_there.send("POST", "/logout?everywhere=1", &[], "");
    for browser in [&old, &during, &new] {
        assert_eq!(status(&moved, browser), 401);
    }
}
