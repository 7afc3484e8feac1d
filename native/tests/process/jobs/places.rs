//! The limits: active runs, waiting runs, and the interval between an owner's starts.

use std::process::Command;

use serde_json::Value;

use super::world::{World, gone, owner, until, well_behaved};

#[test]
fn only_so_many_run_and_only_so_many_wait() {
    let limits = [("KUBELOGIN_MAX_JOBS", "2"), ("KUBELOGIN_MAX_QUEUED", "1")];
    let world = World::with(&well_behaved(), &limits);
    let [first, second, third] = [1, 2, 3].map(|number| world.start(&owner(number)));
    world.once(&first, "pending");
    world.once(&second, "pending");
    world.once(&third, "queued");
    let (status, answer) = world.ask("POST", &owner(4));
    assert_eq!(status, 429, "{answer}");
    assert!(
        answer["detail"]
            .as_str()
            .unwrap()
            .contains("KUBELOGIN_MAX_JOBS")
    );
    assert_eq!(world.start(&owner(1)), first, "who has one is served");
    world.ask("DELETE", &owner(1));
    world.once(&third, "pending");
    world.start(&owner(4));
    world.ask("DELETE", &owner(4));
    world.start(&owner(5));
}

/// Writes which other runs it met at its start, and ignores every signal that it can. It leaves a child that
/// has left its group and session and does the same.
const STUBBORN: &str = "trap '' TERM HUP INT PIPE
touch $T/pids
while read pid; do [ -e /proc/$pid ] && echo $pid >> $T/met; done < $T/pids
setsid sh -c \"trap '' TERM HUP INT PIPE; while :; do sleep 1000; done\" &
echo $! >> $T/pids; echo $$ >> $T/pids; echo $PPID >> $T/guards
echo 'Enter ABCDEFGHI at https://login.example/device' >&2
while :; do sleep 1000; done";

fn signal(signal: &str, pid: u32) {
    let pid = pid.to_string();
    let status = Command::new("kill").args(["-s", signal, &pid]).status();
    assert!(status.unwrap().success(), "{signal} {pid}");
}

#[test]
fn a_place_is_free_when_the_last_process_is_gone_and_not_before() {
    let limits = [("KUBELOGIN_MAX_JOBS", "1"), ("KUBELOGIN_MAX_QUEUED", "1")];
    let world = World::with(STUBBORN, &limits);
    let first = world.start(&owner(1));
    let first_pids = world.pids("pids", 2);
    world.once(&first, "pending");
    // A stopped guard changes nothing.
    let guard = world.pids("guards", 1)[0];
    signal("STOP", guard);
    assert_eq!(world.ask("DELETE", &owner(1)).0, 204);
    let second = world.start(&owner(2));
    let (status, answer) = world.ask("POST", &owner(3));
    assert_eq!(status, 429, "the first has its place: {answer}");
    assert_eq!(world.ask("GET", &second).1["state"], "queued");
    signal("CONT", guard);
    world.once(&second, "pending");
    gone(&first_pids);
    assert!(!world.file("met").exists(), "the second met the first");
    world.ask("DELETE", &owner(2));
    world.is_clean(&world.pids("pids", 4));
}

/// Repeated starts, one after the other: each finds the previous run gone.
#[test]
fn who_comes_next_never_meets_who_was_ended() {
    let limits = [("KUBELOGIN_MAX_JOBS", "1"), ("KUBELOGIN_MAX_QUEUED", "1")];
    let world = World::with(STUBBORN, &limits);
    let mut last = String::new();
    for number in 1..=20 {
        let path = world.start(&owner(number));
        if number > 1 {
            world.ask("DELETE", &last);
        }
        world.once(&path, "pending");
        last = owner(number);
    }
    assert!(!world.file("met").exists(), "one met another");
    world.ask("DELETE", &last);
    world.is_clean(&world.pids("pids", 40));
}

#[test]
fn an_owner_starts_the_next_one_only_after_the_interval() {
    let interval = [("KUBELOGIN_MIN_INTERVAL_SECONDS", "3600")];
    let script = format!("echo $$ >> $T/pids\n{}", well_behaved());
    let world = World::with(&script, &interval);
    let path = world.start(&owner(1));
    world.once(&path, "pending");
    let anew = r#"{"expires_in":900,"anew":true}"#;
    for _ in 0..3 {
        let (status, answer) = world.send("POST", &owner(1), anew);
        assert_eq!(status, 429, "{answer}");
        assert_eq!(answer["type"], "urn:aks-oauth-proxy:problem:too-soon");
        assert_eq!(world.start(&owner(1)), path, "the one that is there stays");
    }
    assert_eq!(world.ask("DELETE", &owner(1)).0, 204);
    for body in [anew, r#"{"expires_in":900}"#] {
        assert_eq!(world.send("POST", &owner(1), body).0, 429, "{body}");
    }
    world.once(&world.start(&owner(2)), "pending");
    let pids = world.pids("pids", 2);
    assert_eq!(pids.len(), 2, "one run for each owner");
    world.ask("DELETE", &owner(2));
    world.is_clean(&pids);
}

#[test]
fn who_has_waited_starts_the_next_one() {
    let interval = [("KUBELOGIN_MIN_INTERVAL_SECONDS", "1")];
    let limits = [("KUBELOGIN_MAX_JOBS", "1"), ("KUBELOGIN_MAX_QUEUED", "0")];
    let world = World::with(&well_behaved(), &[interval.as_slice(), &limits].concat());
    let first = world.start(&owner(1));
    let mut next = (0, Value::Null);
    let anew = r#"{"expires_in":900,"anew":true}"#;
    until(
        || {
            next = world.send("POST", &owner(1), anew);
            next.0 != 429
        },
        "it never may",
    );
    assert_eq!(
        next.0, 202,
        "it takes the place of the one before: {next:?}"
    );
    assert_eq!(world.ask("GET", &first).0, 404, "which is ended");
    let path = format!("{}/{}", owner(1), next.1["id"].as_str().unwrap());
    world.once(&path, "pending");
}
