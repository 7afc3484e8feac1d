//! The commands of a key-value store.

use std::sync::Arc;

use redis::{Cmd, FromRedisValue, Value, cmd, from_redis_value, pipe};

use super::dial::Dialer;
use super::fate::{CLUSTER, Failure, Fate, Repeat};
use super::lane::Lane;
use super::settings::RedisSettings;
use crate::key_value::result::Result;

/// How long replicas may take for a write, in milliseconds.
const REPLICATION: u32 = 1000;

/// One Redis server. All instances share its connections.
pub(crate) struct Redis {
    lane: Lane,
    /// Writes that wait for replicas have their own connection, so that reads do not wait behind them.
    replicated: Option<Lane>,
    replicas: u32,
}

/// Why a server cannot hold a store.
#[derive(Debug)]
pub(crate) enum Unfit {
    /// It never can.
    Never(String),
    /// It cannot be reached now.
    Away(String),
}

impl Redis {
    /// The server at `url`. It sends nothing yet.
    pub(crate) fn new(url: &str, settings: &RedisSettings) -> Result<Self> {
        let dialer = Arc::new(Dialer::new(url, settings)?);
        let replicas = settings.wait_replicas;
        Ok(Self {
            lane: Lane::new(dialer.clone()),
            replicated: (replicas > 0).then(|| Lane::new(dialer)),
            replicas,
        })
    }

    /// Asks the server once whether it is fit for a store.
    pub(crate) async fn check(&self) -> std::result::Result<(), Unfit> {
        let connection = self.lane.connection().await;
        let connection = connection.map_err(|failure| Unfit::Away(failure.reason))?;
        let mut question = pipe();
        question.cmd("CLUSTER").arg("INFO").cmd("ROLE");
        let answers = connection.ask(&question).await;
        let answers = answers.map_err(|failure| Unfit::Away(failure.reason))?;
        // If a command is unknown or not allowed, nothing is held against the server.
        match answers.as_slice() {
            [Value::BulkString(_) | Value::VerbatimString { .. }, _] => {
                Err(Unfit::Never(CLUSTER.to_owned()))
            }
            [_, Value::Array(role)] if role.first().is_some_and(is_sentinel) => {
                Err(Unfit::Never(SENTINEL.to_owned()))
            }
            _ => Ok(()),
        }
    }

    /// Its place, without a password.
    pub(crate) fn place(&self) -> String {
        self.lane.place()
    }

    /// Connects if necessary, and checks that the server is there.
    pub(crate) async fn open(&self) -> Result<()> {
        self.read::<Value>(cmd("PING")).await.map(drop)
    }

    pub(crate) async fn get(&self, key: &str) -> Result<Option<Vec<u8>>> {
        self.read(with(cmd("GET"), &[key])).await
    }

    /// The values of `keys` at one moment.
    pub(crate) async fn get_many(&self, keys: &[String]) -> Result<Vec<Option<Vec<u8>>>> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        self.read(with(cmd("MGET"), keys)).await
    }

    pub(crate) async fn exists(&self, key: &str) -> Result<bool> {
        self.read(with(cmd("EXISTS"), &[key])).await
    }

    pub(crate) async fn keys(&self) -> Result<Vec<String>> {
        self.read(with(cmd("KEYS"), &["*"])).await
    }

    pub(crate) async fn set(&self, key: &str, value: &[u8]) -> Result<()> {
        let mut command = cmd("SET");
        command.arg(key).arg(value);
        self.write::<Value>(command, Repeat::Safe).await.map(drop)
    }

    pub(crate) async fn set_many(&self, pairs: &[(String, Vec<u8>)]) -> Result<()> {
        if pairs.is_empty() {
            return Ok(());
        }
        let mut command = cmd("MSET");
        for (key, value) in pairs {
            command.arg(key).arg(value.as_slice());
        }
        self.write::<Value>(command, Repeat::Safe).await.map(drop)
    }

    pub(crate) async fn delete(&self, key: &str) -> Result<()> {
        let command = with(cmd("DEL"), &[key]);
        self.write::<Value>(command, Repeat::Safe).await.map(drop)
    }

    pub(crate) async fn delete_many(&self, keys: &[String]) -> Result<()> {
        if keys.is_empty() {
            return Ok(());
        }
        let command = with(cmd("DEL"), keys);
        self.write::<Value>(command, Repeat::Safe).await.map(drop)
    }

    /// Adds `delta` to the counter at `key`. If it is unknown whether it was added, this is an error: no
    /// number may be given twice, and an uncertain claim belongs to nobody.
    pub(crate) async fn increment(&self, key: &str, delta: i64) -> Result<i64> {
        let mut command = cmd("INCRBY");
        command.arg(key).arg(delta);
        self.write(command, Repeat::IfNotDone).await
    }

    async fn read<T: FromRedisValue>(&self, command: Cmd) -> Result<T> {
        let mut commands = pipe();
        commands.add_command(command);
        let answers = self.lane.run(&commands, Repeat::Safe).await;
        first(answers.map_err(|failure| text(&failure, Repeat::Safe))?)
    }

    async fn write<T: FromRedisValue>(&self, command: Cmd, repeat: Repeat) -> Result<T> {
        let mut commands = pipe();
        commands.add_command(command);
        let Some(lane) = &self.replicated else {
            let answers = self.lane.run(&commands, repeat).await;
            return first(answers.map_err(|failure| text(&failure, repeat))?);
        };
        commands.cmd("WAIT").arg(self.replicas).arg(REPLICATION);
        let answers = lane.run(&commands, repeat).await;
        let answers = answers.map_err(|failure| text(&failure, repeat))?;
        match answers.get(1) {
            Some(Value::Int(have)) if *have >= i64::from(self.replicas) => first(answers),
            Some(Value::Int(have)) => Err(format!(
                "redis: {have} of {} replicas have the write after {REPLICATION} ms (REDIS_WAIT_REPLICAS): \
                 it may be lost, and does not count",
                self.replicas
            )),
            _ => Err(
                "redis: it cannot be told whether replicas have the write (REDIS_WAIT_REPLICAS)"
                    .to_owned(),
            ),
        }
    }
}

/// The error message for a Sentinel.
const SENTINEL: &str = "this is a Sentinel, which stores nothing: name it in REDIS_SENTINELS, and give the \
     address of the primary here";

fn is_sentinel(role: &Value) -> bool {
    matches!(role, Value::BulkString(role) if role == b"sentinel")
}

fn with(mut command: Cmd, arguments: &[impl AsRef<str>]) -> Cmd {
    for argument in arguments {
        command.arg(argument.as_ref());
    }
    command
}

fn first<T: FromRedisValue>(answers: Vec<Value>) -> Result<T> {
    let answer = answers.into_iter().next().unwrap_or(Value::Nil);
    from_redis_value(answer).map_err(|error| format!("redis: {error}"))
}

fn text(failure: &Failure, repeat: Repeat) -> String {
    let reason = &failure.reason;
    let may_be_done = matches!(failure.fate, Fate::Cut | Fate::Silent);
    match repeat {
        Repeat::IfNotDone if may_be_done => {
            format!("redis: {reason}: nobody knows whether it was counted, so it is not repeated")
        }
        _ => format!("redis: {reason}"),
    }
}
