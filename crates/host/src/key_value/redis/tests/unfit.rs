//! Servers that cannot hold a store.

use super::server::{Server, free_port, until};
use super::store;
use crate::key_value::redis::Unfit;

#[tokio::test(flavor = "multi_thread")]
async fn a_primary_is_fit_and_so_may_be_one_that_is_away() {
    let mut server = Server::start(&[]);
    store(&server.url()).check().await.unwrap();
    server.kill();
    let away = store(&server.url()).check().await.unwrap_err();
    assert!(matches!(away, Unfit::Away(_)), "{away:?}");
}

/// A user with only the commands of a store is enough.
#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_ask_what_a_server_is_may_use_it() {
    let server = Server::start(&[]);
    let rule = "on >pw ~* -@all +ping +select +get +set +incrby";
    let rule: Vec<_> = ["acl", "setuser", "proxy"]
        .into_iter()
        .chain(rule.split(' '))
        .collect();
    assert_eq!(server.cli(&rule).trim(), "OK");
    let redis = store(&format!("redis://proxy:pw@127.0.0.1:{}/3", server.port));
    redis.check().await.unwrap();
    redis.open().await.unwrap();
    assert_eq!(redis.increment("count", 1).await, Ok(1));
    let reason = redis.delete("key").await.unwrap_err();
    assert!(reason.contains("NOPERM"), "{reason}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_is_refused_with_what_to_choose() {
    let bus = free_port().to_string();
    let server = Server::start(&["--cluster-enabled", "yes", "--cluster-port", &bus]);
    server.cli(&["cluster", "addslotsrange", "0", "16383"]);
    let has_state = |state: &str| until(|| server.cli(&["cluster", "info"]).contains(state));
    has_state("cluster_state:ok");
    let redis = store(&server.url());
    let reason = match redis.check().await {
        Err(Unfit::Never(reason)) => reason,
        other => panic!("{other:?}"),
    };
    assert!(
        reason.contains("Enterprise") && reason.contains("Sentinel"),
        "{reason}"
    );
    // With a slot unserved, the cluster serves nothing.
    server.cli(&["cluster", "delslots", "0"]);
    has_state("cluster_state:fail");
    let (counted, ()) = tokio::join!(redis.increment("count", 1), async {
        server.cli(&["cluster", "addslots", "0"]);
    });
    assert_eq!(counted, Ok(1));
    let apart = ["a", "b", "c"].map(str::to_owned);
    assert!(
        redis
            .delete_many(&apart)
            .await
            .unwrap_err()
            .contains(&reason)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sentinel_is_refused() {
    let primary = Server::start(&[]);
    let _replica = primary.replica(&[]);
    let sentinel = Server::sentinel(&primary);
    let unfit = store(&sentinel.url()).check().await.unwrap_err();
    assert!(
        matches!(&unfit, Unfit::Never(reason) if reason.contains("REDIS_SENTINELS")),
        "{unfit:?}"
    );
}
