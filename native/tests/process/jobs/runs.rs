//! One run: its environment, its output, and the result.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use super::world::{PROMPT, World, owner, well_behaved};

#[test]
fn a_job_waits_for_its_user_and_brings_a_token() {
    let world = World::new(&well_behaved());
    let path = world.start(&owner(1));
    let job = world.once(&path, "pending");
    assert_eq!(job["message"], PROMPT);
    assert_eq!(job["user_code"], "BL6XB575V");
    assert_eq!(job["verification_uri"], "https://login.example/devicelogin");
    assert!((880..=900).contains(&job["expires_in"].as_u64().unwrap()));
    fs::write(world.file("go"), "").unwrap();
    assert_eq!(world.once(&path, "succeeded")["token"], "a.b.c");
    world.is_clean(&[]);
    assert_eq!(
        world.once(&path, "succeeded")["token"],
        "a.b.c",
        "and may be asked for again"
    );
    assert_eq!(world.ask("DELETE", &owner(1)).0, 204);
    assert_eq!(world.ask("GET", &path).0, 404);
    assert_eq!(
        world.ask("DELETE", &owner(1)).0,
        204,
        "once more does no harm"
    );
}

#[test]
fn each_owner_has_one_job_and_sees_no_other() {
    let world = World::new(&well_behaved());
    let path = world.start(&owner(1));
    assert_eq!(world.start(&owner(1)), path, "two tabs share it");
    let other = world.start(&owner(2));
    assert_ne!(other.split('/').nth(1), path.split('/').nth(1));
    let id = path.split('/').nth(1).unwrap();
    for guess in [
        format!("{}/{id}", owner(2)),
        format!("{}/{}", owner(1), "0".repeat(32)),
        format!("{}/..", owner(1)),
        format!("{}/%2e%2e", owner(1)),
        format!("short/{id}"),
        format!("{}/{id}", "ä".repeat(21)),
    ] {
        let (status, answer) = world.ask("GET", &guess);
        assert_eq!(status, 404, "{guess}: {answer}");
    }
    assert_eq!(world.ask("POST", "short").0, 404);
    assert_eq!(world.ask("POST", &"/".repeat(43)).0, 404);
    world.ask("DELETE", &owner(1));
    assert_eq!(world.ask("GET", &path).0, 404);
    world.once(&other, "pending");
}

#[test]
fn kubelogin_sees_nothing_but_what_it_needs() {
    let world = World::new(
        "env > $T/env; pwd > $T/pwd; echo \"$@\" > $T/arguments; stat -c %a . > $T/mode; ls -A > $T/files",
    );
    let path = world.start(&owner(1));
    world.once(&path, "failed");
    let read = |name: &str| fs::read_to_string(world.file(name)).unwrap();
    let environment = read("env");
    let names: BTreeSet<&str> = environment
        .lines()
        .map(|line| line.split_once('=').unwrap().0)
        // The shell sets these itself.
        .filter(|name| !["PWD", "OLDPWD", "SHLVL", "_"].contains(name))
        .collect();
    assert_eq!(
        names,
        BTreeSet::from(["HOME", "XDG_CACHE_HOME", "SSL_CERT_FILE"])
    );
    let home = read("pwd").trim().to_owned();
    assert!(
        home.starts_with(world.file("tmp").to_str().unwrap()),
        "{home}"
    );
    assert!(environment.contains(&format!("HOME={home}\n")));
    assert_eq!((read("mode").trim(), read("files").trim()), ("700", ""));
    let expected = format!(
        "get-token --login devicecode --server-id 6dae42f8-4368-4678-94ff-3960e28e3630 \
         --client-id 80faf920-1908-4b52-b5ef-a8e7bedfc67a \
         --tenant-id 11111111-2222-3333-4444-555555555555 \
         --authority-host https://login.microsoftonline.com/ --disable-instance-discovery \
         --disable-environment-override --timeout 900s --cache-dir {home}/cache"
    );
    assert_eq!(read("arguments").trim(), expected);
}

#[test]
fn another_cloud_is_named_to_it() {
    let settings = [("KUBELOGIN_ENVIRONMENT", "azurechinacloud")];
    let world = World::with("echo \"$@\" > $T/arguments", &settings);
    world.once(&world.start(&owner(1)), "failed");
    let arguments = fs::read_to_string(world.file("arguments")).unwrap();
    assert!(
        arguments.contains("--environment AzureChinaCloud "),
        "{arguments}"
    );
    assert!(!arguments.contains("--authority-host"), "{arguments}");
}

