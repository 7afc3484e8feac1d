//! The sidecar's jobs, with programs in kubelogin's place that behave in every way but the right one.

use std::collections::BTreeSet;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::program::Running;

const TOKEN: &str = "0123456789abcdef0123456789abcdef";
const PROMPT: &str = "To sign in, use a web browser to open the page https://login.example/devicelogin and enter the code BL6XB575V to authenticate.";
const CREDENTIAL: &str = r#"{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1beta1","spec":{"interactive":false},"status":{"expirationTimestamp":"2030-01-01T00:00:00Z","token":"a.b.c"}}"#;
/// How long something may take that has to come.
const PATIENCE: Duration = Duration::from_secs(20);

/// A sidecar with a program in kubelogin's place.
struct World {
    sidecar: Running,
    directory: TempDir,
}

impl World {
    /// `script` is what the program does, for `sh`; `$T` is a directory that the test sees.
    fn new(script: &str) -> Self {
        Self::with(script, &[])
    }

    fn with(script: &str, settings: &[(&str, &str)]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let program = directory.path().join("kubelogin");
        let t = directory.path().display();
        fs::write(&program, format!("#!/bin/sh\nT={t}\n{script}\n")).unwrap();
        fs::set_permissions(&program, PermissionsExt::from_mode(0o755)).unwrap();
        Self::run(directory, &program, settings)
    }

    fn run(directory: TempDir, program: &Path, settings: &[(&str, &str)]) -> Self {
        let temporary = directory.path().join("tmp");
        fs::create_dir(&temporary).unwrap();
        let mut environment = vec![
            ("SIDECAR_TOKEN", TOKEN),
            ("AZURE_FEDERATED_TOKEN_FILE", "/nowhere/token"),
            ("TENANT_ID", "11111111-2222-3333-4444-555555555555"),
            ("KUBELOGIN_BINARY", program.to_str().unwrap()),
            ("TMPDIR", temporary.to_str().unwrap()),
            // What a workload-identity pod has, and kubelogin must not see.
            ("AZURE_CLIENT_ID", "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"),
            ("AZURE_CLIENT_SECRET", "secret-of-the-pod"),
            ("SSL_CERT_FILE", "/nowhere/ca.pem"),
        ];
        environment.extend(settings);
        let arguments = ["sidecar", "--listen", "127.0.0.1:0"];
        Self {
            sidecar: Running::start(&arguments, &environment),
            directory,
        }
    }

    fn ask(&self, method: &str, path: &str) -> (u16, Value) {
        self.send(method, path, r#"{"expires_in":900}"#)
    }

    fn send(&self, method: &str, path: &str, body: &str) -> (u16, Value) {
        let address = &self.sidecar.address;
        let mut stream = TcpStream::connect(address).unwrap();
        let request = format!(
            "{method} /v1/jobs/{path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\
             authorization: Bearer {TOKEN}\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        (status, serde_json::from_str(body).unwrap_or_default())
    }

    /// Starts the job of `owner`; gives its path.
    fn start(&self, owner: &str) -> String {
        let (status, job) = self.ask("POST", owner);
        assert_eq!(status, 202, "{job}");
        format!("{owner}/{}", job["id"].as_str().unwrap())
    }

    /// The job at `path` once it is in `state`.
    fn once(&self, path: &str, state: &str) -> Value {
        let mut last = Value::Null;
        until(
            || {
                last = self.ask("GET", path).1;
                last["state"] == state
            },
            &format!("{path} is not {state}"),
        );
        last
    }

    fn file(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// The numbers that the script has written into `name`.
    fn pids(&self, name: &str, count: usize) -> Vec<u32> {
        let read = || fs::read_to_string(self.file(name)).unwrap_or_default();
        until(|| read().lines().count() >= count, "no process ids");
        read()
            .lines()
            .map(|line| line.trim().parse().unwrap())
            .collect()
    }

    /// That nothing of any job is left.
    fn is_clean(&self, pids: &[u32]) {
        gone(pids);
        let files = || fs::read_dir(self.file("tmp")).unwrap().count();
        until(|| files() == 0, "a directory is left");
    }
}

/// Waits until none of these processes is there.
fn gone(pids: &[u32]) {
    let lives = |pid: &u32| Path::new(&format!("/proc/{pid}")).exists();
    until(|| !pids.iter().any(lives), "a process is left");
}

/// Looks again and again until it is so.
fn until(mut is_so: impl FnMut() -> bool, otherwise: &str) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < PATIENCE, "{otherwise}");
        thread::yield_now();
    }
}

fn owner(number: usize) -> String {
    format!("owner{number:_>38}")
}

/// Says its prompt, and ends when the test has made the file `go`.
fn well_behaved() -> String {
    format!("echo '{PROMPT}' >&2\nwhile [ ! -e $T/go ]; do sleep 0.02; done\necho '{CREDENTIAL}'")
}

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
        // The shell's own.
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

/// Children, grandchildren, and one that has left the group and the session.
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
    // Those that are left hold its stdout open; what it said counts all the same once they are gone.
    world.ask("DELETE", path.split('/').next().unwrap());
    world.is_clean(&pids);
}

#[test]
fn everything_of_a_job_ends_with_the_sidecar_however_that_ends() {
    for signal in ["TERM", "INT", "KILL"] {
        let world = World::new(FORKS);
        world.start(&owner(1));
        let pids = world.pids("pids", 3);
        let World { sidecar, directory } = world;
        sidecar.signal(signal);
        gone(&pids);
        let files = || fs::read_dir(directory.path().join("tmp")).unwrap().count();
        until(|| files() == 0, "a directory is left");
    }
}

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

/// Says of whom it met at its start, ignores every signal that it can, and leaves a child behind that
/// has left its group and its session and does the same.
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
    // A guard that does not come to its work leaves everything as it is.
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

/// Again and again, one after the other: each finds the one before it gone.
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
fn a_job_ends_when_nobody_may_want_its_result_any_more() {
    let world = World::new(&format!("echo '{PROMPT}' >&2; sleep 900"));
    let (status, job) = world.send("POST", &owner(1), r#"{"expires_in":1}"#);
    assert_eq!(status, 202, "{job}");
    let path = format!("{}/{}", owner(1), job["id"].as_str().unwrap());
    until(|| world.ask("GET", &path).0 == 404, "it does not end");
    world.is_clean(&[]);
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

/// As on a full disk: there is no place for the private directory.
#[test]
fn without_a_place_for_its_directory_a_job_fails_and_the_sidecar_lives() {
    let world = World::with(&well_behaved(), &[("TMPDIR", "/nowhere")]);
    let job = world.once(&world.start(&owner(1)), "failed");
    assert_eq!(job["reason"], "failed");
    let job = world.once(&world.start(&owner(2)), "failed");
    assert_eq!(job["reason"], "failed", "and the next one as well");
}
