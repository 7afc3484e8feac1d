//! Connections that are lost with or without commands in flight.

use tokio::time;

use super::between::{Between, Cut};
use super::server::Server;
use super::{count, store};

/// Azure does this after ten minutes.
#[tokio::test(flavor = "multi_thread")]
async fn an_idle_connection_that_was_closed_is_replaced_and_nobody_notices() {
    let server = Server::start(&[]);
    let redis = store(&server.url());
    redis.open().await.unwrap();
    redis.set("key", b"value").await.unwrap();
    for round in 1..=20 {
        server.close_clients();
        assert_eq!(count(&redis, "count").await, Ok(round));
        server.close_clients();
        assert_eq!(redis.get("key").await, Ok(Some(b"value".to_vec())));
        server.close_clients();
        redis.set("key", b"value").await.unwrap();
        server.close_clients();
        redis.delete_many(&["other".to_owned()]).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_be_done_twice_is_repeated_when_its_connection_is_cut() {
    let server = Server::start(&[]);
    let between = Between::new(&server).await;
    let redis = store(&between.url());
    for cut in [Cut::Before, Cut::After] {
        between.cut_at("SET", cut);
        redis.set("key", b"value").await.unwrap();
        assert!(between.was_cut());
        between.cut_at("GET", cut);
        assert_eq!(redis.get("key").await, Ok(Some(b"value".to_vec())));
        between.cut_at("EXISTS", cut);
        assert_eq!(redis.exists("key").await, Ok(true));
        between.cut_at("MSET", cut);
        let pairs = [("one".to_owned(), vec![1]), ("two".to_owned(), vec![2])];
        redis.set_many(&pairs).await.unwrap();
        between.cut_at("KEYS", cut);
        assert_eq!(redis.keys().await.unwrap().len(), 3);
        between.cut_at("DEL", cut);
        let keys = ["key", "one", "two"].map(str::to_owned);
        redis.delete_many(&keys).await.unwrap();
        assert!(between.was_cut());
        assert_eq!(server.cli(&["dbsize"]).trim(), "0");
        between.cut_at("PING", cut);
        redis.open().await.unwrap();
    }
}

/// An uncertain claim belongs to nobody: its number is never given again.
#[tokio::test(flavor = "multi_thread")]
async fn an_increment_of_which_nobody_knows_whether_it_happened_is_an_error_once() {
    let server = Server::start(&[]);
    let between = Between::new(&server).await;
    let redis = store(&between.url());
    for (key, cut, counted) in [("before", Cut::Before, 0), ("after", Cut::After, 1)] {
        between.cut_at("INCRBY", cut);
        let reason = redis.increment(key, 1).await.unwrap_err();
        assert!(reason.contains("nobody knows"), "{reason}");
        assert!(between.was_cut());
        let found = server.cli(&["get", key]);
        assert_eq!(found.trim().parse().unwrap_or(0), counted, "{cut:?}");
        assert_eq!(redis.increment(key, 1).await, Ok(counted + 1));
    }
}

/// A command that is always cut is not retried for ever.
#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_is_cut_again_and_again_is_given_up() {
    let server = Server::start(&[]);
    let between = Between::new(&server).await;
    let redis = store(&between.url());
    // The command, not CLIENT SETINFO.
    between.cut_each("\r\nSET\r\n", 3);
    assert!(redis.set("key", b"value").await.is_err());
    assert!(between.was_cut());
    redis.set("key", b"value").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_away_for_a_moment_is_waited_for_by_every_command() {
    let mut server = Server::start(&[]);
    let redis = store(&server.url());
    assert_eq!(redis.increment("count", 1).await, Ok(1));
    server.kill();
    let (counted, ()) = tokio::join!(count(&redis, "count"), async { server.restart(&[]) });
    assert_eq!(counted, Ok(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stays_away_is_told_with_where_it_should_be() {
    let mut server = Server::start(&[]);
    let redis = store(&server.url());
    server.kill();
    let reason = redis.open().await.unwrap_err();
    assert!(reason.contains(&server.port.to_string()), "{reason}");
}

/// It may still be executed, after later writes.
#[tokio::test]
async fn what_got_no_answer_is_not_repeated_and_its_connection_is_not_used_again() {
    let server = Server::start(&[]);
    let redis = store(&server.url());
    redis.set("key", b"1").await.unwrap();
    let before = server.calls("set");
    server.signal("-STOP");
    time::pause();
    let written = redis.set("key", b"2").await;
    let counted = redis.increment("count", 1).await;
    time::resume();
    server.signal("-CONT");
    assert!(written.unwrap_err().contains("no answer"));
    assert!(counted.is_err());
    redis.open().await.unwrap();
    assert!(server.calls("set") <= before + 1);
    assert_eq!(redis.increment("other", 1).await, Ok(1));
}
