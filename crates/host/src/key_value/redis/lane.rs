//! A shared connection, which is replaced when it is lost.

use std::sync::Arc;
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use redis::{Pipeline, Value};
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep};

use super::connection::Connection;
use super::dial::Dialer;
use super::fate::{Failure, Fate, Repeat};
use super::trouble::Trouble;

/// How long a command is retried after its first failure. A fail-over of a managed Redis takes about this
/// long. Longer ones become errors, since clients have a time limit too.
const PERSISTENCE: Duration = Duration::from_secs(3);
/// The pauses between retries: the first and the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_millis(500);
/// After this many lost connections, the command itself is taken to be the reason, or a middlebox that cuts
/// it.
const MOST_CUTS: usize = 2;

/// A shared connection.
pub(super) struct Lane {
    dialer: Arc<Dialer>,
    slot: Mutex<Slot>,
    trouble: Trouble,
}

#[derive(Default)]
struct Slot {
    connection: Option<Arc<Connection>>,
    /// When the last attempt to connect failed, and why.
    failed: Option<(Instant, String)>,
}

impl Lane {
    pub(super) fn new(dialer: Arc<Dialer>) -> Self {
        Self {
            dialer,
            slot: Mutex::default(),
            trouble: Trouble::default(),
        }
    }

    /// The place of its server.
    pub(super) fn place(&self) -> String {
        self.dialer.place()
    }

    /// The answers to `commands`; the first one is no error. Commands are retried for a while where `repeat`
    /// allows it.
    pub(super) async fn run(
        &self,
        commands: &Pipeline,
        repeat: Repeat,
    ) -> Result<Vec<Value>, Failure> {
        let begun = Instant::now();
        let mut pauses = ExponentialBuilder::default()
            .with_min_delay(FIRST_PAUSE)
            .with_max_delay(LONGEST_PAUSE)
            .without_max_times()
            .build();
        let mut cuts = 0;
        loop {
            let failure = match self.ask(commands).await {
                Ok(answers) => return Ok(answers),
                Err(failure) => failure,
            };
            cuts += usize::from(failure.fate == Fate::Cut);
            let is_over = begun.elapsed() >= PERSISTENCE || cuts > MOST_CUTS;
            if is_over || !failure.permits(repeat) {
                return Err(failure);
            }
            sleep(pauses.next().unwrap_or(LONGEST_PAUSE)).await;
        }
    }

    /// Tries once.
    async fn ask(&self, commands: &Pipeline) -> Result<Vec<Value>, Failure> {
        let connection = self.connection().await?;
        let asked = connection.ask(commands).await.and_then(judge);
        match &asked {
            Err(failure) if failure.ends_connection() => {
                self.give_up(&connection, &failure.reason).await;
            }
            _ => self.trouble.over(),
        }
        asked
    }

    /// A usable connection. One caller makes it, and the others wait for the same result.
    pub(super) async fn connection(&self) -> Result<Arc<Connection>, Failure> {
        let asked = Instant::now();
        let mut slot = self.slot.lock().await;
        if let Some(connection) = &slot.connection {
            let is_open = connection.is_open();
            if is_open && (!connection.is_quiet() || connection.answers().await) {
                return Ok(connection.clone());
            }
            let reason = match is_open {
                true => "it did not answer any more",
                false => "it was closed",
            };
            slot.connection = None;
            self.trouble.lost(reason);
        }
        if let Some((when, reason)) = &slot.failed
            && *when >= asked
        {
            return Err(Failure::not_done(reason));
        }
        match self.dialer.dial().await {
            Ok(connection) => {
                let connection = Arc::new(connection);
                slot.connection = Some(connection.clone());
                Ok(connection)
            }
            Err(reason) => {
                self.trouble.away(&reason);
                slot.failed = Some((Instant::now(), reason.clone()));
                Err(Failure::not_done(reason))
            }
        }
    }

    /// Lets nobody else take `connection`. Those who have it may continue.
    async fn give_up(&self, connection: &Arc<Connection>, reason: &str) {
        let mut slot = self.slot.lock().await;
        let is_it = |known: &Arc<Connection>| Arc::ptr_eq(known, connection);
        if slot.connection.as_ref().is_some_and(is_it) {
            slot.connection = None;
            self.trouble.lost(reason);
        }
    }
}

/// An error in the first answer is that of the command.
fn judge(answers: Vec<Value>) -> Result<Vec<Value>, Failure> {
    match answers.first() {
        Some(Value::ServerError(error)) => Err(Failure::answered(error)),
        _ => Ok(answers),
    }
}
