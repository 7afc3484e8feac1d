//! The behaviour of a cloud's Redis: it closes idle connections, fails over to a replica, and requires tokens
//! from Entra. Nobody notices, and no acknowledged write is lost.

use std::collections::BTreeSet;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use base64ct::{Base64UrlUnpadded, Encoding};
use e2e::{Browser, Builder, Names, Redis, Stack, binary, free_port, workspace};
use serde_json::{Value, json};

/// Azure does this after ten minutes.
#[test]
fn an_idle_connection_that_redis_closed_is_replaced_and_nobody_notices() {
    let redis = Redis::start();
    let stack = Builder::default().redis(&redis).start();
    let mut alice = stack.signed_in("alice");
    for _ in 0..10 {
        redis.close_clients();
        assert_eq!(alice.get("/whoami").status, 200);
        let mut browser = stack.browser();
        let callback = stack.begin(&mut browser, "alice", "/whoami");
        redis.close_clients();
        assert_eq!(browser.get(&callback).status, 302);
        redis.close_clients();
        assert_eq!(browser.send("POST", "/logout", &[], "").status, 200);
        assert_eq!(browser.get("/whoami").status, 401);
    }
    // It is logged once each time.
    let line = stack.proxy.line("redis_connection");
    assert!(line.contains("lost"), "{line}");
    assert!(!stack.proxy.output().contains("store-unavailable"));
}

/// Ends background work of a test, also when the test fails.
struct Ends<'a>(&'a AtomicBool);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// The answers to users who signed in and out.
#[derive(Default)]
struct Told {
    signed_in: Mutex<Vec<Browser>>,
    signed_out: Mutex<Vec<Browser>>,
}

impl Told {
    /// Signs in, and every second time out again. Returns whether everything was acknowledged.
    fn once(&self, stack: &Stack, mut browser: Browser, sign_out: bool) -> bool {
        let response = stack.sign_in(&mut browser, "alice");
        if response.status != 302 {
            assert_eq!(response.status, 503, "{response:?}");
            return false;
        }
        if !sign_out {
            self.signed_in.lock().unwrap().push(browser);
            return true;
        }
        let before = browser.clone();
        let response = browser.send("POST", "/logout", &[], "");
        if response.status != 200 {
            assert_eq!(response.status, 503, "{response:?}");
            return false;
        }
        // With the cookie that it had.
        self.signed_out.lock().unwrap().push(before);
        true
    }

    fn count(&self) -> usize {
        self.signed_in.lock().unwrap().len() + self.signed_out.lock().unwrap().len()
    }
}

/// A primary dies, its replica is promoted, and their common name moves to it. Writes wait for the replica,
/// so every acknowledged sign-in and sign-out remains.
#[test]
fn nothing_is_lost_that_was_acknowledged_when_a_replica_is_promoted_under_load() {
    let mut primary = Redis::start_at("127.0.0.1", free_port(), &[]);
    let next = primary.replica_at("127.0.0.2");
    // The replica's replica becomes its only one once it is the primary.
    let _last = next.replica_at("127.0.0.3");
    let names = Names::with("sessions.test", "127.0.0.1");
    let mut builder = Builder::default()
        .redis_at(format!("redis://sessions.test:{}/3", primary.port()))
        .setting("REDIS_WAIT_REPLICAS", "1");
    for (name, value) in names.settings() {
        builder = builder.setting(name, &value);
    }
    let stack = builder.start();
    let replica = stack.replica();
    let (told, over) = (Told::default(), AtomicBool::new(false));
    let until = |count: usize| {
        let begun = Instant::now();
        while told.count() < count {
            assert!(begun.elapsed() < Duration::from_secs(60), "nobody signs in");
            thread::yield_now();
        }
    };
    thread::scope(|scope| {
        for number in 0..6 {
            let (told, over, stack, replica) = (&told, &over, &stack, &replica);
            scope.spawn(move || {
                for round in 0.. {
                    if over.load(Ordering::Relaxed) {
                        return;
                    }
                    let browser = match number % 2 {
                        0 => stack.browser(),
                        _ => replica.browser(&stack.browser()),
                    };
                    told.once(stack, browser, round % 2 == 0);
                }
            });
        }
        let _ends = Ends(&over);
        until(40);
        primary.kill();
        next.promote();
        names.point("sessions.test", "127.0.0.2");
        until(told.count() + 40);
    });
    for mut browser in told.signed_in.into_inner().unwrap() {
        let response = browser.get("/whoami");
        assert_eq!(response.status, 200, "{response:?}");
    }
    for mut browser in told.signed_out.into_inner().unwrap() {
        let response = browser.get("/whoami");
        assert_eq!(response.status, 401, "{response:?}");
    }
}

/// Without a replica that has it, no write counts: no sign-in or sign-out is acknowledged.
#[test]
fn while_a_replica_is_missing_that_is_waited_for_nothing_is_acknowledged() {
    let redis = Redis::start();
    let stack = Builder::default().redis(&redis).start();
    let alice = stack.signed_in("alice");
    let waiting = stack.replica_with(&[("REDIS_WAIT_REPLICAS", "1")]);
    let mut elsewhere = waiting.browser(&alice);
    assert_eq!(elsewhere.get("/whoami").status, 200);
    let mut browser = waiting.browser(&stack.browser());
    let response = stack.sign_in(&mut browser, "alice");
    assert_eq!(response.problem(), (503, "store-unavailable".to_owned()));
    let line = waiting.process.line("store-unavailable");
    assert!(line.contains("REDIS_WAIT_REPLICAS"), "{line}");
}

