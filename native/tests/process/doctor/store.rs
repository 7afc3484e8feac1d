//! The session store.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::world::{World, free_port};

#[test]
fn what_it_writes_it_deletes() {
    let world = World::new();
    let path = world.directory.path().join("kv.db");
    world
        .report()
        .says("store", "ok", &["SQLite in", "kv.db", "deleted in"]);
    assert!(path.exists());
    let store = rusqlite::Connection::open(path).unwrap();
    let count = "SELECT count(*) FROM spin_key_value WHERE key LIKE 'doctor/%'";
    let left: i64 = store.query_row(count, [], |row| row.get(0)).unwrap();
    assert_eq!(left, 0);
}

#[test]
fn a_file_that_cannot_be_made() {
    let mut world = World::new();
    fs::write(world.directory.path().join("file"), "").unwrap();
    world.store = "type = \"spin\"\npath = \"file/kv.db\"".to_owned();
    world
        .report()
        .fails_only_at("store", &["file/kv.db", "volume mounted"]);
}

#[test]
fn a_file_that_is_no_database() {
    let world = World::new();
    fs::write(
        world.directory.path().join("kv.db"),
        "something else, of some length",
    )
    .unwrap();
    world
        .report()
        .fails_only_at("store", &["not a database", "delete it"]);
}

