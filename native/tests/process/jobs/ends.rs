//! A run leaves nothing behind, however it ends.

use std::fs;

use super::world::{CREDENTIAL, PROMPT, World, gone, owner, until};

/// Children, grandchildren, and one that has left its group and session.
const FORKS: &str = "echo $$ >> $T/pids\nsh -c \"echo \\$\\$ >> $T/pids; exec sleep 1000\" &\n\
    setsid sh -c \"trap '' TERM HUP INT; echo \\$\\$ >> $T/pids; sleep 1000\" &\nsleep 1000";

#[test]
fn everything_of_a_job_ends_when_it_is_ended() {
    let world = World::new(FORKS);
    world.start(&owner(1));
    let pids = world.pids("pids", 3);
    assert_eq!(world.ask("DELETE", &owner(1)).0, 204);
    world.is_clean(&pids);
}

#[test]
fn everything_of_a_job_ends_when_kubelogin_does() {
    let world = World::new(&format!(
        "{}\necho '{CREDENTIAL}'",
        FORKS.replace("&\nsleep 1000", "&\nsleep 1")
    ));
    let path = world.start(&owner(1));
    let pids = world.pids("pids", 3);
    // Remaining processes hold its stdout open; its output counts once they are gone.
    world.ask("DELETE", path.split('/').next().unwrap());
    world.is_clean(&pids);
}

#[test]
fn everything_of_a_job_ends_with_the_sidecar_however_that_ends() {
    for signal in ["TERM", "INT", "KILL"] {
        let world = World::new(FORKS);
        world.start(&owner(1));
        let pids = world.pids("pids", 3);
        let World {
            sidecar, directory, ..
        } = world;
        sidecar.signal(signal);
        gone(&pids);
        let files = || fs::read_dir(directory.path().join("tmp")).unwrap().count();
        until(|| files() == 0, "a directory is left");
    }
}

#[test]
fn a_job_ends_when_nobody_may_want_its_result_any_more() {
    let world = World::new(&format!("echo '{PROMPT}' >&2; sleep 900"));
    let (status, job) = world.send("POST", &owner(1), r#"{"expires_in":1}"#);
    assert_eq!(status, 202, "{job}");
    let path = format!("{}/{}", owner(1), job["id"].as_str().unwrap());
    until(|| world.ask("GET", &path).0 == 404, "it does not end");
    world.is_clean(&[]);
}
