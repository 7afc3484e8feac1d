//! How often each route asks the store, as Redis itself counts it.

use std::collections::BTreeMap;
use std::fmt;

use e2e::{Browser, Builder, Redis, Stack};

/// The operations, as Redis calls them, and as `wasi:keyvalue` does.
const OPERATIONS: [(&str, &str); 6] = [
    ("get", "get"),
    ("mget", "get-many"),
    ("exists", "exists"),
    ("set", "set"),
    ("incrby", "increment"),
    ("del", "delete"),
];

/// A first sweep begins 31 days back, and covers 50 hours with each sign-in.
const CATCH_UP: usize = 20;

/// One row for each kind of request.
pub(crate) struct Operations(Vec<(&'static str, BTreeMap<String, u64>)>);

/// Makes each request once.
pub(crate) fn measure() -> Operations {
    eprintln!("bench: store operations of each route");
    let redis = Redis::start();
    let stack = Builder::default().clock().redis(&redis).start();
    // By now Entra's keys are cached, and the sweep has caught up.
    for _ in 0..CATCH_UP {
        stack.signed_in("alice");
    }
    let mut table = Table {
        redis: &redis,
        rows: Vec::new(),
    };
    without_a_session(&stack, &mut table);
    with_a_session(&stack, &mut table);
    Operations(table.rows)
}

struct Table<'a> {
    redis: &'a Redis,
    rows: Vec<(&'static str, BTreeMap<String, u64>)>,
}

impl Table<'_> {
    fn row(&mut self, what: &'static str, request: impl FnOnce()) {
        self.redis.commands();
        request();
        self.rows.push((what, self.redis.commands()));
    }

    fn get(&mut self, what: &'static str, browser: &mut Browser, target: &str) {
        self.row(what, || drop(browser.get(target)));
    }

    fn post(&mut self, what: &'static str, browser: &mut Browser, target: &str) {
        self.row(what, || drop(browser.send("POST", target, &[], "")));
    }
}

fn without_a_session(stack: &Stack, table: &mut Table<'_>) {
    let mut nobody = stack.browser();
    table.get("/healthz, /", &mut nobody, "/healthz");
    table.get("/whoami, nobody", &mut nobody, "/whoami");
    table.get("/login", &mut nobody, "/login");
    table.get(
        "/logout/front-channel, unknown sid",
        &mut nobody,
        "/logout/front-channel?sid=x",
    );
}

fn with_a_session(stack: &Stack, table: &mut Table<'_>) {
    let mut alice = stack.browser();
    let callback = stack.begin(&mut alice, "alice", "/whoami");
    table.get("/callback, new browser", &mut alice, &callback);
    let again = stack.begin(&mut alice, "alice", "/whoami");
    table.get("/callback, same user again", &mut alice, &again);
    table.get("/callback, loaded again", &mut alice, &again);
    table.get("/whoami", &mut alice, "/whoami");
    stack.at(61);
    table.get("/whoami, idle mark due", &mut alice, "/whoami");
    stack.at(4300);
    table.get("/whoami, refresh and idle mark due", &mut alice, "/whoami");
    table.get("/logout", &mut alice, "/logout");
    table.post("/logout, POST", &mut alice, "/logout");
    let mut alice = stack.signed_in("alice");
    table.post(
        "/logout?everywhere=1, POST",
        &mut alice,
        "/logout?everywhere=1",
    );
}

impl fmt::Display for Operations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Store operations\n  {:<38}", "")?;
        for (_, name) in OPERATIONS {
            write!(f, "{name:>10}")?;
        }
        for (what, counts) in &self.0 {
            write!(f, "\n  {what:<38}")?;
            for (command, _) in OPERATIONS {
                write!(
                    f,
                    "{:>10}",
                    counts.get(command).copied().unwrap_or_default()
                )?;
            }
        }
        writeln!(f)
    }
}
