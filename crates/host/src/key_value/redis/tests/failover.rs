//! Servers that change their state: a primary becomes a replica, loads its data, or a replica loses its
//! primary.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::between::Between;
use super::server::{Server, until};
use super::store;

/// A planned fail-over of a managed Redis: the name points elsewhere, the connection to the old primary stays
/// open, and it takes no more writes.
#[tokio::test(flavor = "multi_thread")]
async fn an_old_primary_that_became_a_replica_is_left_and_every_command_goes_to_the_new_one() {
    let old = Server::start(&[]);
    let new = old.replica(&[]);
    let name = Between::new(&old).await;
    let redis = store(&name.url());
    assert_eq!(redis.increment("count", 1).await, Ok(1));
    until(|| new.cli(&["get", "count"]).trim() == "1");
    new.cli(&["replicaof", "no", "one"]);
    old.cli(&["replicaof", "127.0.0.1", &new.port.to_string()]);
    name.point_to(&new);
    assert_eq!(redis.increment("count", 1).await, Ok(2));
    redis.set("key", b"value").await.unwrap();
    assert_eq!(new.cli(&["get", "key"]).trim(), "value");
}

/// Each number is given once, although roles keep changing.
#[tokio::test(flavor = "multi_thread")]
async fn no_number_is_given_twice_while_roles_change() {
    let servers = {
        let old = Server::start(&[]);
        let new = old.replica(&[]);
        [old, new]
    };
    let name = Between::new(&servers[0]).await;
    let redis = Arc::new(store(&name.url()));
    let over = Arc::new(AtomicBool::new(false));
    let given = Arc::new(AtomicUsize::new(0));
    let counting: Vec<_> = (0..4)
        .map(|_| {
            let (redis, over, given) = (redis.clone(), over.clone(), given.clone());
            tokio::spawn(async move {
                let mut numbers = Vec::new();
                while !over.load(Ordering::Relaxed) {
                    if let Ok(number) = redis.increment("count", 1).await {
                        numbers.push(number);
                        given.fetch_add(1, Ordering::Relaxed);
                    }
                }
                numbers
            })
        })
        .collect();
    for round in 0..4 {
        let (old, new) = (&servers[round % 2], &servers[(round + 1) % 2]);
        // Writes end first, as in a planned fail-over: the new primary has everything.
        old.cli(&["client", "pause", "10000", "write"]);
        until(|| offset(new) >= offset(old));
        new.cli(&["replicaof", "no", "one"]);
        name.point_to(new);
        old.cli(&["replicaof", "127.0.0.1", &new.port.to_string()]);
        old.cli(&["client", "unpause"]);
        until(|| {
            old.cli(&["info", "replication"])
                .contains("master_link_status:up")
        });
        // The clients have found the new primary before the roles change again.
        let before = given.load(Ordering::Relaxed);
        until(|| given.load(Ordering::Relaxed) > before);
    }
    over.store(true, Ordering::Relaxed);
    let mut numbers = Vec::new();
    for one in counting {
        numbers.extend(one.await.unwrap());
    }
    let count = numbers.len();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), count, "a number was given twice");
}

fn offset(server: &Server) -> u64 {
    let info = server.cli(&["info", "replication"]);
    let of = |name: &str| info.lines().find_map(|line| line.strip_prefix(name));
    // The offset of a replica or of a primary.
    let offset = of("slave_repl_offset:").or_else(|| of("master_repl_offset:"));
    offset.unwrap().trim().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_loads_its_data_is_waited_for() {
    let mut server = Server::start(&[
        "--appendonly",
        "no",
        "--save",
        "3600 100000",
        "--rdbcompression",
        "no",
        "--enable-debug-command",
        "yes",
    ]);
    server.cli(&["debug", "populate", "1000", "key", "1024"]);
    server.cli(&["incr", "count"]);
    server.cli(&["save"]);
    server.kill();
    // Each key takes 20 ms. The server looks at its clients after each kilobyte, which is one key.
    server.restart(&[
        "--key-load-delay",
        "20000",
        "--loading-process-events-interval-bytes",
        "1024",
    ]);
    until(|| server.cli(&["ping"]).contains("LOADING"));
    let redis = store(&server.url());
    let counted = tokio::spawn(async move { redis.increment("count", 1).await });
    // The refused command counts too.
    until(|| {
        server
            .cli(&["info", "commandstats"])
            .contains("cmdstat_incrby")
    });
    server.cli(&["config", "set", "key-load-delay", "0"]);
    assert_eq!(counted.await.unwrap(), Ok(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replica_without_its_primary_is_read_once_it_was_promoted() {
    let mut primary = Server::start(&[]);
    primary.cli(&["set", "key", "value"]);
    let replica = primary.replica(&["--replica-serve-stale-data", "no"]);
    let redis = store(&replica.url());
    assert_eq!(redis.get("key").await, Ok(Some(b"value".to_vec())));
    primary.kill();
    until(|| replica.cli(&["get", "key"]).contains("MASTERDOWN"));
    let (read, ()) = tokio::join!(redis.get("key"), async {
        replica.cli(&["replicaof", "no", "one"]);
    });
    assert_eq!(read, Ok(Some(b"value".to_vec())));
}

#[tokio::test(flavor = "multi_thread")]
async fn too_few_replicas_are_waited_for() {
    let server = Server::start(&["--min-replicas-to-write", "1"]);
    let redis = store(&server.url());
    let (counted, ()) = tokio::join!(redis.increment("count", 1), async {
        server.cli(&["config", "set", "min-replicas-to-write", "0"]);
    });
    assert_eq!(counted, Ok(1));
}
