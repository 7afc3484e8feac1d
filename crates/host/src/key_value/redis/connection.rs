//! One connection, shared by all requests.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Pipeline, RedisConnectionInfo, Value, pipe};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};

use super::fate::Failure;
use super::renewals::Renewals;
use crate::key_value::result::Result;
use crate::log;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long the answer to a command without any work may take.
const PROBE: Duration = Duration::from_secs(1);
/// A connection that was silent for so long is tested before use: a middlebox may have dropped it.
const QUIET: Duration = Duration::from_secs(30);
/// The pause after which a refused password is sent again.
const AGAIN: Duration = Duration::from_secs(1);

/// A connection that is ready for commands.
pub(super) struct Connection {
    sender: MultiplexedConnection,
    /// Reads and writes. It ends when the server closes, so that this is noticed before anything is sent.
    driver: JoinHandle<()>,
    used: Mutex<Instant>,
}

impl Connection {
    /// Authenticates on `stream`, and again with each of `renewals`.
    pub(super) async fn new(
        stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
        login: &RedisConnectionInfo,
        renewals: Option<Renewals>,
    ) -> Result<Self> {
        // The limits are set here, where it is known what a timeout means.
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(None)
            .set_response_timeout(None);
        let made = MultiplexedConnection::new_with_config(login, stream, config).await;
        let (sender, driver) = made.map_err(|error| error.to_string())?;
        let renewing = renew(sender.clone(), renewals);
        let driver = async move {
            tokio::select! {
                () = driver => {}
                () = renewing => {}
            }
        };
        Ok(Self {
            sender,
            driver: tokio::spawn(driver),
            used: Mutex::new(Instant::now()),
        })
    }

    /// Whether it is open, as far as is known without sending.
    pub(super) fn is_open(&self) -> bool {
        !self.driver.is_finished()
    }

    /// Whether it was silent for so long that it may be dead.
    pub(super) fn is_quiet(&self) -> bool {
        let used = *self.used.lock().unwrap_or_else(PoisonError::into_inner);
        used.elapsed() >= QUIET
    }

    /// Whether the server still answers.
    pub(super) async fn answers(&self) -> bool {
        let mut ping = pipe();
        ping.cmd("PING");
        timeout(PROBE, self.send(&ping))
            .await
            .is_ok_and(|sent| sent.is_ok())
    }

    /// The answers to `commands`; each may be an error.
    pub(super) async fn ask(
        &self,
        commands: &Pipeline,
    ) -> std::result::Result<Vec<Value>, Failure> {
        if !self.is_open() {
            return Err(Failure::not_done("the connection was closed"));
        }
        timeout(PATIENCE, self.send(commands))
            .await
            .unwrap_or_else(|_| Err(Failure::silent(format!("no answer within {PATIENCE:?}"))))
    }

    async fn send(&self, commands: &Pipeline) -> std::result::Result<Vec<Value>, Failure> {
        let mut sender = self.sender.clone();
        let answers = sender
            .send_packed_commands(commands, 0, commands.len())
            .await;
        *self.used.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        answers.map_err(|error| Failure::of_connection(&error))
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

/// Sends each new password until the server takes it or there is a newer one. Until then the connection stays
/// authenticated, unless the server ends it.
async fn renew(mut sender: MultiplexedConnection, renewals: Option<Renewals>) {
    let Some(mut renewals) = renewals else {
        return std::future::pending().await;
    };
    loop {
        let mut command = renewals.next().await;
        let mut refusals = 0;
        while let Err(reason) = log_in(&mut sender, &command).await {
            refusals += 1;
            if refusals == 1 {
                log::line("redis_login", "refused", &reason);
            }
            tokio::select! {
                () = sleep(AGAIN) => {}
                newer = renewals.next() => command = newer,
            }
        }
        log::line("redis_login", "ok", "");
    }
}

async fn log_in(sender: &mut MultiplexedConnection, command: &Pipeline) -> Result<()> {
    let answers = sender.send_packed_commands(command, 0, 1).await;
    match answers.map_err(|error| error.to_string())?.pop() {
        Some(Value::ServerError(error)) => Err(Failure::answered(&error).reason),
        _ => Ok(()),
    }
}
