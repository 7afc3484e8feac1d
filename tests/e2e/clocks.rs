//! Wrong clocks.

use e2e::{Builder, Stack};
use serde_json::json;

const HOUR: i64 = 3600;

/// A session ends by the clock, even after jumps: turned back by an hour, it lasts an hour longer and no
/// more.
#[test]
fn a_clock_that_jumps_back_prolongs_a_session_by_the_jump() {
    let stack = Stack::with_clock();
    let mut alice = stack.signed_in("alice");
    stack.at(-HOUR);
    for hour in -1..8 {
        stack.at(hour * HOUR);
        assert_eq!(alice.get("/whoami").status, 200, "{hour}");
    }
    stack.at(8 * HOUR - 60);
    assert_eq!(alice.get("/whoami").status, 200);
    stack.at(8 * HOUR + 1);
    assert_eq!(alice.get("/whoami").problem().0, 401);
}

/// Idle and absolute timeout are on the server: the cookie alone is not enough.
#[test]
fn a_session_idles_out_and_ends_all_the_same() {
    let builder = Builder::default().clock();
    let stack = builder
        .setting("SESSION_IDLE_TIMEOUT_SECONDS", "1800")
        .setting("SESSION_ABSOLUTE_TIMEOUT_SECONDS", "7200")
        .start();
    let (mut alice, mut idle) = (stack.signed_in("alice"), stack.signed_in("alice"));
    for now in [1700, 3400, 5100, 6800] {
        stack.at(now);
        assert_eq!(alice.get("/whoami").status, 200, "{now}");
    }
    assert_eq!(idle.get("/whoami").problem().0, 401, "nobody has used it");
    stack.at(7201);
    assert_eq!(alice.get("/whoami").problem().0, 401);
}

/// Records written by a fast clock block nobody: leases, failures, times to wait.
#[test]
fn a_clock_that_was_ahead_leaves_nothing_behind_that_blocks() {
    let stack = Stack::with_clock();
    let mut alice = stack.signed_in("alice");
    stack.at(5 * HOUR);
    let throttled = json!({ "at": "token", "kind": "status", "status": 429,
        "headers": { "retry-after": "3600" } });
    stack.control("faults", &throttled);
    assert_eq!(alice.get("/whoami").problem().0, 503);
    stack.at(HOUR + 1000);
    let token = &alice.get("/whoami").json()["token"];
    assert!(
        token["expires_in"].as_u64().unwrap() > 4000,
        "refreshed: {token}"
    );
}

/// Entra's clock may differ by a minute, or by the operator's setting.
#[test]
fn id_tokens_may_be_a_minute_off_or_as_far_as_one_says() {
    for (tolerance, off, status) in [
        ("60", 50, 302),
        ("60", 75, 400),
        ("300", 280, 302),
        ("1", 30, 400),
    ] {
        let builder = Builder::default().setting("CLOCK_TOLERANCE_SECONDS", tolerance);
        let stack = builder.start();
        let begins = now() + off;
        let early = json!({ "claims": { "nbf": begins, "iat": begins }, "times": 1 });
        stack.control("id-token", &early);
        let response = stack.sign_in(&mut stack.browser(), "alice");
        assert_eq!(
            response.status, status,
            "{off} of {tolerance}: {response:?}"
        );
        let late = json!({ "claims": { "exp": now() - off }, "times": 1 });
        stack.control("id-token", &late);
        let response = stack.sign_in(&mut stack.browser(), "alice");
        assert_eq!(
            response.status, status,
            "{off} of {tolerance}: {response:?}"
        );
    }
}

fn now() -> u64 {
    std::time::UNIX_EPOCH.elapsed().unwrap().as_secs()
}
