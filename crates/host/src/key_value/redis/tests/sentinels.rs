//! A primary dies, and Sentinels promote a replica.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::server::Server;
use super::{Redis, RedisSettings};
use crate::Sentinels;

/// How long a fail-over may take. A Sentinel on a loaded machine that was delayed by two seconds does nothing
/// for thirty (TILT).
const PATIENCE: Duration = Duration::from_secs(90);

fn settings(sentinel: &Server, service: &str) -> RedisSettings {
    RedisSettings {
        sentinels: Some(Sentinels {
            // Nobody listens at the first address.
            addresses: vec![
                "127.0.0.1:1".to_owned(),
                format!("127.0.0.1:{}", sentinel.port),
            ],
            service: service.to_owned(),
            password: None,
        }),
        wait_replicas: 1,
        ..RedisSettings::default()
    }
}

/// With the second replica, writes after the fail-over also reach a replica.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_that_was_acknowledged_when_a_replica_is_promoted_under_load() {
    let mut primary = Server::start(&[]);
    let _replicas = [primary.replica(&[]), primary.replica(&[])];
    let sentinel = Server::sentinel(&primary);
    let both = RedisSettings {
        // So any replica that is promoted has the write.
        wait_replicas: 2,
        ..settings(&sentinel, "sessions")
    };
    let redis = Arc::new(Redis::new("redis://not.asked.invalid", &both).unwrap());
    let acknowledged: Arc<Mutex<BTreeMap<String, i64>>> = Arc::default();
    let load: Vec<_> = (0..4)
        .map(|who| {
            let (redis, acknowledged) = (redis.clone(), acknowledged.clone());
            tokio::spawn(async move {
                for number in 0.. {
                    let key = format!("claim-{who}-{number}");
                    if let Ok(count) = redis.increment(&key, 1).await {
                        acknowledged.lock().unwrap().insert(key, count);
                    }
                }
            })
        })
        .collect();
    let has = |count: usize| acknowledged.lock().unwrap().len() >= count;
    wait(|| has(200)).await;
    primary.kill();
    // One replica is left: waiting for two fails now.
    let one = Redis::new(
        "redis://not.asked.invalid",
        &settings(&sentinel, "sessions"),
    )
    .unwrap();
    let begun = Instant::now();
    while one.set("after", b"value").await.is_err() {
        assert!(begun.elapsed() < PATIENCE);
    }
    for task in load {
        task.abort();
        let _ = task.await;
    }
    // The last replica may still be connecting to the new primary.
    let alone = RedisSettings {
        wait_replicas: 0,
        ..settings(&sentinel, "sessions")
    };
    let alone = Redis::new("redis://not.asked.invalid", &alone).unwrap();
    let acknowledged = acknowledged.lock().unwrap().clone();
    for (key, count) in acknowledged {
        assert_eq!(count, 1);
        assert_eq!(
            alone.increment(&key, 1).await,
            Ok(2),
            "{key}: the claim was lost"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_sentinels_is_said_of_each() {
    let primary = Server::start(&[]);
    let _replica = primary.replica(&[]);
    let sentinel = Server::sentinel(&primary);
    let redis = Redis::new(&primary.url(), &settings(&sentinel, "others")).unwrap();
    let reason = redis.open().await.unwrap_err();
    for said in ["127.0.0.1:1:", "REDIS_SENTINEL_SERVICE", "`others`"] {
        assert!(reason.contains(said), "{reason}");
    }
}

async fn wait(condition: impl Fn() -> bool) {
    let begun = Instant::now();
    while !condition() {
        assert!(begun.elapsed() < PATIENCE);
        tokio::task::yield_now().await;
    }
}
