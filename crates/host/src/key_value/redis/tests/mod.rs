//! Tests against real Redis servers, which are killed, stopped, promoted and given other passwords.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may"
)]

mod between;
mod failover;
mod login;
mod lost;
mod replicas;
mod sentinels;
mod server;
mod unfit;

use super::{Redis, RedisSettings};

/// A store at `url`, without any settings.
fn store(url: &str) -> Redis {
    Redis::new(url, &RedisSettings::default()).unwrap()
}

/// Counts as a request does: it opens the store first.
async fn count(redis: &Redis, key: &str) -> Result<i64, String> {
    redis.open().await?;
    redis.increment(key, 1).await
}
