//! Long answers end when they should, and not before.

use std::env;
use std::time::{Duration, Instant};

use e2e::{Browser, Builder, Kubectl, Process, Proxied};

/// The limit within which a stream must end.
const MINUTE: Duration = Duration::from_secs(60);

const WATCH: [&str; 6] = [
    "--namespace=demo",
    "get",
    "configmap",
    "seen",
    "--watch",
    "--label-columns=seen",
];

/// Two watches and an exec of one kubeconfig, all of them begun.
struct Streams {
    kubectl: Kubectl,
    watch: Process,
    /// A watch in Protobuf.
    watcher: Process,
    exec: Process,
}

impl Streams {
    fn begin(kubectl: Kubectl) -> Self {
        let exec = "echo begun; while sleep 1; do echo on; done";
        let exec = ["--namespace=demo", "exec", "idle", "--", "sh", "-c", exec];
        let streams = Self {
            watch: kubectl.start(&WATCH),
            watcher: kubectl.start_watcher("demo"),
            exec: kubectl.start(&exec),
            kubectl,
        };
        streams.watch.line("first");
        streams.watcher.line("ADDED seen");
        streams.exec.line("begun");
        streams
    }

    /// Asserts that all have ended within a minute after `since`, and that no client takes one for complete.
    fn end_by(mut self, since: Instant, why: &str) {
        let end_of = |stream: &mut Process| {
            let code = stream.ends_within(MINUTE.saturating_sub(since.elapsed()));
            let output = stream.output();
            let code = code.unwrap_or_else(|| panic!("goes on after {why}: {output}"));
            (code, output)
        };
        // kubectl always exits like this from a watch, and prints its last event.
        let (code, output) = end_of(&mut self.watch);
        let ended = "your session has ended";
        assert!(code == 0 && output.contains(ended), "{code}: {output}");
        let (_, output) = end_of(&mut self.watcher);
        let is_told = |line: &str| line.starts_with("ERROR ") && line.contains(ended);
        assert!(output.lines().any(is_told), "{output}");
        let (code, output) = end_of(&mut self.exec);
        // The second is the system's error for a cut while kubectl sends.
        let cut = ["unexpected EOF", "connection reset by peer"];
        assert!(
            code == 1 && cut.iter().any(|it| output.contains(it)),
            "{code}: {output}"
        );
        let told = self.kubectl.fail(&["get", "namespaces"]);
        assert!(told.contains("your session has ended"), "{told}");
    }
}

/// Sign-out, revocation and the absolute timeout, each with two watches and an exec, all at once; unaffected
/// streams go on.
#[test]
fn streams_end_within_a_minute_of_what_ends_their_credential() {
    const LIFETIME: i64 = 200;
    let lifetime = LIFETIME.to_string();
    let builder = Builder::default()
        .clock()
        .setting("SESSION_IDLE_TIMEOUT_SECONDS", &lifetime)
        .setting("SESSION_ABSOLUTE_TIMEOUT_SECONDS", &lifetime);
    let Some(proxied) = Proxied::with(builder, &[]) else {
        return;
    };
    let stack = &proxied.stack;
    // The cluster uses the real clock, and accepts no token from the future.
    stack.at(-LIFETIME / 2);
    let mut old = stack.signed_in("alice");
    let old = proxied.kubectl(&mut old);
    stack.at(0);
    let mut browsers = [(); 3].map(|()| stack.signed_in("alice"));
    let kubectls = browsers.each_mut().map(|browser| proxied.kubectl(browser));
    with_something_to_watch(&kubectls[0]);
    let old = Streams::begin(old);
    let [signed_out, revoked, mut unharmed] = kubectls.map(Streams::begin);

    let since = Instant::now();
    assert!(browsers[0].send("POST", "/logout", &[], "").status < 400);
    revoke(&mut browsers[1]);
    stack.at(LIFETIME / 2 + 1);
    signed_out.end_by(since, "sign-out");
    revoked.end_by(since, "revocation");
    old.end_by(since, "the absolute timeout");
    assert!(unharmed.exec.is_running() && unharmed.watch.is_running());
    label(&unharmed.kubectl, "last");
    unharmed.watch.line("last");
    unharmed.watcher.line("MODIFIED seen");
}

fn with_something_to_watch(alice: &Kubectl) {
    alice.succeed(&["--namespace=demo", "create", "configmap", "seen"]);
    label(alice, "first");
    alice.succeed(&["--namespace=demo", "run", "idle", "--image=any"]);
    let wait = ["wait", "--for=condition=Ready", "pod/idle"];
    alice.succeed(&[&["--namespace=demo"], &wait[..]].concat());
}

fn label(alice: &Kubectl, seen: &str) {
    let seen = format!("seen={seen}");
    let label = ["label", "--overwrite", "configmap", "seen", &seen];
    alice.succeed(&[&["--namespace=demo"], &label[..]].concat());
}

/// Revokes the only credential of this sign-in.
fn revoke(browser: &mut Browser) {
    let listed = browser.get("/kubeconfig/credentials").json();
    let id = &listed["credentials"][0]["id"];
    let address = format!("/kubeconfig/credentials?id={id}");
    let answer = browser.send("DELETE", &address, &[], "");
    assert!(answer.status < 300, "{answer:?}");
}

/// The host ends calls that pause, as Spin does; the component sets its own limit where pauses are expected.
#[test]
fn an_idle_watch_outlives_the_hosts_limit_and_still_delivers() {
    let builder = Builder::default().argument("--outbound-limit-seconds=2");
    idle_watch(builder, Duration::from_secs(8));
}

/// The same with the real limit of ten minutes: `cargo xtask test --long`.
#[test]
fn an_idle_watch_lives_for_a_quarter_of_an_hour() {
    if env::var_os("E2E_LONG").is_none() {
        eprintln!("skipped: it takes 15 minutes (cargo xtask test --long, E2E_LONG)");
        return;
    }
    idle_watch(Builder::default(), Duration::from_secs(15 * 60));
}

fn idle_watch(builder: Builder, time: Duration) {
    let Some(proxied) = Proxied::with(builder, &[]) else {
        return;
    };
    let alice = proxied.kubectl_of("alice");
    with_something_to_watch(&alice);
    let mut watch = alice.start(&WATCH);
    watch.line("first");
    assert_eq!(watch.ends_within(time), None, "{}", watch.output());
    label(&alice, "last");
    watch.line("last");
}
