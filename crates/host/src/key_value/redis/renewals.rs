//! A password that changes while a connection lasts.

use redis::{Pipeline, pipe};
use tokio::sync::watch;

use super::settings::Login;

/// Passwords that replace the one with which a connection was made.
pub(super) struct Renewals {
    changes: watch::Receiver<Option<Login>>,
    username: Option<String>,
}

impl Renewals {
    /// Those of `changes`, for `username` if there is one.
    pub(super) fn new(changes: watch::Receiver<Option<Login>>, username: Option<&str>) -> Self {
        Self {
            changes,
            username: username.map(str::to_owned),
        }
    }

    /// The login as it is now, if there is one yet. What comes later is new.
    pub(super) fn now(&mut self) -> Option<Login> {
        let mut login = self.changes.borrow_and_update().clone()?;
        login.username = self.username.clone().or(login.username);
        Some(login)
    }

    /// The command that proves us anew, once there is another password; never, if none comes any more.
    pub(super) async fn next(&mut self) -> Pipeline {
        loop {
            if self.changes.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
            if let Some(login) = self.now() {
                let mut command = pipe();
                command.cmd("AUTH").arg(login.username).arg(login.password);
                return command;
            }
        }
    }
}