/// Another process holds the write lock for ever.
#[test]
fn a_file_that_somebody_else_holds() {
    let world = World::new();
    assert_eq!(world.report().with_status("failed"), [""; 0]);
    let path = world.directory.path().join("kv.db");
    let other = rusqlite::Connection::open(path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let report = world.report();
    report.fails_only_at("store", &["database is locked", "second replica"]);
}

/// A Redis server with these arguments. Dropping it kills it.
struct Redis {
    server: Child,
    port: u16,
}

impl Redis {
    fn start(world: &World, arguments: &[&str]) -> Self {
        let port = free_port();
        let server = Command::new("redis-server")
            .current_dir(world.directory.path())
            .args(["--port", &port.to_string(), "--bind", "127.0.0.1"])
            .args(["--save", ""])
            .args(arguments)
            .stdout(Stdio::null())
            .spawn()
            .expect("Debian's package redis-server is installed");
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(begun.elapsed() < Duration::from_secs(20), "no Redis");
            thread::yield_now();
        }
        Self { server, port }
    }

    /// What redis-cli prints.
    fn cli(&self, arguments: &[&str]) -> String {
        let output = Command::new("redis-cli")
            .args(["-h", "127.0.0.1", "-p", &self.port.to_string()])
            .args(arguments)
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn url(password: &str, port: u16) -> String {
    format!("type = \"redis\"\nurl = \"redis://{password}127.0.0.1:{port}/3\"")
}

#[test]
fn a_redis_that_is_well_and_its_password() {
    let mut world = World::new();
    let redis = Redis::start(&world, &["--requirepass", "hunter2"]);
    world.store = url(":hunter2@", redis.port);
    let place = format!("Redis at 127.0.0.1:{}", redis.port);
    world.report().says("store", "ok", &[&place]);
    world.store = url(":wrong@", redis.port);
    world
        .report()
        .fails_only_at("store", &["user name or password"]);
    world.store = url("", redis.port);
    world.report().fails_only_at("store", &["wants a password"]);
}

#[test]
fn a_redis_that_only_reads() {
    let mut world = World::new();
    let primary = Redis::start(&world, &[]);
    let primary = primary.port.to_string();
    let replica = Redis::start(&world, &["--replicaof", "127.0.0.1", &primary]);
    world.store = url("", replica.port);
    let report = world.report();
    report.says("store", "failed", &["replica"]);
}

/// `serve` does not start with a cluster.
#[test]
fn a_redis_that_is_a_cluster() {
    let mut world = World::new();
    let bus = free_port().to_string();
    let cluster = ["--cluster-enabled", "yes", "--cluster-port", &bus];
    let redis = Redis::start(&world, &cluster);
    redis.cli(&["cluster", "addslotsrange", "0", "16383"]);
    let begun = Instant::now();
    while !redis.cli(&["cluster", "info"]).contains("cluster_state:ok") {
        assert!(begun.elapsed() < Duration::from_secs(20), "no cluster");
        thread::yield_now();
    }
    world.store = format!(
        "type = \"redis\"\nurl = \"redis://127.0.0.1:{}\"",
        redis.port
    );
    world
        .report()
        .fails_only_at("store", &["this Redis is a cluster", "clustering policy"]);
}

/// The doctor needs the same rights as the proxy.
#[test]
fn a_redis_whose_user_may_not_do_everything() {
    for (may, lacks) in [
        ("+get +mget +set +del +incrby", "exists"),
        ("+get +exists +set +del +incrby", "mget"),
    ] {
        let mut world = World::new();
        let user = [
            "--user", "proxy", "on", ">hunter2", "~*", "-@all", "+ping", "+select",
        ];
        let user = user.into_iter().chain(may.split(' '));
        let redis = Redis::start(&world, &user.collect::<Vec<_>>());
        world.store = url("proxy:hunter2@", redis.port);
        world
            .report()
            .fails_only_at("store", &[lacks, "lacks a permission"]);
    }
}

#[test]
fn a_redis_without_memory() {
    let mut world = World::new();
    let redis = Redis::start(
        &world,
        &["--maxmemory", "1", "--maxmemory-policy", "noeviction"],
    );
    world.store = url("", redis.port);
    world
        .report()
        .fails_only_at("store", &["Redis is full", "noeviction"]);
}

/// The remedy names the wrong setting, not the address.
#[test]
fn a_redis_whose_settings_are_wrong() {
    let mut world = World::new();
    let redis = Redis::start(&world, &["--requirepass", "hunter2"]);
    world.store = url("", redis.port);
    world.set("REDIS_PASSWORD", "wrong");
    world
        .report()
        .fails_only_at("store", &["user name or password", "REDIS_USERNAME"]);
    world.set("REDIS_PASSWORD", "");
    world.set("REDIS_PASSWORD_FILE", "/nowhere/password");
    world.report().fails_only_at(
        "store",
        &["/nowhere/password", "correct REDIS_PASSWORD_FILE"],
    );
    world.set("REDIS_PASSWORD_FILE", "");
    world.set("REDIS_PASSWORD", "hunter2");
    world.set("REDIS_WAIT_REPLICAS", "1");
    world
        .report()
        .fails_only_at("store", &["0 of 1 replicas", "lower REDIS_WAIT_REPLICAS"]);
    // The key was written, and must still be deleted.
    let left = redis.cli(&["--no-auth-warning", "-a", "hunter2", "-n", "3", "dbsize"]);
    assert_eq!(left.trim(), "0");
    world.set("REDIS_WAIT_REPLICAS", "");
    world.set("REDIS_SENTINELS", &format!("127.0.0.1:{}", free_port()));
    world.report().fails_only_at(
        "store",
        &["the Sentinel 127.0.0.1", "addresses in REDIS_SENTINELS"],
    );
}

#[test]
fn a_token_for_redis_that_entra_does_not_give() {
    let mut world = World::new();
    let redis = Redis::start(&world, &[]);
    world.store = url("", redis.port);
    world.set("REDIS_ENTRA", "true");
    world.set(
        "REDIS_ENTRA_CLIENT_ID",
        "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
    );
    world
        .report()
        .fails_only_at("store", &["no token for Redis", "redis_token", "CLIENT_ID"]);
}

#[test]
fn a_redis_that_is_away_or_silent() {
    let mut world = World::new();
    world.store = url("", free_port());
    world
        .report()
        .fails_only_at("store", &["Redis at 127.0.0.1", "is the store up"]);
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    world.store = url("", silent.local_addr().unwrap().port());
    world
        .report()
        .fails_only_at("store", &["Redis at 127.0.0.1"]);
}
