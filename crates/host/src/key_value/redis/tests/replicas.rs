//! Writes that wait for replicas.

use std::pin::pin;
use std::time::{Duration, Instant};

use tokio::time::timeout;

use super::server::Server;
use super::{Redis, RedisSettings};

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_is_done_is_on_the_replica() {
    let primary = Server::start(&[]);
    let replica = primary.replica(&[]);
    let settings = RedisSettings {
        wait_replicas: 1,
        ..RedisSettings::default()
    };
    let redis = Redis::new(&primary.url(), &settings).unwrap();
    for number in 1..=50 {
        assert_eq!(redis.increment("count", 1).await, Ok(number));
        assert_eq!(replica.cli(&["get", "count"]).trim(), number.to_string());
    }
    redis.set("key", b"value").await.unwrap();
    assert_eq!(replica.cli(&["get", "key"]).trim(), "value");
    redis.delete("key").await.unwrap();
    assert_eq!(replica.cli(&["exists", "key"]).trim(), "0");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_no_replica_has_does_not_count_and_holds_up_no_read() {
    let primary = Server::start(&[]);
    let mut replica = primary.replica(&[]);
    let settings = RedisSettings {
        wait_replicas: 1,
        ..RedisSettings::default()
    };
    let redis = Redis::new(&primary.url(), &settings).unwrap();
    redis.set("key", b"value").await.unwrap();
    replica.kill();
    let begun = Instant::now();
    let mut written = pin!(redis.set("key", b"other"));
    // The first poll sends it.
    assert!(timeout(Duration::ZERO, &mut written).await.is_err());
    tokio::select! {
        biased;
        read = redis.get("key") => assert!(read.is_ok(), "{read:?}"),
        written = &mut written => panic!("the read waits behind the write: {written:?}"),
    }
    let reason = written.await.unwrap_err();
    assert!(reason.contains("0 of 1 replicas"), "{reason}");
    assert!(begun.elapsed().as_secs() >= 1, "the write has waited");
    assert!(redis.increment("count", 1).await.is_err());
}
