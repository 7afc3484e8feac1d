//! Counts of jobs.

use std::fs;

use super::world::{World, owner, well_behaved};

const RUNNING: &str = "aks_oauth_proxy_kubelogin_jobs_running";
const QUEUED: &str = "aks_oauth_proxy_kubelogin_jobs_queued";

fn finished(world: &World, outcome: &str, count: usize) {
    let name = "aks_oauth_proxy_kubelogin_jobs_finished_total";
    world.counts(&format!(r#"{name}{{outcome="{outcome}"}} {count}"#));
}

#[test]
fn jobs_count_while_they_wait_and_run_and_by_their_outcome() {
    let world = World::with(&well_behaved(), &[("KUBELOGIN_MAX_JOBS", "1")]);
    finished(&world, "succeeded", 0);
    let first = world.start(&owner(1));
    world.once(&first, "pending");
    let second = world.start(&owner(2));
    world.counts(&format!("{RUNNING} 1"));
    world.counts(&format!("{QUEUED} 1"));
    world.ask("DELETE", &owner(2));
    world.counts(&format!("{QUEUED} 0"));
    finished(&world, "ended", 1);
    assert_eq!(world.ask("GET", &second).0, 404);
    fs::write(world.file("go"), "").unwrap();
    world.once(&first, "succeeded");
    finished(&world, "succeeded", 1);
    world.counts(&format!("{RUNNING} 0"));
}

#[test]
fn a_run_without_a_token_counts_by_its_reason() {
    let world = World::new("echo 'dial tcp: no route' >&2; exit 1");
    let job = world.start(&owner(1));
    assert_eq!(world.once(&job, "failed")["reason"], "unreachable");
    finished(&world, "unreachable", 1);
    finished(&world, "failed", 0);
}

#[test]
fn one_too_many_counts_as_refused() {
    let settings = [("KUBELOGIN_MAX_JOBS", "1"), ("KUBELOGIN_MAX_QUEUED", "0")];
    let world = World::with(&well_behaved(), &settings);
    world.start(&owner(1));
    assert_eq!(world.ask("POST", &owner(2)).0, 429);
    world.counts(r#"aks_oauth_proxy_sidecar_refused_total{reason="too-many-jobs"} 1"#);
}
