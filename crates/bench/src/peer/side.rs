//! A measured proxy, and the data of its user's requests.

use std::time::Duration;

use anyhow::Result;
use e2e::Redis;

use crate::client::Ask;
use crate::kernel::{Threads, cpu_of_threads, resident_of};

/// A proxy that is measured.
pub(super) struct Side {
    /// What its column is called.
    pub(super) name: &'static str,
    /// Where it listens.
    pub(super) origin: String,
    /// Its process.
    pub(super) process: u32,
    /// The host of the app, as it is asked for.
    pub(super) host: Option<String>,
    /// The cookies of a signed-in user; empty without authentication.
    pub(super) cookies: String,
    /// Where its sessions are.
    pub(super) redis: Option<Redis>,
    /// Different tokens that it takes in place of a session.
    pub(super) tokens: Vec<String>,
}

impl Side {
    /// `GET target` of somebody who is signed in.
    pub(super) fn get(&self, target: &str) -> Ask {
        Ask {
            cookies: self.cookies.clone(),
            ..self.nobody(target)
        }
    }

    /// The same of nobody.
    pub(super) fn nobody(&self, target: &str) -> Ask {
        Ask {
            host: self.host.clone(),
            ..Ask::get(target)
        }
    }

    /// The CPU time of each of its threads so far.
    pub(super) fn threads(&self) -> Result<Threads> {
        Threads::of(self.process)
    }

    /// The CPU time of its Redis so far.
    pub(super) fn store(&self) -> Result<Duration> {
        match &self.redis {
            Some(redis) => cpu_of_threads(redis.id()),
            None => Ok(Duration::ZERO),
        }
    }

    /// Its memory that is in RAM, in bytes.
    pub(super) fn resident(&self) -> Result<u64> {
        resident_of(self.process)
    }
}