/// As in Azure: a user whose password is a token. This thread checks tokens as Azure does, and updates a real
/// Redis: only the newest one is valid.
#[test]
fn entras_tokens_are_redis_passwords_and_each_is_sent_before_the_last_one_ends() {
    let redis = Redis::start();
    let stack = Builder::default().redis(&redis).start();
    let user = stack.entra["service_principal"].as_str().unwrap();
    let short = json!({ "expires_in": 4, "times": 0 });
    stack.control("application-token", &short);
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut known = BTreeSet::new();
            while !over.load(Ordering::Relaxed) {
                for token in tokens(&stack) {
                    if known.insert(token.clone()) {
                        redis.give(user, &token);
                    }
                }
            }
        });
        let _ends = Ends(&over);
        let replica = stack.replica_with(&[("REDIS_ENTRA", "true")]);
        let mut browser = replica.browser(&stack.browser());
        let signed_in = stack.sign_in(&mut browser, "alice");
        let works = |browser: &mut Browser| browser.get("/whoami").status == 200;
        let first = works(&mut browser);
        replica.process.lines("redis_token", 3);
        // Sent over the existing connection.
        let line = replica.process.line_with(&["redis_login", "ok"]);
        let later = works(&mut browser);
        // A new connection uses the newest one.
        let closed = redis.close_clients_of(user);
        let anew = works(&mut browser);
        let output = replica.process.output();
        assert_eq!(signed_in.status, 302, "{signed_in:?}");
        assert!(first && later && anew, "{line}");
        assert!(closed > 0, "as another user");
        for token in tokens(&stack) {
            assert!(!output.contains(&token), "a token is in the log");
        }
    });
}

/// The tokens for Redis that entra-sim has given.
fn tokens(stack: &Stack) -> Vec<String> {
    let is_for_redis = |token: &String| {
        let claims = token.split('.').nth(1);
        let claims = claims.and_then(|claims| Base64UrlUnpadded::decode_vec(claims).ok());
        let claims: Option<Value> = claims.and_then(|claims| serde_json::from_slice(&claims).ok());
        claims.is_some_and(|claims| claims["aud"] == "https://redis.azure.com")
    };
    stack.secrets().into_iter().filter(is_for_redis).collect()
}

/// `serve` starts without Entra: sessions are unavailable meanwhile, and the log says why.
#[test]
fn without_a_token_for_redis_the_log_says_why() {
    let redis = Redis::start();
    let stack = Builder::default().redis(&redis).start();
    stack.control("federated-token", &json!({ "sub": "somebody-else" }));
    let replica = stack.replica_with(&[("REDIS_ENTRA", "true")]);
    let line = replica.process.line("redis_token");
    assert!(line.contains("AADSTS700213"), "{line}");
    let response = replica.browser(&stack.browser()).get("/login");
    assert_eq!(response.status, 302, "it writes nothing: {response:?}");
}

#[test]
fn a_user_and_a_password_come_from_the_settings() {
    let redis = Redis::start();
    redis.give("proxy", "hunter2-hunter2");
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("password");
    std::fs::write(&file, "hunter2-hunter2\n").unwrap();
    let stack = Builder::default()
        .redis(&redis)
        .setting("REDIS_USERNAME", "proxy")
        .setting("REDIS_PASSWORD_FILE", file.to_str().unwrap())
        .start();
    assert_eq!(stack.signed_in("alice").get("/whoami").status, 200);
    assert!(redis.close_clients_of("proxy") > 0, "as another user");
    assert_eq!(stack.signed_in("alice").get("/whoami").status, 200);
}

/// Its clients must follow it from node to node, which a store like Spin's does not.
#[test]
fn a_cluster_is_refused_at_the_start_with_what_to_choose() {
    let bus = free_port().to_string();
    let arguments = ["--cluster-enabled", "yes", "--cluster-port", &bus];
    let cluster = Redis::start_at("127.0.0.1", free_port(), &arguments);
    let directory = tempfile::tempdir().unwrap();
    let config = directory.path().join("runtime-config.toml");
    let url = format!("redis://127.0.0.1:{}", cluster.port());
    let store = format!("[key_value_store.default]\ntype = \"redis\"\nurl = \"{url}\"\n");
    std::fs::write(&config, store).unwrap();
    let mut command = Command::new(binary("aks-oauth-proxy"));
    command
        .current_dir(workspace())
        .env_clear()
        .args(["serve", "--listen", "127.0.0.1:0", "--runtime-config"])
        .arg(&config)
        .arg("--state-dir")
        .arg(workspace().join("target/e2e"));
    for (name, value) in [
        ("TENANT_ID", "11111111-2222-3333-4444-555555555555"),
        ("CLIENT_ID", "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"),
        ("REDIRECT_URI", "https://aks.example.com/callback"),
        ("SESSION_SECRET", "0123456789abcdef0123456789abcdef"),
        ("SIDECAR_URL", "http://127.0.0.1:2"),
        ("SIDECAR_TOKEN", "0123456789abcdef0123456789abcdef"),
    ] {
        command.env(name, value);
    }
    let output = command.output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(64), "{text}");
    assert!(text.contains("Enterprise"), "{text}");
}