#[test]
fn whatever_it_does_wrong_is_told_apart() {
    for (script, reason) in [
        ("exit 0", "nonsense"),
        ("echo garbage", "nonsense"),
        (
            "echo '{\"kind\":\"Status\",\"status\":{\"token\":\"x\"}}'",
            "nonsense",
        ),
        ("head -c 10000000 /dev/zero; sleep 1000", "nonsense"),
        ("head -c 10000000 /dev/zero >&2; sleep 1000", "nonsense"),
        ("exit 1", "failed"),
        ("kill -KILL $$", "failed"),
        (
            "echo 'Error: failed to authenticate: DeviceCodeCredential: context deadline exceeded' >&2; exit 1",
            "expired",
        ),
        (
            "echo 'Error: DeviceCodeCredential authentication failed. ' >&2; exit 1",
            "declined",
        ),
        (
            "echo 'Error: reply status code was 400: AADSTS700016: no' >&2; exit 1",
            "refused",
        ),
    ] {
        let world = World::with(script, &[("KUBELOGIN_MIN_INTERVAL_SECONDS", "0")]);
        let path = world.start(&owner(1));
        let job = world.once(&path, "failed");
        assert_eq!(job["reason"], reason, "{script}");
        world.is_clean(&[]);
        assert_ne!(world.start(&owner(1)), path, "a failed one is no obstacle");
    }
}

#[test]
fn a_program_that_is_none_fails_each_job_and_nothing_else() {
    let directory = || tempfile::tempdir().unwrap();
    let missing = PathBuf::from("/nowhere/kubelogin");
    let plain = directory();
    fs::write(plain.path().join("kubelogin"), "no program").unwrap();
    for program in [
        missing,
        plain.path().to_owned(),
        plain.path().join("kubelogin"),
    ] {
        let world = World::run(directory(), &program, &[]);
        let job = world.once(&world.start(&owner(1)), "failed");
        assert_eq!(job["reason"], "missing", "{program:?}");
        world.is_clean(&[]);
    }
}

#[test]
fn a_prompt_in_other_words_is_passed_on_as_it_is() {
    let world = World::new(
        "printf 'Flag --x has been deprecated\\nBitte warten\\033[31m Sie.\\n' >&2; sleep 1000",
    );
    let path = world.start(&owner(1));
    let job = world.once(&path, "pending");
    assert_eq!(job["message"], "Bitte warten[31m Sie.");
    assert!(job["user_code"].is_null() && job["verification_uri"].is_null());
}

#[test]
fn fifty_at_once_all_get_theirs_and_leave_nothing() {
    let world = World::with(
        &format!("echo $$ >> $T/pids\n{}", well_behaved()),
        &[("KUBELOGIN_MAX_JOBS", "50")],
    );
    let paths: Vec<String> = (0..50).map(|number| world.start(&owner(number))).collect();
    for path in &paths {
        world.once(path, "pending");
    }
    fs::write(world.file("go"), "").unwrap();
    for path in &paths {
        world.once(path, "succeeded");
    }
    let pids = world.pids("pids", 50);
    world.is_clean(&pids);
}

#[test]
fn a_start_says_for_how_long() {
    let world = World::new("sleep 900");
    for body in [
        "",
        "{}",
        "[]",
        r#"{"expires_in":-1}"#,
        r#"{"expires_in":"1"}"#,
        "\u{0}",
    ] {
        let (status, problem) = world.send("POST", &owner(1), body);
        assert_eq!(status, 400, "{body}");
        assert!(problem["detail"].as_str().unwrap().contains("expires_in"));
    }
    let forever = format!(r#"{{"expires_in":{}}}"#, u64::MAX);
    assert_eq!(world.send("POST", &owner(1), &forever).0, 202);
}

/// As on a full disk: the private directory cannot be made.
#[test]
fn without_a_place_for_its_directory_a_job_fails_and_the_sidecar_lives() {
    let world = World::with(&well_behaved(), &[("TMPDIR", "/nowhere")]);
    let job = world.once(&world.start(&owner(1)), "failed");
    assert_eq!(job["reason"], "failed");
    let job = world.once(&world.start(&owner(2)), "failed");
    assert_eq!(job["reason"], "failed", "and the next one as well");
}
